import TensorGraph
import Testing

@Suite("Graphs and their builder")
struct GraphTests {
  private func tensor(_ shape: [Int], _ values: [Float]) throws -> Tensor {
    try Tensor(shape: shape, real: values)
  }

  @Test func foldingAndDeadNodes() throws {
    var builder = GraphBuilder()
    let x = try builder.addInput(named: "x", shape: [2])
    let c = builder.addConstant(named: "c", try tensor([2], [1, 2]))
    let doubled = try builder.append(.add, [c, c], name: "double", output: "d")
    #expect(builder.constantValue(doubled)?.reals == [2, 4])
    _ = try builder.append(.relu, [x], name: "dead", output: "unused")
    let y = try builder.append(.multiply, [x, doubled], name: "scale", output: "y")
    try builder.addOutput(named: "y", y)
    let graph = try builder.finish()
    #expect(graph.nodes.map(\.name) == ["scale"])
    #expect(graph.constants.count == 1)
    let outputs = try graph.evaluate(["x": tensor([2], [3, -1])])
    #expect(outputs["y"]?.reals == [6, -4])
  }

  @Test func names() throws {
    var builder = GraphBuilder()
    let x = try builder.addInput(named: "x", shape: [1])
    #expect(throws: GraphError.self) { try builder.addInput(named: "x", shape: [1]) }
    var current = x
    for _ in 0..<3 {
      current = try builder.append(.relu, [current], name: "same", output: "same")
    }
    try builder.addOutput(named: "y", current)
    let graph = try builder.finish()
    #expect(graph.nodes.map(\.name) == ["same", "same#2", "same#3"])
  }

  @Test func evaluationChecksItsInputs() throws {
    var builder = GraphBuilder()
    let x = try builder.addInput(named: "x", shape: [2])
    try builder.addOutput(named: "y", x)
    let graph = try builder.finish()
    #expect(throws: GraphError.self) { try graph.evaluate([:]) }
    #expect(throws: GraphError.self) { try graph.evaluate(["x": tensor([1, 2], [1, 2])]) }
    #expect(throws: GraphError.self) {
      try graph.evaluate(["x": Tensor(shape: [2], integer: [1, 2])])
    }
    #expect(try graph.evaluate(["x": tensor([2], [1, 2])])["y"]?.reals == [1, 2])
  }

  @Test("each broken rule of the representation is noticed")
  func validation() throws {
    var builder = GraphBuilder()
    let x = try builder.addInput(named: "x", shape: [2])
    let c = builder.addConstant(named: "c", try tensor([2], [1, 2]))
    let h = try builder.append(.add, [x, c], name: "a", output: "h")
    try builder.addOutput(named: "y", try builder.append(.relu, [h], name: "b", output: "r"))
    let sound = try builder.finish()
    let corruptions: [(inout FloatGraph) -> Void] = [
      { $0.nodes.reverse() }, { $0.nodes.removeFirst() }, { $0.nodes.append($0.nodes[0]) },
      { $0.nodes[0].inputs[0] = TensorID(99) }, { $0.nodes[0].inputs.removeLast() },
      { $0.nodes[1].output = TensorID(-1) }, { $0.nodes[1].output = $0.inputs[0] },
      { $0.tensors[h.index].type.shape = [3] }, { $0.tensors[h.index].name = "x" },
      { $0.tensors[x.index].type.element = .integer }, { $0.constants = [:] },
      { $0.tensors[c.index].type.shape = [1] }, { $0.inputs = [] },
      { $0.outputs.append($0.outputs[0]) }, { $0.outputs[0].tensor = TensorID(1 << 40) },
      { $0.nodes[1].operation = .reshape([3]) },
    ]
    for (index, corrupt) in corruptions.enumerated() {
      var graph = sound
      corrupt(&graph)
      #expect(throws: GraphError.self, "corruption \(index)") { try graph.validate() }
    }
  }

  @Test func errorsNameTheirNode() throws {
    var builder = GraphBuilder()
    let x = try builder.addInput(named: "x", shape: [2, 3])
    do throws(GraphError) {
      _ = try builder.append(.matrixMultiply, [x, x], name: "product", output: "y")
      Issue.record("accepted")
    } catch {
      #expect(error.node == "product" && error.code == .shape)
    }
  }

  @Test("products do not depend on how they are blocked")
  func matrixProducts() throws {
    for (rows, depth, columns) in [(1, 1, 1), (3, 7, 5), (4, 8, 32), (5, 33, 37), (9, 2, 67)] {
      let a = try tensor([rows, depth], (0..<rows * depth).map { Float($0 % 13) - 6 })
      let b = try tensor([depth, columns], (0..<depth * columns).map { Float($0 % 7) - 3 })
      let product = try Operation.matrixMultiply.evaluate([a, b])
      for row in 0..<rows {
        for column in 0..<columns {
          let sum = (0..<depth).reduce(Float(0)) {
            $0 + a.reals[row * depth + $1] * b.reals[$1 * columns + column]
          }
          #expect(product.reals[row * columns + column] == sum)
        }
      }
    }
  }

  @Test func averageCounts() throws {
    let window = Window(kernel: [3], strides: [2], padsBefore: [1], padsAfter: [1], overhang: [1])
    #expect(try window.outputExtents([6]) == [4])
    #expect(try window.averageCounts([6], countingPads: false) == [2, 3, 3, 1])
    #expect(try window.averageCounts([6], countingPads: true) == [3, 3, 3, 2])
    let plane = Window(kernel: [1, 2], padsBefore: [0, 1])
    #expect(try plane.averageCounts([2, 2], countingPads: false) == [1, 2, 1, 2])
  }
}
