import Equations

/// Chooses sizes for an operator: 1, 2, 3 and 5 in turn, and mixtures of them.
struct OperatorSizes {
  let description: OperatorDescription
  /// What is not to be chosen.
  let fixed: OperatorSample

  static let standardSizes = [2, 1, 3, 5]
  /// The most candidates of each list.
  private static let candidates = 40
  private static let mixedCandidates = 200

  /// Candidates of which the first that is possible is taken from each list.
  func candidates() -> [[OperatorSample]] {
    var numbers = Numbers(state: 5)
    let uniform = Self.standardSizes.map { size in
      distinct(
        (0..<Self.candidates).map { number in
          candidate(rank: number % 4, size: { _ in size }, isSame: number < 4, &numbers)
        })
    }
    let mixed = (0..<Self.mixedCandidates).map { number in
      candidate(
        rank: number % 3, size: { $0.pick(Self.standardSizes) }, isSame: number % 2 == 0, &numbers)
    }
    return uniform + [distinct(mixed)]
  }

  /// Candidates for a node that people look at.
  func examples() -> [OperatorSample] {
    var numbers = Numbers(state: 5)
    return [3, 2, 4].flatMap { size in
      [1, 0, 2].map { rank in
        candidate(rank: rank, size: { _ in size }, isSame: true, &numbers)
      }
    }
  }

  /// - Parameters:
  ///   - rank: how many axes packs have.
  ///   - isSame: whether all packs have as many.
  private func candidate(
    rank: Int, size: (inout Numbers) -> Int, isSame: Bool, _ numbers: inout Numbers
  ) -> OperatorSample {
    var result = fixed
    for name in description.sizes where result.sizes[name] == nil {
      result.sizes[name] = size(&numbers)
    }
    for name in description.packs where result.packs[name] == nil {
      let count = isSame ? (rank + 1) % 4 : numbers.pick([0, 1, 2])
      result.packs[name] = (0..<count).map { _ in size(&numbers) }
    }
    return result
  }

  private func distinct(_ candidates: [OperatorSample]) -> [OperatorSample] {
    var seen: Set<String> = []
    return candidates.filter { seen.insert($0.description).inserted }
  }

  /// A linear congruential generator of 64 bits.
  struct Numbers {
    var state: UInt64

    mutating func pick(_ choices: [Int]) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return choices[Int(state >> 33) % choices.count]
    }
  }
}
