import CommandSupport
import Compiler
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
  /// - Throws: `CommandError.input` unless there are so many, and the network has one output that
  ///   tells a class.
  init(
    file: String, _ graph: FloatGraph, _ samples: [[String: Tensor]], _ interface: ModelInterface,
    _ batch: [Assignment]
  ) throws {
    let labels = try InputFile.read(file).only().values
    guard labels.count == samples.count else {
      throw CommandError.input(
        "\(file): has \(labels.count) labels for \(samples.count) inputs")
    }
    guard let port = interface.outputs.first, interface.outputs.count == 1,
      port.shape.dropLast().allSatisfy({ $0 == 1 })
    else {
      throw CommandError.input("--labels: the network has not one output that tells a class")
    }
    count = labels.count
    for (number, label) in labels.enumerated() {
      let found = batch[number][port.tensor].values.map(Double.init)
      if Self.label(found) == label { integers += 1 }
      let reference = try graph.evaluate(samples[number])[port.name]
      if Self.label((reference?.reals ?? []).map(Double.init)) == label { reals += 1 }
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
