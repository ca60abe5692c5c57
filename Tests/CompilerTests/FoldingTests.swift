import Equations
import TensorGraph
import Testing

@testable import Compiler
@testable import NetworkTestSupport

@Suite("Layers that fold into one form keep what a network computes")
struct FoldingTests {
  /// The greatest difference between the outputs of a network and of its forms, and the forms.
  private func difference(
    _ shape: [Int], _ body: (inout Network) throws -> ValueID
  ) throws -> (Double, FormGraph) {
    var network = try Network(input: shape, seed: 3)
    let graph = try network.finish(try body(&network))
    let forms = try FormGraph(graph)
    let input = try network.numbers.tensor(shape, scale: 2)
    let before = try graph.evaluate(["x": input])["y"]?.reals ?? []
    let values = try forms.evaluate([input.reals.map(Double.init)])
    let after = try #require(values[forms.outputs[0].value])
    #expect(before.count == after.count && !before.isEmpty)
    let error = zip(before, after).reduce(0.0) { max($0, abs(Double($1.0) - $1.1)) }
    return (error, forms)
  }

  /// The forms that cost anything, in order.
  private func operations(_ graph: FormGraph) -> [String] {
    graph.nodes.filter { graph[$0.output].isCommitted }.map(\.form.name)
  }

  @Test func batchNormalisationsFoldIntoConvolutionsAndGemms() throws {
    let (error, graph) = try difference([2, 3, 6, 6]) { net in
      let window = Window(kernel: [3, 3])
      let a = try net.normalisation(net.convolution(net.input, 3, 4, window), 4)
      let flat = try net.node(.reshape([2, 64]), net.node(.relu, a))
      return try net.normalisation(net.dense(flat, 64, 5), 5)
    }
    #expect(error < 1e-5)
    #expect(operations(graph) == ["sum", "apply", "view", "sum"])
  }

  @Test func sharedConvolutionIsNotFoldedInto() throws {
    let (error, graph) = try difference([1, 2, 5, 5]) { net in
      let a = try net.convolution(net.input, 2, 2, Window(kernel: [3, 3]))
      return try net.node(.add, a, net.normalisation(a, 2))
    }
    #expect(error < 1e-5)
    #expect(operations(graph) == ["sum", "sum"])
  }

  @Test func addendsAndFactorsFold() throws {
    let (error, graph) = try difference([2, 3, 4]) { net in
      let product = try net.node(.matrixMultiply, net.input, net.constant([4, 5]))
      let biased = try net.node(.add, net.constant([5]), product)
      let scaled = try net.node(.multiply, biased, net.constant([1, 1, 5]))
      return try net.node(.subtract, scaled, net.constant([]))
    }
    #expect(error < 1e-5)
    #expect(operations(graph) == ["sum"])
  }

  /// A gain and a bias of each channel go into all contractions that read them, and only there.
  @Test func gainsAndBiasesFoldIntoWhatReadsThem() throws {
    let (error, graph) = try difference([5, 4]) { net in
      let hidden = try net.node(.operation("Tanh"), net.dense(net.input, 4, 6))
      let scaled = try net.normalisation(hidden, 6)
      return try net.node(.add, net.dense(scaled, 6, 3), net.dense(scaled, 6, 3))
    }
    #expect(error < 1e-5)
    #expect(operations(graph) == ["sum", "apply", "sum"])
  }

  @Test func gainsStayWhereSomethingElseReadsThem() throws {
    for other in [Step.operation("Tanh"), .multiply] {
      let (error, graph) = try difference([5, 4]) { net in
        let hidden = try net.node(.operation("Sigmoid"), net.dense(net.input, 4, 6))
        let scaled = try net.normalisation(hidden, 6)
        let read =
          other.name == "Mul"
          ? try net.node(other, scaled, hidden) : try net.node(other, scaled)
        return try net.node(.concatenate(axis: 1), net.dense(scaled, 6, 3), read)
      }
      #expect(error < 1e-5)
      #expect(operations(graph).count(where: { $0 == "sum" }) >= 3)
    }
  }

  /// One gain that is much greater than the others would leave the weights behind these few digits.
  @Test func unevenGainsStay() throws {
    for (peak, expected) in [
      (10, ["sum", "apply", "sum"]), (1e4, ["sum", "apply", "sum", "sum"]),
    ] {
      let (error, graph) = try difference([5, 4]) { net in
        let hidden = try net.node(.operation("Tanh"), net.dense(net.input, 4, 512))
        let gain = [Float](repeating: 1, count: 511) + [Float(peak)]
        let scaled = try net.node(.multiply, hidden, net.constant([512], values: gain))
        return try net.dense(scaled, 512, 3)
      }
      #expect(error < 1e-2)
      #expect(operations(graph) == expected)
    }
  }

