import ConstraintSystem
import TestSupport
import Testing
import Witness

@testable import CircuitLanguage

@Suite("Small circuits have one solution, of all that there are") struct ExhaustiveTests {
  /// All results for which some values of the other tensors satisfy every statement.
  private func results(
    _ circuit: String, _ inputs: [(values: [Int], range: ClosedRange<Int>)],
    _ parameters: [String: Int] = [:], number: Int = 0, place: Int = 0
  ) throws -> Set<Int> {
    var trial = try CircuitTrial()
    for (values, range) in inputs { trial.input(values, [1, values.count], range: range) }
    if !circuit.hasPrefix("extreme") {
      for number in trial.views.indices {
        trial.views[number] = try trial.harness.builder.reshape(
          trial.views[number], to: [inputs[number].values.count], name: "flat")
      }
    }
    let view = try trial.harness.builder.instantiate(
      circuit, trial.views, parameters: parameters, name: "c", fractionalBits: 0)[number]
    let output = try trial.harness.builder.markOutput(view, name: "y")
    let system = try trial.harness.builder.finish().system
    var cells: [(tensor: Int, place: Int, values: ClosedRange<Int>)] = []
    var arrays = system.tensors.map { [Int](repeating: 0, count: $0.count) }
    for (number, tensor) in system.tensors.enumerated() {
      if number < inputs.count {
        arrays[number] = inputs[number].values
        continue
      }
      for place in 0..<tensor.count {
        cells.append((number, place, tensor.range.lowerBound - 1...tensor.range.upperBound + 1))
      }
    }
    var found: Set<Int> = []
    let relaxed = system.withoutRanges
    func visit(_ depth: Int) {
      guard depth < cells.count else {
        let assignment = Assignment(arrays.map { IntegerBuffer($0) })
        if (try? StatementChecker.check(relaxed, assignment)) != nil {
          found.insert(arrays[output][place])
        }
        return
      }
      for value in cells[depth].values {
        arrays[cells[depth].tensor][cells[depth].place] = value
        visit(depth + 1)
      }
    }
    visit(0)
    return found
  }

  @Test func relu() throws {
    for x in -4...3 { #expect(try results("relu", [([x], -4...3)]) == [max(x, 0)]) }
  }

  @Test func less() throws {
    for a in -2...1 {
      for b in -2...1 {
        #expect(try results("less", [([a], -2...1), ([b], -2...1)]) == [a < b ? 1 : 0])
      }
    }
  }

  @Test func extreme() throws {
    for a in -2...1 {
      for b in -2...1 { #expect(try results("extreme", [([a, b], -2...1)]) == [max(a, b)]) }
    }
  }

  @Test func differences() throws {
    for (a, b) in [(-1, 0), (1, 1), (-1, 1), (0, -1)] {
      let top = max(a, b)
      for (place, x) in [a, b].enumerated() {
        let found = try results(
          "extreme_below", [([a, b], -1...1)], ["depth": 1], number: 1, place: place)
        #expect(found == [max(x - top, -1)], "\(a), \(b)")
      }
      #expect(try results("extreme_below", [([a, b], -1...1)], ["depth": 1]) == [top])
    }
  }

  @Test func quotient() throws {
    for a in [-4, -3, 0, 3] {
      for b in 0...3 {
        let found = try results(
          "quotient", [([a], -4...3), ([b], 0...3)], ["shift": 0, "width": 4])
        let expected = b == 0 ? [] : [Int((Double(2 * a + b) / Double(2 * b)).rounded(.down))]
        #expect(found == Set(expected), "\(a) / \(b)")
      }
    }
  }

  @Test func round() throws {
    for x in -8...7 {
      #expect(try results("round", [([x], -8...7)], ["shift": 2, "width": 3]) == [(x + 2) >> 2])
    }
  }

  @Test func squareRoot() throws {
    for a in 0...8 {
      let expected = Int(Double(a).squareRoot())
      #expect(try results("square_root", [([a], 0...8)], ["power": 0]) == [expected])
    }
  }
}
