import CircuitLanguage

/// What a circuit is instantiated with.
public struct TrialSizes: Equatable, Sendable {
  /// By name, as `CircuitSignature.sizes` lists them.
  public var sizes: [String: Int]
  /// What `...` stands for.
  public var rest: [Int]
  public var parameters: [String: Int]

  public init(sizes: [String: Int] = [:], rest: [Int] = [], parameters: [String: Int] = [:]) {
    self.sizes = sizes
    self.rest = rest
    self.parameters = parameters
  }
}

extension TrialSizes: CustomStringConvertible {
  /// `m=3, n=5, ...=2×3; shift=4`
  public var description: String {
    func list(_ values: [String: Int]) -> [String] {
      values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }
    let shape = rest.isEmpty ? [] : ["...=" + rest.map(String.init).joined(separator: "×")]
    let sizes = (list(sizes) + shape).joined(separator: ", ")
    let parameters = list(parameters).joined(separator: ", ")
    return [sizes, parameters].filter { !$0.isEmpty }.joined(separator: "; ")
  }
}

/// Chooses sizes and parameters for a circuit: 1, 2, 3 and 5 in turn, and what else its requirements
/// let through.
struct TrialSizesMaker {
  let signature: CircuitSignature
  /// What is not to be chosen.
  let fixed: TrialSizes
  /// Whether `fixed.rest` is given.
  let isRestFixed: Bool

  static let standardSizes = [2, 1, 3, 5]
  private static let naturals = [1, 0, 2, 4, 8]
  private static let positives = [1, 2, 3, 4, 16]
  private static let integers = [1, -1, 3, -2, 0, 7]
  /// The most candidates of one size throughout.
  private static let uniformCandidates = 60
  /// The most candidates of mixed sizes.
  private static let mixedCandidates = 400

  /// Candidates of which the first that is possible is taken from each list, and then all that are
  /// possible from the last one.
  func candidates() -> [[TrialSizes]] {
    var generator = SeededNumbers(seed: 5)
    var result = Self.standardSizes.map { size in
      distinct(
        (0..<Self.uniformCandidates).map { number in
          let first = choices(number, &generator)
          return candidate(size: { _ in size }, choice: { first[$0] })
        })
    }
    let mixed = (0..<Self.mixedCandidates).map { number in
      let extents = Dictionary(
        uniqueKeysWithValues: (signature.sizes + ["..."]).map {
          ($0, Self.standardSizes.randomElement(using: &generator) ?? 1)
        })
      let values = choices(number + 7, &generator)
      return candidate(size: { extents[$0] ?? 2 }, choice: { values[$0] })
    }
    result.append(distinct(mixed))
    return result
  }

  /// Which of its values each parameter gets: the first ones all together, then any.
  private func choices(_ number: Int, _ generator: inout SeededNumbers) -> [Int] {
    signature.parameters.map { _ in
      number < 2 ? number : Int.random(in: 0..<6, using: &generator)
    }
  }

  private func distinct(_ candidates: [TrialSizes]) -> [TrialSizes] {
    var seen: Set<String> = []
    return candidates.filter { seen.insert($0.description).inserted }
  }

  private func candidate(size: (String) -> Int, choice: (Int) -> Int) -> TrialSizes {
    var result = fixed
    for name in signature.sizes where result.sizes[name] == nil { result.sizes[name] = size(name) }
    if !isRestFixed, signature.hasRest {
      let extent = size("...")
      result.rest = extent == 1 ? [] : extent == 3 ? [1, 3] : [extent]
    }
    for (place, parameter) in signature.parameters.enumerated()
    where result.parameters[parameter.name] == nil {
      let values =
        parameter.least == 0
        ? Self.naturals : parameter.least == 1 ? Self.positives : Self.integers
      result.parameters[parameter.name] = values[choice(place) % values.count]
    }
    return result
  }
}
