import ConstraintSystem
import Equations
import TensorGraph
import TestSupport
import Testing

/// Graphs and views on the fast evaluator.
@Suite struct GraphEvaluationTests {
  /// out = exp(x·a + 1) in two equations and a view, where a is a constant.
  private static func graph() throws -> (graph: EquationGraph, middle: ValueID) {
    var builder = EquationGraphBuilder()
    let x = try builder.addInput(named: "x", shape: [2, 3])
    let a = builder.addConstant(named: "a", try Tensor(shape: [3], real: [1, -2, 3]))
    let first = builder.addLayer(named: "first", operation: "MatMul")
    let dot = sum(over: 1, of: product(read(0, [0, 1]), read(1, [1])))
    let middle = try builder.append(
      equation([2, 3], rank: 1, .binary(.add, dot, .constant(1))), [x, a], layer: first,
      name: "middle")
    let second = builder.addLayer(named: "second", operation: "Exp")
    let row = try builder.append(.reshape([1, 2]), [middle], layer: second, name: "row")
    let y = try builder.append(
      equation([1, 2], rank: 2, .unary(.exp, read(0, [0, 1]))), [row], layer: second, name: "y")
    try builder.addOutput(named: "out", y)
    try builder.addOutput(named: "same", x)
    return (try builder.finish(), middle)
  }

  @Test func outputsAndWhatIsObserved() throws {
    let (graph, middle) = try Self.graph()
    let x = try Tensor(shape: [2, 3], real: [1, 1, 0, 0, 0, -1])
    var seen: [String] = []
    let outputs = try graph.evaluate(["x": x]) { id, value throws(GraphError) in
      seen.append(graph[id].name)
      if id == middle { #expect(value.reals == [0, -2]) }
    }
    #expect(outputs["out"]?.reals == [1, Float(0.1353352832366127)])
    #expect(outputs["same"] == x)
    #expect(seen == ["x", "middle", "row", "y"])
    let replaced = try graph.evaluate(
      ["x": x], replacing: [middle: try Tensor(shape: [2], real: [0, 0])])
    #expect(replaced["out"]?.reals == [1, 1])
  }

  @Test func faultsNameLayerValueAndPlace() throws {
    let (graph, _) = try Self.graph()
    func fault(_ inputs: [String: Tensor]) -> String? {
      #expect(throws: GraphError.self) { try graph.evaluate(inputs) }?.description
    }
    let large = try Tensor(shape: [2, 3], real: [0, 0, 0, 0, 0, 100])
    #expect(
      fault(["x": large])?.hasPrefix("node \"second\": \"y\"[0, 1] is ") == true)
    #expect(fault([:]) == "no value is given for the input \"x\"")
    let flat = try Tensor(shape: [6], real: [0, 0, 0, 0, 0, 0])
    #expect(fault(["x": flat]) == "the input \"x\" has the shape [2, 3], not [6]")
    let integers = try Tensor(shape: [2, 3], integer: [0, 0, 0, 0, 0, 0])
    #expect(fault(["x": integers]) == "the input \"x\" takes reals")
    let infinite = try Tensor(shape: [2, 3], real: [0, 0, 0, 0, .infinity, 0])
    #expect(fault(["x": infinite]) == "the input \"x\"[1, 1] is inf, which is not finite")
  }

  private static let views: [(ViewStep, [Int])] = [
    (.reshape([3, 10]), [2, 3, 5]), (.transpose([2, 0, 1]), [2, 3, 5]),
    (.transpose([1, 0]), [211, 97]), (.transpose([]), []),
    (
      .slice([.init(start: 6, count: 3, step: -2), .init(start: 1, count: 2, step: 3)]), [7, 5]
    ), (.pad(before: [1, 0], after: [0, 4]), [3, 2]), (.pad(before: [2], after: [1]), [0]),
    (.broadcast([4, 3, 2, 5]), [3, 1, 5]), (.broadcast([2, 2]), []),
  ]

  @Test("views move reals and integers as they say", arguments: views)
  func view(step: ViewStep, shape: [Int]) throws {
    var numbers = SeededGenerator(seed: 1)
    for operand in [try numbers.reals(shape), try numbers.integers(shape)] {
      #expect(try step.result(on: [operand]) == step.apply([operand]))
    }
  }

  @Test func concatenation() throws {
    var numbers = SeededGenerator(seed: 2)
    for axis in 0..<3 {
      let shapes = [3, 1, 4].map { extent in
        var shape = [2, 3, 5]
        shape[axis] = extent
        return shape
      }
      let reals = try shapes.map { try numbers.reals($0) }
      let integers = try shapes.map { try numbers.integers($0) }
      let step = ViewStep.concatenate(axis: axis)
      #expect(try step.result(on: reals) == step.apply(reals))
      #expect(try step.result(on: integers) == step.apply(integers))
      #expect(throws: GraphError.self) { try step.result(on: [reals[0], integers[1], reals[2]]) }
    }
  }
}
