import CircuitCheck
import ConstraintSystem
import TestSupport
import Testing
import Witness

@testable import CircuitLanguage

/// Lookups in rows, permutations, and hints that read at computed positions.
@Suite("Rows of tensors") struct RowsTests {
  /// The circuit's output, all of its statements being checked.
  private func result(
    _ harness: inout LayerHarness, _ circuit: String, _ views: [TensorView]
  ) throws -> (values: [Int], circuit: Circuit, assignment: Assignment) {
    let view = try harness.builder.instantiate(
      circuit, views, name: "rows", fractionalBits: 0)[0]
    return try harness.values(of: harness.builder.markOutput(view, name: "output"))
  }

  @Test(arguments: [(1, 4, 3, 2), (2, 5, 1, 7), (3, 1, 4, 2), (2, 3, 2, 1)])
  func rowsAreGathered(o: Int, n: Int, c: Int, t: Int) throws {
    var harness = try LayerHarness()
    let x = harness.tensor("x", [o, n, c])
    let place = harness.tensor("place", [o, t], spread: 0...n - 1)
    let result = try result(&harness, "gather", [x.view, place.view])
    let expected = (0..<o * t).flatMap { pick -> ArraySlice<Int> in
      let row = pick / t * n + place.values[pick]
      return x.values[row * c..<(row + 1) * c]
    }
    #expect(result.values == expected)
    #expect(result.circuit.system.rowTables.map(\.rowRank) == [2])
    #expect(undetectedMutations(result.circuit, result.assignment) == [])
    #expect(undetectedLies(result.circuit, harness, by: [-1, 1, 1 << 16]) == [])
    #expect(try wrongHints(result.circuit, result.assignment) == [])
  }

  @Test func aPlaceThatIsNotThereIsNamed() throws {
    for place in [-1, 4] {
      var harness = try LayerHarness()
      let x = harness.tensor("x", [1, 4, 3])
      let places = harness.tensor("place", [1, 2], values: [0, place])
      let error = #expect(throws: EvaluationError.self) {
        try result(&harness, "gather", [x.view, places.view])
      }
      #expect(
        error
          == .noElement(step: "rows.y", position: [0, 1, 0], place: place, size: 4),
        "\(String(describing: error))")
    }
  }

  @Test func valuesAreRearranged() throws {
    var harness = try LayerHarness()
    let x = harness.tensor("x", [2, 4])
    let place = harness.tensor("place", [2, 4], values: [2, 0, 3, 1, 3, 2, 1, 0])
    let result = try result(&harness, "rearranged", [x.view, place.view])
    #expect(
      result.values == place.values.enumerated().map { x.values[$0.offset / 4 * 4 + $0.element] })
    #expect(result.circuit.system.rowTables.map(\.isPermutation) == [true])
    #expect(try wrongHints(result.circuit, result.assignment) == [])
  }

  @Test func whatIsTakenTwiceIsNoPermutation() throws {
    var harness = try LayerHarness()
    let x = harness.tensor("x", [1, 3], values: [5, 5, 7])
    let place = harness.tensor("place", [1, 3], values: [0, 0, 2])
    #expect(throws: StatementViolation.self) {
      try result(&harness, "rearranged", [x.view, place.view])
    }
  }

  /// Weights lie with a column first, and are not copied then.
  @Test func aModelIsLookedUpAlongItsFirstAxis() throws {
    for (isTransposed, tensors) in [(true, 3), (false, 4)] {
      var harness = try LayerHarness()
      let w = harness.tensor("w", isTransposed ? [3, 6] : [6, 3], role: .model, spread: -9...9)
      let place = harness.tensor("place", [1, 2], values: [5, 2])
      let rows =
        isTransposed ? try harness.builder.transpose(w.view, [1, 0], name: "turned") : w.view
      let x = try harness.builder.reshape(rows, to: [1, 6, 3], name: "x")
      let result = try result(&harness, "gather", [x, place.view])
      let expected = place.values.flatMap { row in
        (0..<3).map { isTransposed ? w.values[$0 * 6 + row] : w.values[row * 3 + $0] }
      }
      #expect(result.values == expected)
      #expect(result.circuit.system.tensors.count == tensors)
    }
  }

  /// One table serves two layers; a permutation serves one.
  @Test func tablesOfRowsAreShared() throws {
    for (circuit, shape, count) in [("gather", [1, 4, 2], 1), ("rearranged", [1, 4], 2)] {
      var harness = try LayerHarness()
      let x = harness.tensor("x", shape)
      let place = harness.tensor("place", [1, 4], values: [1, 0, 3, 2])
      for layer in ["a", "b"] {
        let view = try harness.builder.instantiate(
          circuit, [x.view, place.view], name: layer, fractionalBits: 0)[0]
        _ = try harness.builder.markOutput(view, name: layer)
      }
      #expect(try harness.builder.finish().system.rowTables.count == count)
    }
  }

  /// Rows along an axis that is two of a tensor's.
  @Test func rowsOfAReshapedTensorAreCopied() throws {
    var harness = try LayerHarness()
    let x = harness.tensor("x", [2, 3, 2])
    let turned = try harness.builder.transpose(x.view, [1, 0, 2], name: "turned")
    let flat = try harness.builder.reshape(turned, to: [1, 6, 2], name: "flat")
    let place = harness.tensor("place", [1, 3], values: [5, 0, 2])
    let result = try result(&harness, "gather", [flat, place.view])
    let expected = place.values.flatMap { row in
      (0..<2).map { x.values[(row % 2 * 3 + row / 2) * 2 + $0] }
    }
    #expect(result.values == expected)
  }

  /// A layer before its table of a function: public tables come first all the same.
  @Test func tablesAreNumberedBehindThePublicOnes() throws {
    var harness = try LayerHarness()
    let x = harness.tensor("x", [1, 4, 2])
    let place = harness.tensor("place", [1, 3], values: [3, 0, 3])
    let rows = try harness.builder.instantiate(
      "gather", [x.view, place.view], name: "rows", fractionalBits: 0)[0]
    let active = try harness.builder.instantiate("relu", [rows], name: "relu", fractionalBits: 0)[0]
    let output = try harness.builder.markOutput(active, name: "output")
    let (values, circuit, _) = try harness.values(of: output)
    #expect(values == [6, 7, 0, 1, 6, 7].map { max(x.values[$0], 0) })
    #expect(!circuit.system.tables.isEmpty)
    #expect(circuit.system.lookups.contains { $0.table == circuit.system.tables.count })
    #expect(try ConstraintSystem(canonicalBytes: circuit.system.canonicalBytes) == circuit.system)
    #expect(try Circuit(canonicalBytes: circuit.canonicalBytes) == circuit)
    #expect(describe(circuit).contains("in rows (gather:"))
  }
}
