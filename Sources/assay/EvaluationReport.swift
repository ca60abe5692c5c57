import CommandSupport
import Compiler
import Equations
import TensorGraph
import Witness

/// What an evaluation of the integer network without a proof found.
struct EvaluationReport {
  var outputs: [NamedOutput]
  var clock: StageClock
  var accuracy: AccuracyReport
  var labels: LabelCount?

  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("outputs", OutputFiles.json(outputs)),
      .init("timings", clock.json),
      .init("max_abs_error", .number(accuracy.accuracy.error)),
      .init("verified", .boolean(false)),
    ]
    members += accuracy.json
    if let labels {
      members.append(.init("right", .integer(labels.integers)))
      members.append(.init("right_float", .integer(labels.reals)))
    }
    return .object(members)
  }

  var text: String {
    OutputFiles.table(outputs) + "\n\n\(accuracy.text)"
      + (labels.map { "\n" + $0.text } ?? "") + "\nnothing was proven (--no-proof)"
  }
}

/// How many inputs get the class that they should.
struct LabelCount {
  /// As the integer network has it, and as the float network has it.
  private(set) var integers = 0
  private(set) var reals = 0
  private(set) var count: Int

  /// - Parameter file: an integer for each sample.
  /// - Throws: `CommandError.input` unless there are so many, each of them a class, and the network
  ///   has one output that tells a class.
  init(
    file: String, _ graph: EquationGraph, _ samples: [[String: Tensor]],
    _ interface: ModelInterface,
    _ batch: [Assignment]
  ) throws {
    let labels = try InputFile.read(file).only().values
    guard labels.count == samples.count else {
      throw CommandError.input(
        "\(file): has \(labels.count) labels for \(samples.count) inputs")
    }
    guard let port = interface.outputs.first, let output = graph.outputs.first,
      interface.outputs.count == 1, port.shape.dropLast().allSatisfy({ $0 == 1 }),
      // One label, or the scores of several classes.
      (port.shape.last ?? 1 == 1) == (graph[output.value].kind != .real)
    else {
      throw CommandError.input("--labels: the network has not one output that tells a class")
    }
    try Self.check(labels, classes: port.shape.last ?? 1, file)
    count = labels.count
    for (number, label) in labels.enumerated() {
      let found = batch[number][port.tensor].values.map(Double.init)
      if Self.label(found) == label { integers += 1 }
      let reference = try graph.outputs(of: samples[number])[port.name]
      if Self.label((reference?.reals ?? []).map(Double.init)) == label { reals += 1 }
    }
  }

  /// - Parameter classes: 1 where the network tells the label itself, of who knows how many.
  private static func check(_ labels: [Double], classes: Int, _ file: String) throws {
    let last = classes == 1 ? Int(Int16.max) : classes - 1
    for (number, label) in labels.enumerated() {
      guard let whole = Int(exactly: label), (0...last).contains(whole) else {
        throw CommandError.input(
          "\(file): the label \(label) of input \(number + 1) is not a class from 0 to \(last)")
      }
    }
  }

  /// The only value, or the position of the first greatest.
  private static func label(_ values: [Double]) -> Double {
    guard values.count != 1 else { return values[0] }
    return Double(values.indices.max { (values[$0], $1) < (values[$1], $0) } ?? 0)
  }

  var text: String {
    "class right for \(integers) of \(count) inputs; \(reals) by the float network"
  }
}
