import Compiler
import TensorGraph
import Testing

@testable import Equations

@Suite("Operators come into forms that give what ONNX Runtime gives")
struct OperatorFormTests {
  static let names = (try? OperatorLibrary.standard().operatorNames) ?? []

  /// What of the answers has no form, by operator: how many cases.
  static let refused = [
    // Of integers that both depend on an input.
    "IntegerPow": 5,
    // The mean of a loss all of whose labels are ignored.
    "NegativeLogLikelihoodTotal": 1, "SoftmaxCrossEntropyTotal": 1,
  ]

  /// No value of an integer network is infinite, or not a number: an input that is has no proof.
  static let neverTrue: Set<String> = ["IsInf", "IsNaN"]

  @Test(arguments: names)
  func agrees(name: String) throws {
    let library = try OperatorLibrary.standard()
    var refused: [String] = []
    for (place, example) in try OperatorCase.read(name).enumerated() {
      let what = "\(name) \(place): \(example.attributes.mapValues { $0.value.text })"
      let (graph, inputs) = try example.graph(by: library)
      let forms: FormGraph
      do throws(CompileError) {
        forms = try FormGraph(graph)
      } catch {
        refused.append("\(what): \(error)")
        continue
      }
      let found = try forms.evaluate(inputs)
      for output in forms.outputs {
        let number = try #require(Int(output.name.dropFirst()))
        var expected = try #require(example.outputs[number]).tensor
        if Self.neverTrue.contains(name) {
          expected = try Tensor(
            shape: expected.shape, integer: [Int64](repeating: 0, count: expected.count))
        }
        compare(found[output.value] ?? [], expected, "\(what)\n\(forms)")
      }
    }
    #expect(refused.count == Self.refused[name] ?? 0, "\(refused)")
  }

  private func compare(_ result: [Double], _ expected: Tensor, _ what: String) {
    let values = expected.integers?.map(Double.init) ?? expected.reals.map(Double.init)
    #expect(result.count == values.count, "\(what)")
    let scale = values.reduce(1) { $1.isFinite ? max($0, abs($1)) : $0 }
    let wrong = zip(result, values).enumerated().first { _, pair in
      let (a, b) = pair
      return !(a == b || a.isNaN && b.isNaN || abs(a - b) <= 2e-5 * scale)
    }
    #expect(wrong == nil, "\(what): \(wrong.map { "\($0)" } ?? "")")
  }
}

extension OperatorCase {
  /// The operator's equations, and the values of their inputs.
  func graph(
    by library: OperatorLibrary
  ) throws -> (graph: EquationGraph, inputs: [[Double]]) {
    var builder = EquationGraphBuilder()
    var given: [[Double]] = []
    var operands: [ValueID?] = []
    for (place, input) in inputs.enumerated() {
      guard let input else {
        operands.append(nil)
        continue
      }
      let kind = try #require(ElementKind(rawValue: input.kind))
      if input.constant == true {
        let tensor = try input.tensor
        operands.append(
          builder.addConstant(named: "x\(place)", tensor, isBoolean: kind == .boolean))
      } else {
        operands.append(
          try builder.addInput(named: "x\(place)", shape: input.shape, kind: kind))
        given.append(
          input.values.map { kind == .real ? Double(Float($0.value)) : $0.value })
      }
    }
    let node = OperatorNode(
      operation: operation, domain: domain, opset: opset,
      layer: builder.addLayer(named: "node", operation: operation), name: "node",
      operands: operands, attributes: attributes.mapValues(\.value),
      outputs: outputs.enumerated().map { $1 == nil ? nil : "y\($0)" })
    let results = try #require(try library.instantiate(node, into: &builder))
    for (place, result) in results.enumerated() where outputs[place] != nil {
      if let result { try builder.addOutput(named: "y\(place)", result) }
    }
    return (try builder.finish(), given)
  }
}