  @Test func addendsThatVaryAlongRowsFold() throws {
    let (error, graph) = try difference([3, 4]) { net in
      try net.node(.add, net.dense(net.input, 4, 3), net.constant([3, 1]))
    }
    #expect(error < 1e-5)
    #expect(operations(graph) == ["sum"])
  }

  @Test(arguments: [false, true], [false, true])
  func gemmAttributes(transposeA: Bool, transposeB: Bool) throws {
    let (error, graph) = try difference(transposeA ? [4, 2] : [2, 4]) { net in
      let gemm = Step.gemm(
        alpha: 0.5, beta: -2, transposeA: transposeA, transposeB: transposeB)
      return try net.node(
        gemm, net.input, net.constant(transposeB ? [3, 4] : [4, 3]), net.constant([1, 3]))
    }
    #expect(error < 1e-5)
    #expect(operations(graph) == ["sum"])
  }

  @Test func gemmOfActivations() throws {
    let (error, graph) = try difference([3, 3]) { net in
      let other = try net.node(.relu, net.input)
      let gemm = Step.gemm(alpha: 0.5, beta: 3, transposeA: true, transposeB: true)
      return try net.node(gemm, net.input, other, other)
    }
    #expect(error < 1e-4)
    #expect(operations(graph) == ["apply", "sum"])
  }

  @Test func activationsMoveBehindPooling() throws {
    let (error, graph) = try difference([1, 2, 6, 6]) { net in
      let a = try net.convolution(net.input, 2, 2, Window(kernel: [3, 3]))
      let b = try net.node(.leakyRelu(alpha: 0.2), a)
      return try net.node(.maxPool(Window(kernel: [2, 2], strides: [2, 2])), b)
    }
    #expect(error < 1e-6)
    #expect(operations(graph).suffix(2) == ["extreme", "apply"])
  }

  @Test func poolingThatSkipsPositions() throws {
    let (error, graph) = try difference([1, 2, 7, 7]) { net in
      let a = try net.convolution(net.input, 2, 2, Window(kernel: [3, 3]))
      return try net.node(.maxPool(Window(kernel: [2, 2], strides: [3, 3])), net.node(.relu, a))
    }
    #expect(error < 1e-6)
    #expect(operations(graph).suffix(2) == ["extreme", "apply"])
  }

  @Test func nodesThatDoNothingVanish() throws {
    let (error, graph) = try difference([2, 3]) { net in
      let a = try net.node(.reshape([2, 3]), net.input)
      let b = try net.node(.transpose([0, 1]), a)
      let c = try net.node(.clip(lower: -.infinity, upper: .infinity), b)
      let d = try net.node(.pad(before: [0, 0], after: [0, 0]), c)
      let e = try net.node(
        .slice([.init(start: 0, count: 2, step: 1), .init(start: 0, count: 3, step: 1)]), d)
      return try net.node(.clip(lower: 0, upper: .infinity), e)
    }
    #expect(error == 0)
    #expect(operations(graph) == ["apply"])
  }

  @Test func everyUnsupportedLayerIsReported() throws {
    let length = (1 << 16) + 1
    var network = try Network(input: [1, length])
    let column = try network.node(.reshape([length, 1]), network.input)
    let first = try network.node(.matrixMultiply, network.input, column)
    let fold = try network.node(.relu, first)
    let scaled = try network.node(.multiply, network.input, fold)
    let graph = try network.finish(try network.node(.matrixMultiply, scaled, column))
    let sample = ["x": try network.numbers.tensor([1, length])]
    let error = failure { () throws(CompileError) in
      try Compiler(library: .init()).compile(graph, samples: [sample])
    }
    let culprits = graph.layers.filter { $0.operation == "MatMul" }
    guard case .unsupported(let nodes)? = error else {
      Issue.record("compiling ended in \(String(describing: error))")
      return
    }
    #expect(culprits.count == 2 && nodes.map(\.name) == culprits.map(\.name))
    #expect(nodes.map(\.operation) == ["MatMul", "MatMul"])
    for node in culprits { #expect("\(CompileError.unsupported(nodes))".contains(node.name)) }
  }
}
