import ConstraintSystem
import Equations
import TensorGraph
import Testing

@testable import Compiler

@Suite("Forms are evaluated fast as they are slowly")
struct FormEvaluatorTests {
  /// Compares every value of a graph.
  private func compare(_ net: FormNet, _ scale: Float = 1) throws {
    var net = net
    try net.graph.validate()
    let sample = net.sample(scale)
    let expected = try net.graph.evaluate(net.graph.inputs.map { sample[$0] ?? [] })
    var evaluation = FormEvaluator(net.graph, keepsAll: true)
    try evaluation.run(sample) { _, _ in }
    for node in net.graph.nodes {
      let (slow, fast) = (expected[node.output] ?? [], try evaluation.elements(node.output))
      #expect(slow.count == fast.count)
      for (a, b) in zip(slow, fast) {
        #expect(a == b || abs(a - b) <= 1e-12 * abs(a) + 1e-13, "\(node.form.name)")
      }
    }
  }

  private func indices(_ sizes: Int...) -> [Equation.Index] {
    sizes.enumerated().map { .init(name: "i\($0.offset)", size: $0.element) }
  }

  private func read(_ operand: Int, _ positions: AffineIndex...) -> FormRead {
    FormRead(operand: operand, positions: positions)
  }

  private func at(_ constant: Int, _ terms: (Int, Int)...) -> AffineIndex {
    AffineIndex(
      constant: constant, terms: terms.map { .init(index: $0.0, coefficient: $0.1) })
  }

  /// Two contractions that share their summed index, an index that no factor reads, a read that
  /// leaves its operand, a constant.
  @Test func sums() throws {
    var net = FormNet()
    let (x, y) = (net.input([40, 30]), net.input([40, 30]))
    let w = try net.constant([50, 30], scale: 1)
    let terms: [SumForm.Term] = [
      .init(coefficient: 1, summed: [2], factors: [FormNet.read(0, 0, 2), FormNet.read(1, 1, 2)]),
      .init(
        coefficient: -0.3, summed: [2, 3], factors: [FormNet.read(2, 0, 2), FormNet.read(1, 1, 2)]),
      .init(coefficient: 2, summed: [3], factors: [read(0, at(-3, (0, 1)), at(1, (3, 2)))]),
      .init(coefficient: 0.25, summed: [3], factors: []),
    ]
    let form = SumForm(indices: indices(40, 50, 30, 7), domainRank: 2, terms: terms)
    _ = net.node(.sum(form), [x, w, y], [40, 50])
    _ = net.node(.sum(.init(indices: indices(2), domainRank: 1, terms: [])), [], [2])
    try compare(net)
  }

  /// A convolution with padding and stride, and its sum over everything.
  @Test func convolutions() throws {
    var net = FormNet()
    let x = net.input([2, 3, 9, 8])
    let w = try net.constant([4, 3, 3, 3], scale: 1)
    let form = SumForm(
      indices: indices(2, 4, 5, 4, 3, 3, 3), domainRank: 4,
      terms: [
        .init(
          coefficient: 1, summed: [4, 5, 6],
          factors: [
            read(0, at(0, (0, 1)), at(0, (4, 1)), at(-1, (2, 2), (5, 1)), at(-1, (3, 2), (6, 1))),
            FormNet.read(1, 1, 4, 5, 6),
          ])
      ])
    let y = net.node(.sum(form), [x, w], [2, 4, 5, 4])
    let total = SumForm(
      indices: indices(2, 4, 5, 4), domainRank: 0,
      terms: [
        .init(coefficient: 0.5, summed: [0, 1, 2, 3], factors: [FormNet.read(0, 0, 1, 2, 3)])
      ])
    _ = net.node(.sum(total), [y], [])
    try compare(net)
  }

  /// What a sum keeps is beyond single precision.
  @Test func doublesAreNotRounded() throws {
    var net = FormNet()
    let x = net.input([5])
    let large = net.combination([(1e9, [x])], isCommitted: false)
    _ = net.combination([(1, [large]), (-999_999_999, [x])])
    try compare(net)
  }

