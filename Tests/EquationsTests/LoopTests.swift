import ConstraintSystem
import TensorGraph
import TestSupport
import Testing

@testable import Equations

/// One step's nodes become those of all steps.
@Suite struct LoopTests {
  private static func builder() throws -> (EquationGraphBuilder, x: ValueID, layer: Int) {
    var builder = EquationGraphBuilder()
    let x = try builder.addInput(named: "x", shape: [3, 2])
    let layer = builder.addLayer(named: "loop", operation: "Scan")
    return (builder, x, layer)
  }

  @Test("Views of what differs from step to step are views of all steps") func views() throws {
    var (builder, x, layer) = try Self.builder()
    let start = builder.addConstant(named: "s", try Tensor(shape: [2], real: [1, 10]))
    let draft = builder.beginLoop(count: 3, initial: [start], scanned: [x], name: "loop")
    let element = draft.elements[0].value
    func view(_ step: ViewStep, _ operands: ValueID...) throws -> ValueID {
      try builder.append(step, operands, layer: layer, name: "v")
    }
    let row = try view(.reshape([1, 2]), element)
    let turned = try view(.transpose([1, 0]), row)
    let wide = try view(.broadcast([2, 2, 2]), turned)
    let part = try view(
      .slice([
        .init(start: 1, count: 1, step: 1), .init(start: 0, count: 2, step: 1),
        .init(start: 1, count: 1, step: 1),
      ]), wide)
    let flat = try view(.reshape([2]), part)
    let joined = try view(.concatenate(axis: 0), flat, start)
    let padded = try view(.pad(before: [1], after: [0]), joined)
    let next = try builder.append(
      equation([2], rank: 1, .binary(.add, read(0, [0]), read(1, [0]))),
      [draft.states[0].value, element], layer: layer, name: "next")
    let (left, results) = try builder.endLoop(
      draft, left: [next], results: [padded, start], layer: layer, name: "loop")
    try builder.addOutput(named: "left", left[0])
    try builder.addOutput(named: "padded", results[0])
    try builder.addOutput(named: "same", results[1])
    let graph = try builder.finish()
    let found = try graph.evaluate(["x": try Tensor(shape: [3, 2], real: [1, 2, 3, 4, 5, 6])])
    #expect(found["left"]?.reals == [2, 12, 5, 16, 10, 22])
    #expect(found["padded"]?.reals == [0, 1, 2, 1, 10, 0, 3, 4, 1, 10, 0, 5, 6, 1, 10])
    #expect(found["same"]?.reals == [1, 10, 1, 10, 1, 10])
    #expect(graph.lines.contains { $0.hasPrefix("state loop/state[3, 2]") })
  }

  @Test("A loop that nothing needs is left out") func dead() throws {
    var (builder, x, layer) = try Self.builder()
    let start = builder.addConstant(named: "s", try Tensor(shape: [2], real: [1, 10]))
    let draft = builder.beginLoop(count: 3, initial: [start], scanned: [x], name: "loop")
    let next = try builder.append(
      equation([2], rank: 1, .binary(.add, read(0, [0]), read(1, [0]))),
      [draft.states[0].value, draft.elements[0].value], layer: layer, name: "next")
    _ = try builder.endLoop(draft, left: [next], results: [], layer: layer, name: "loop")
    try builder.addOutput(named: "x", x)
    let graph = try builder.finish()
    #expect(graph.loops.isEmpty && graph.nodes.isEmpty)
  }

  @Test("A state that changes its shape, or is a constant, makes no loop") func refusals() throws {
    var (builder, x, layer) = try Self.builder()
    let start = builder.addConstant(named: "s", try Tensor(shape: [2], real: [1, 10]))
    let draft = builder.beginLoop(count: 3, initial: [start], scanned: [x], name: "loop")
    let longer = try builder.append(
      .concatenate(axis: 0), [draft.states[0].value, draft.elements[0].value], layer: layer,
      name: "longer")
    for left in [longer, start] {
      #expect(throws: GraphError.self) {
        try builder.endLoop(draft, left: [left], results: [], layer: layer, name: "loop")
      }
    }
  }

  @Test("A node that reads another step's part is none of a loop") func crossing() throws {
    let shapes = [[3, 2]]
    let later = equation([3, 2], rank: 2, read(0, affine(0, plus: 1), affine(1)))
    let backwards = equation([3, 2], rank: 2, read(0, affine(0, times: -1, plus: 2), affine(1)))
    let all = equation([3, 2, 3], rank: 2, sum(over: 2, of: read(0, affine(2), affine(1))))
    for equation in [later, backwards, all] {
      #expect(throws: GraphError.self) {
        try LoopPart(.equation(equation), shapes: shapes, isOfLoop: [true], count: 3)
      }
      // What is computed before is there as a whole.
      let part = try LoopPart(.equation(equation), shapes: shapes, isOfLoop: [false], count: 3)
      #expect(part.isSliced == [false])
    }
    for step in [
      ViewStep.transpose([1, 0]), .concatenate(axis: 0), .pad(before: [1, 0], after: [0, 0]),
    ] {
      #expect(throws: GraphError.self) {
        try LoopPart(.view(step), shapes: shapes, isOfLoop: [true], count: 3)
      }
    }
  }
}
