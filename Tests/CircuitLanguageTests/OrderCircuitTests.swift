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

  /// Two witnesses that a prover might like: equal elements the other way round, and one place twice.
  @Test("another order of equal elements, and a place that is taken twice, are refused")
  func lies() throws {
    let found = try ordered([1, 4], [5, 8, 5, 5])
    #expect(found.values == [1, 0, 2, 3])
    let system = found.circuit.system
    let places = try #require(system.tensors.firstIndex { $0.role == .publicOutput })
    let ranks = try #require(system.tensors.firstIndex { $0.name.hasSuffix("rank") })
    func changed(_ order: [Int], _ rank: [Int]) -> Assignment {
      var tensors = found.assignment.tensors
      tensors[places] = IntegerBuffer(order)
      tensors[ranks] = IntegerBuffer(rank)
      return Assignment(tensors)
    }
    // Consistent but for the order of equals, or for the place that stands twice.
    let swapped = changed([1, 2, 0, 3], [2, 0, 1, 3])
    let twice = changed([1, 0, 0, 3], [1, 0, 2, 3])
    for lie in [swapped, twice] {
      #expect(throws: StatementViolation.self) {
        try StatementChecker.check(found.circuit.system, lie)
      }
    }
  }
}
