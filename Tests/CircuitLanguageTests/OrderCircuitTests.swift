import CircuitCheck
import ConstraintSystem
import TestSupport
import Testing
import Witness

@testable import CircuitLanguage

/// The places of elements in order.
@Suite("Order") struct OrderCircuitTests {
  private func ordered(
    _ shape: [Int], _ values: [Int]
  ) throws -> (values: [Int], circuit: Circuit, assignment: Assignment, harness: LayerHarness) {
    var harness = try LayerHarness()
    let x = harness.tensor("x", shape, values: values)
    let view = try harness.builder.instantiate(
      "ordered", [x.view], name: "order", fractionalBits: 0)[0]
    let output = try harness.builder.markOutput(view, name: "output")
    let found = try harness.values(of: output)
    return (found.0, found.1, found.2, harness)
  }

  private func expected(_ shape: [Int], _ values: [Int]) -> [Int] {
    (0..<shape[0]).flatMap { row -> [Int] in
      let own = Array(values[row * shape[1]..<(row + 1) * shape[1]])
      return own.indices.sorted { (-own[$0], $0) < (-own[$1], $1) }
    }
  }

  @Test(
    "the greatest comes first, and of equal ones the first",
    arguments: [
      ([1, 1], [4]), ([1, 2], [3, 3]), ([1, 5], [2, 9, 9, -4, 2]),
      ([2, 4], [1, 2, 3, 4, 7, 7, 7, 7]),
      ([1, 6], [0, 0, 0, 0, 0, 1]), ([3, 3], [-1, -2, -1, 5, 5, 4, 0, 1, 0]),
    ])
  func order(shape: [Int], values: [Int]) throws {
    let found = try ordered(shape, values)
    #expect(found.values == expected(shape, values))
    #expect(undetectedMutations(found.circuit, found.assignment) == [])
    #expect(try wrongHints(found.circuit, found.assignment) == [])
  }

  /// Witnesses that a prover might like.
  @Test("equal elements the other way round, a place taken twice, and another's value are refused")
  func lies() throws {
    let found = try ordered([1, 4], [5, 8, 5, 5])
    #expect(found.values == [1, 0, 2, 3])
    let system = found.circuit.system
    let places = try #require(system.tensors.firstIndex { $0.role == .publicOutput })
    let values = try #require(system.tensors.firstIndex { $0.name.hasSuffix(".y") })
    let ranks = try #require(system.tensors.firstIndex { $0.name.hasSuffix("rank") })
    func changed(_ order: [Int], _ rank: [Int], _ sorted: [Int]) -> Assignment {
      var tensors = found.assignment.tensors
      tensors[places] = IntegerBuffer(order)
      tensors[ranks] = IntegerBuffer(rank)
      tensors[values] = IntegerBuffer(sorted)
      return Assignment(tensors)
    }
    // Consistent but for the order of equals, for the place that stands twice, or for a value's own place.
    let lies = [
      (changed([1, 2, 0, 3], [2, 0, 1, 3], [8, 5, 5, 5]), "order (ordered:22)"),
      (changed([1, 0, 0, 3], [1, 0, 2, 3], [8, 5, 5, 5]), "order (ordered:22)"),
      (changed([0, 1, 2, 3], [0, 1, 2, 3], [8, 5, 5, 5]), "order (ordered:19)"),
    ]
    for (lie, statement) in lies {
      let error = #expect(throws: StatementViolation.self) {
        try StatementChecker.check(found.circuit.system, lie)
      }
      let named =
        switch error {
        case .lookup(let name, _, _, _): name
        case .rowCount(let table, _, _): table
        default: String(describing: error)
        }
      #expect(named == statement)
    }
  }
}
