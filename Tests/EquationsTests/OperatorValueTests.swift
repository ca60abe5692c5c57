import TensorGraph
import Testing

@testable import Equations

@Suite struct OperatorValueTests {
  static let names = (try? OperatorLibrary.standard().operatorNames) ?? []

  @Test func everyOperatorIsThere() { #expect(Self.names.count >= 110) }

  /// A missing file of answers is an error.
  @Test(arguments: names)
  func agreesWithONNX(name: String) throws {
    let library = try OperatorLibrary.standard()
    let cases = try OperatorCase.read(name)
    #expect(!cases.isEmpty)
    for (place, example) in cases.enumerated() {
      let what = "\(name) \(place): \(example.attributes.mapValues { $0.value.text })"
      do {
        let results = try example.evaluated(by: library)
        for (result, expected) in zip(results, example.outputs) {
          #expect((result == nil) == (expected == nil), "\(what)")
          guard let result, let expected = try expected?.tensor else { continue }
          #expect(result.shape == expected.shape, "\(what)")
          compare(result, expected, what)
        }
      } catch {
        Issue.record("\(what): \(error)")
      }
    }
  }

  private func compare(_ result: Tensor, _ expected: Tensor, _ what: String) {
    if let integers = expected.integers {
      #expect(result.integers == integers, "\(what)")
      return
    }
    let scale = expected.reals.reduce(1) { $1.isFinite ? max($0, abs($1)) : $0 }
    let wrong = zip(result.reals, expected.reals).enumerated().first { place, pair in
      let (a, b) = pair
      return !(a == b || a.isNaN && b.isNaN || abs(a - b) <= 2e-5 * scale)
    }
    #expect(wrong == nil, "\(what): \(wrong.map { "\($0)" } ?? "")")
  }
}
