import Compiler
import TensorGraph
import Testing

@Suite("Normalising keeps what a network computes")
struct NormaliseTests {
  /// The greatest difference between the outputs of a network before and after.
  private func difference(
    _ shape: [Int], _ body: (inout Network) throws -> TensorID
  ) throws -> (Double, FloatGraph) {
    var network = try Network(input: shape, seed: 3)
    let graph = try network.finish(try body(&network))
    let normal = try graph.normalised()
    let sample = ["x": try network.numbers.tensor(shape, scale: 2)]
    let before = try graph.evaluate(sample)["y"]?.reals ?? []
    let after = try normal.evaluate(sample)["y"]?.reals ?? []
    #expect(before.count == after.count && !before.isEmpty)
    let error = zip(before, after).reduce(0.0) { max($0, Double(abs($1.0 - $1.1))) }
    return (error, normal)
  }

  private func operations(_ graph: FloatGraph) -> [String] { graph.nodes.map(\.operation.name) }

  @Test func batchNormalisationsFoldIntoConvolutionsAndGemms() throws {
    let (error, graph) = try difference([2, 3, 6, 6]) { net in
      let window = Window(kernel: [3, 3])
      let a = try net.normalisation(net.convolution(net.input, 3, 4, window), 4)
      let flat = try net.node(.reshape([2, 64]), net.node(.relu, a))
      return try net.normalisation(net.dense(flat, 64, 5), 5)
    }
    #expect(error < 1e-5)
    #expect(operations(graph) == ["Conv", "Relu", "Reshape", "Gemm"])
  }

  @Test func sharedConvolutionIsNotFoldedInto() throws {
    let (error, graph) = try difference([1, 2, 5, 5]) { net in
      let a = try net.convolution(net.input, 2, 2, Window(kernel: [3, 3]))
      return try net.node(.add, a, net.normalisation(a, 2))
    }
    #expect(error < 1e-5)
    #expect(operations(graph) == ["Conv", "BatchNormalization", "Add"])
  }

  @Test func addendsAndFactorsFold() throws {
    let (error, graph) = try difference([2, 3, 4]) { net in
      let product = try net.node(.matrixMultiply, net.input, net.constant([4, 5]))
      let biased = try net.node(.add, net.constant([5]), product)
      let scaled = try net.node(.multiply, biased, net.constant([1, 1, 5]))
      return try net.node(.subtract, scaled, net.constant([]))
    }
    #expect(error < 1e-5)
    #expect(operations(graph) == ["Reshape", "Gemm", "Reshape"])
  }

  @Test func addendsThatVaryAlongRowsDoNotFold() throws {
    let (error, graph) = try difference([3, 4]) { net in
      try net.node(.add, net.dense(net.input, 4, 3), net.constant([3, 1]))
    }
    #expect(error < 1e-5)
    #expect(operations(graph) == ["Gemm", "Add"])
  }

  @Test(arguments: [false, true], [false, true])
  func gemmAttributes(transposeA: Bool, transposeB: Bool) throws {
    let (error, graph) = try difference(transposeA ? [4, 2] : [2, 4]) { net in
      let gemm = Operation.Gemm(
        alpha: 0.5, beta: -2, transposeA: transposeA, transposeB: transposeB)
      return try net.node(
        .gemm(gemm), net.input, net.constant(transposeB ? [3, 4] : [4, 3]), net.constant([1, 3]))
    }
    #expect(error < 1e-5)
    guard case .gemm(let form)? = graph.nodes.last?.operation else {
      Issue.record("the last node is \(operations(graph))")
      return
    }
    #expect(form == .init(transposeB: true))
  }

  @Test func gemmOfActivations() throws {
    let (error, graph) = try difference([3, 3]) { net in
      let other = try net.node(.relu, net.input)
      let gemm = Operation.Gemm(alpha: 0.5, beta: 3, transposeA: true, transposeB: true)
      return try net.node(.gemm(gemm), net.input, other, other)
    }
    #expect(error < 1e-4)
    #expect(operations(graph).contains("MatMul"))
  }

  @Test func activationsMoveBehindPooling() throws {
    let (error, graph) = try difference([1, 2, 6, 6]) { net in
      let a = try net.convolution(net.input, 2, 2, Window(kernel: [3, 3]))
      let b = try net.node(.leakyRelu(alpha: 0.2), a)
      return try net.node(.maxPool(Window(kernel: [2, 2], strides: [2, 2])), b)
    }
    #expect(error == 0)
    #expect(operations(graph) == ["Conv", "MaxPool", "LeakyRelu"])
  }

  @Test func poolingThatSkipsPositionsStays() throws {
    let (error, graph) = try difference([1, 2, 7, 7]) { net in
      let a = try net.convolution(net.input, 2, 2, Window(kernel: [3, 3]))
      return try net.node(.maxPool(Window(kernel: [2, 2], strides: [3, 3])), net.node(.relu, a))
    }
    #expect(error == 0)
    #expect(operations(graph) == ["Conv", "Relu", "MaxPool"])
  }

  @Test func nodesThatDoNothingVanish() throws {
    let (error, graph) = try difference([2, 3]) { net in
      let a = try net.node(.reshape([2, 3]), net.input)
      let b = try net.node(.transpose(permutation: [0, 1]), a)
      let c = try net.node(.clip(lower: -.infinity, upper: .infinity), b)
      let d = try net.node(.pad(before: [0, 0], after: [0, 0], value: 1), c)
      let e = try net.node(.slice([.init(start: 0, count: 2), .init(start: 0, count: 3)]), d)
      return try net.node(.clip(lower: 0, upper: .infinity), e)
    }
    #expect(error == 0)
    #expect(operations(graph) == ["Relu"])
  }

  @Test func everyUnsupportedNodeIsReported() throws {
    var network = try Network(input: [257, 2, 2])
    let steep = try network.node(.leakyRelu(alpha: 3), network.input)
    let stack = try network.node(.matrixMultiply, steep, network.constant([257, 2, 2]))
    let fold = try network.node(.relu, stack)
    let graph = try network.finish(try network.node(.leakyRelu(alpha: -2), fold))
    let compiler = Compiler(library: try .standard())
    let sample = ["x": try network.numbers.tensor([257, 2, 2])]
    let error = failure { () throws(CompileError) in
      try compiler.compile(graph, samples: [sample])
    }
    let culprits = graph.nodes.filter { $0.operation != .relu }
    guard case .unsupported(let nodes)? = error else {
      Issue.record("compiling ended in \(String(describing: error))")
      return
    }
    #expect(nodes.map(\.name) == culprits.map(\.name))
    #expect(nodes.map(\.operation) == ["LeakyRelu", "MatMul", "LeakyRelu"])
    for node in culprits { #expect("\(CompileError.unsupported(nodes))".contains(node.name)) }
  }
}