  @Test(arguments: [true, false]) func extremes(isMaximum: Bool) throws {
    var net = FormNet()
    let (x, y) = (net.input([6, 6]), net.input([6, 6]))
    func extreme(_ inner: [Int], _ operands: [ValueID], _ candidates: FormRead...) {
      let all = [6, 6] + inner
      let form = ExtremeForm(
        isMaximum: isMaximum, indices: all.map { .init(name: "i", size: $0) }, domainRank: 2,
        candidates: candidates)
      _ = net.node(.extreme(form), operands, [6, 6])
    }
    let same = [at(0, (0, 1)), at(0, (1, 1))]
    // All inside: of several values, and over an index that only one of them reads.
    extreme(
      [], [x, y], FormRead(operand: 0, positions: same), FormRead(operand: 1, positions: same))
    extreme(
      [6], [x, y], read(0, at(0, (0, 1)), at(0, (2, 1))), FormRead(operand: 1, positions: same))
    // A window that leaves the value, alone and beside another candidate.
    let window = read(0, at(-1, (0, 1), (2, 1)), at(-1, (1, 1), (3, 1)))
    extreme([3, 3], [x], window)
    extreme([3, 3], [x, y], window, read(1, at(-2, (0, 1), (2, 1)), at(0, (1, 1))))
    extreme([], [x, y], FormRead(operand: 0, positions: same), read(1, at(-2, (0, 1)), at(1)))
    try compare(net)
  }

  @Test func pointwise() throws {
    var net = FormNet()
    let (x, y) = (net.input([4, 5]), net.input([4, 5]))
    let square = net.combination([(1, [x, x])])
    let (a, b) = (FormNet.read(0, 0, 1), FormNet.read(1, 0, 1))
    for isInverse in [true, false] {
      _ = net.node(.root(a, isInverse: isInverse), [square], [4, 5])
    }
    _ = net.node(.quotient(numerator: a, denominator: b), [x, y], [4, 5])
    let less = net.node(.less(a, b), [x, y], [4, 5], kind: .boolean)
    // The second read is outside in the last row: zero.
    _ = net.node(
      .equal(a, read(1, at(1, (0, 1)), at(0, (1, 1)))), [less, less], [4, 5], kind: .boolean)
    let argument = FormNet.argument
    _ = net.apply(
      .select(.binary(.less, argument, .constant(0)), .unary(.exp, argument), argument), x)
    try compare(net)
  }

  /// Of equal scores the first or the last one, and what is compared for a label.
  @Test(arguments: [true, false], [true, false])
  func places(isMaximum: Bool, isLast: Bool) throws {
    var net = FormNet()
    let x = net.input([2, 5, 3])
    let form = PlaceForm(
      isMaximum: isMaximum, isLast: isLast, indices: indices(3, 2, 5),
      candidate: FormNet.read(0, 1, 2, 0))
    let place = net.node(.place(form), [x], [3, 2], kind: .integer)
    try compare(net)
    let graph = try net.finish(place)
    // Every score of which there are two.
    let scores = (0..<30).map { Double($0 * 7 % 4) }
    var evaluation = FormEvaluator(graph, keepsAll: true)
    try evaluation.run([x: scores]) { _, _ in }
    let target = try #require(graph.targets.first)
    let label = try #require(target.label)
    #expect(target.value == x)
    let found = (0..<6).map { Double(label.best(label.column($0, scores))) }
    #expect(try evaluation.elements(place) == found)
    #expect(try graph.evaluate([scores])[place] == found)
  }

  @Test func views() throws {
    var net = FormNet()
    let (x, y) = (net.input([2, 3, 4]), net.input([2, 1, 4]))
    let steps: [(ViewStep, [ValueID], [Int])] = [
      (.reshape([6, 4]), [x], [6, 4]),
      (.transpose([2, 0, 1]), [x], [4, 2, 3]),
      (.concatenate(axis: 1), [x, y], [2, 4, 4]),
      (.broadcast([5, 2, 3, 4]), [y], [5, 2, 3, 4]),
      (.pad(before: [0, 1, 2], after: [1, 0, 0]), [x], [3, 4, 6]),
      (
        .slice([
          .init(start: 1, count: 1, step: 1), .init(start: 2, count: 3, step: -1),
          .init(start: 0, count: 2, step: 3),
        ]), [x], [1, 3, 2]
      ),
    ]
    for (step, operands, shape) in steps { _ = net.node(.view(step), operands, shape) }
    try compare(net)
  }

  /// A window that is nowhere inside has no greatest element; the error names the layer.
  @Test func extremesOfNothing() throws {
    var net = FormNet()
    let x = net.input([3])
    let form = ExtremeForm(
      isMaximum: true, indices: indices(3, 2), domainRank: 1,
      candidates: [read(0, at(3, (0, 1), (1, 1)))])
    let graph = try net.finish(net.node(.extreme(form), [x], [3]))
    var evaluation = FormEvaluator(graph)
    let error = try #require(throws: CompileError.self) {
      try evaluation.run(net.sample()) { _, _ in }
    }
    #expect("\(error)".contains("n0") && "\(error)".contains("outside"))
  }
}
