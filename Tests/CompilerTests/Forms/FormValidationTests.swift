import Compiler
import ConstraintSystem
import Equations
import TensorGraph
import Testing

@Suite("Form graphs that break a rule are refused")
struct FormValidationTests {
  /// d := x - y, z = d·d summed, and a table of z.
  private func graph() throws -> FormGraph {
    var net = FormNetwork()
    let x = try net.input("x", [2, 3])
    let y = try net.input("y", [2, 1])
    let d = try net.map("d", x, y) { $0[0] - $0[1] }
    let z = try net.reduceLast("z", net.map("square", d) { $0[0] * $0[0] }) {
      .reduce(.sum, over: [$1], $0)
    }
    return try net.forms(net.map("t", z) { .unary(.tanh, $0[0]) })
  }

  private func value(_ name: String, _ graph: FormGraph) throws -> Int {
    try #require(graph.values.firstIndex { $0.name == name })
  }

  private func change(
    _ node: Int, _ graph: inout FormGraph, _ body: (inout SumForm) -> Void
  ) throws {
    guard case .sum(var sum) = graph.nodes[node].form else {
      throw GraphError(.structure, "node \(node) is no sum")
    }
    body(&sum)
    graph.nodes[node].form = .sum(sum)
  }

  @Test func soundGraph() throws {
    let graph = try graph()
    try graph.validate()
    #expect(graph.nodes.map(\.form.isSum) == [true, true, false])
    #expect(!graph.values[try value("d", graph)].isCommitted)
  }

  private func refuse(
    _ reason: String, location: SourceLocation = #_sourceLocation,
    _ body: (inout FormGraph) throws -> Void
  ) throws {
    var graph = try graph()
    try body(&graph)
    do throws(GraphError) {
      try graph.validate()
      Issue.record("the graph is taken", sourceLocation: location)
    } catch {
      #expect(error.reason.contains(reason), "\(error)", sourceLocation: location)
    }
  }

  @Test func structure() throws {
    try refuse("used before") { $0.nodes.swapAt(0, 1) }
    try refuse("defined twice") { $0.nodes.append($0.nodes[0]) }
    try refuse("does not exist") { $0.nodes[1].layer = 99 }
    try refuse("share a name") { $0.values[0].name = $0.values[1].name }
    try refuse("nothing commits") { $0.outputs[0].value = ValueID(99) }
    try refuse("is empty") { $0.values[$0.nodes[2].output.index].shape = [2, 0] }
  }

  @Test func sums() throws {
    try refuse("do not span") { try change(1, &$0) { $0.indices[0].size = 3 } }
    try refuse("is not summed over") { try change(1, &$0) { $0.terms[0].summed = [] } }
    try refuse("a term is summed over") { try change(1, &$0) { $0.terms[0].summed = [0] } }
    try refuse("a coefficient") { try change(1, &$0) { $0.terms[0].coefficient = .nan } }
    try refuse("a product of 3") {
      try change(1, &$0) { $0.terms[0].factors.append($0.terms[0].factors[0]) }
    }
    try refuse("positions of") {
      try change(1, &$0) { $0.terms[0].factors[0].positions.removeLast() }
    }
    try refuse("used twice") {
      try change(1, &$0) {
        $0.terms[0].factors[0].positions = [AffineIndex(index: 0), AffineIndex(index: 0)]
      }
    }
    try refuse("operand 7") { try change(1, &$0) { $0.terms[0].factors[0].operand = 7 } }
  }

  @Test("what is not committed is read only where a sum can be")
  func commitment() throws {
    try refuse("nothing commits") { $0.values[$0.nodes[2].output.index].isCommitted = false }
    try refuse("an apply reads \"z\"") { $0.values[$0.nodes[1].output.index].isCommitted = false }
    // A product of two sums over an index is no factor.
    try refuse("a sum reads \"d\"") {
      try change(0, &$0) { $0.terms[0].factors.append($0.terms[0].factors[0]) }
    }
  }

  @Test func functions() throws {
    try refuse("a function with an index") {
      let read = FormRead(operand: 0, positions: [AffineIndex(index: 0), AffineIndex()])
      $0.nodes[2].form = .apply(
        ApplyForm(argument: read, function: .index(AffineIndex(index: 0))))
    }
    try refuse("can't be reshaped") { $0.nodes[2].form = .view(.reshape([3])) }
    try refuse("a view gives") { $0.nodes[2].form = .view(.reshape([2])) }
  }
}

extension Form {
  fileprivate var isSum: Bool { if case .sum = self { true } else { false } }
}
