import ConstraintSystem
import Witness

/// Inputs that are hard on a circuit: ends of ranges, zeros, values that are all equal, ties for the
/// greatest, halves that round, and some at random.
struct TrialInputs {
  private enum Pattern: CaseIterable {
    case ties, ramp, low, high, zero, alternating, positive, one, random, otherRandom
  }

  /// What values are limited to, the widest first: a circuit may refuse large ones.
  private static let limits = [Int.max, 1 << 12, 1 << 7, 1 << 3, 1]

  let declarations: [(tensor: Int, declaration: TensorDeclaration)]

  init(_ trial: TrialCircuit) {
    declarations = trial.inputs.map { ($0, trial.circuit.system.tensors[$0]) }
  }

  /// In the order in which they are to be tried, each once.
  func candidates() -> [[Int: IntegerBuffer]] {
    var seen: Set<[Int]> = []
    var result: [[Int: IntegerBuffer]] = []
    for limit in Self.limits {
      for pattern in Pattern.allCases {
        let values = declarations.enumerated().map { number, input in
          Self.values(pattern, input.declaration, limit, seed: UInt64(number))
        }
        guard seen.insert(values.flatMap { $0 }).inserted else { continue }
        result.append(buffers(values))
      }
    }
    return result
  }

  /// So many inputs more, at random.
  func random(count: Int) -> [[Int: IntegerBuffer]] {
    var generator = SeededNumbers(seed: 3)
    return (0..<count).map { _ in
      buffers(
        declarations.map { input in
          (0..<input.declaration.count).map { _ in
            Int.random(in: input.declaration.range, using: &generator)
          }
        })
    }
  }

  /// All inputs there are, in order; nil when there are more than so many.
  func all(limit: Int) -> [[Int: IntegerBuffer]]? {
    var count = 1
    let cells = declarations.flatMap { input in
      Array(repeating: input.declaration.range, count: input.declaration.count)
    }
    for range in cells {
      count *= range.count
      if count > limit { return nil }
    }
    return (0..<count).map { number in
      var rest = number
      let flat = cells.map { range -> Int in
        defer { rest /= range.count }
        return range.lowerBound + rest % range.count
      }
      var start = 0
      return buffers(
        declarations.map { input in
          defer { start += input.declaration.count }
          return Array(flat[start..<start + input.declaration.count])
        })
    }
  }

  private func buffers(_ values: [[Int]]) -> [Int: IntegerBuffer] {
    Dictionary(
      uniqueKeysWithValues: zip(declarations, values).map { ($0.tensor, IntegerBuffer($1)) })
  }

  private static func values(
    _ pattern: Pattern, _ declaration: TensorDeclaration, _ limit: Int, seed: UInt64
  ) -> [Int] {
    let range = declaration.range.clamped(to: -limit...limit)
    var generator = SeededNumbers(seed: seed + (pattern == .random ? 11 : 12))
    return (0..<declaration.count).map { place in
      let value =
        switch pattern {
        case .low: range.lowerBound
        case .high: range.upperBound
        case .zero: 0
        case .one: 1
        case .alternating: place % 2 == 0 ? range.lowerBound : range.upperBound
        case .ramp: range.lowerBound + (range.upperBound - range.lowerBound) / 7 * (place % 8)
        // Most are equal, and the least lies among them.
        case .ties: place % 4 == 1 ? range.lowerBound / 2 : range.upperBound / 2
        // Divisors and arguments of roots must be so.
        case .positive: Int.random(in: 1...max(1, range.upperBound), using: &generator)
        case .random, .otherRandom: Int.random(in: range, using: &generator)
        }
      return min(max(value, range.lowerBound), range.upperBound)
    }
  }
}
