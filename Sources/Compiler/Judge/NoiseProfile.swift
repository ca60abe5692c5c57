import Equations

/// At which values an output's error comes about (`Paper/` section 18.12).
///
/// The float network is evaluated with its first values replaced by the circuit's; how much the
/// output's error grows with one more value is what rounding that value costs.
struct NoiseProfile {
  /// The part of the output's squared error that each of the values adds, the greatest first.
  private(set) var parts: [(value: ValueID, part: Double)] = []

  private let finder: FormLossFinder
  private let total: Double
  private var evaluations = 0

  /// What adds less than this part is not looked for.
  private static let least = 1.0 / 64
  private static let maximalEvaluations = 64

  init(_ finder: FormLossFinder) throws(CompileError) {
    self.finder = finder
    total = try Self.error(finder, finder.steps.count)
    guard total > 0 else { return }
    try split(0, 0, finder.steps.count, 1)
    parts.sort { $0.part > $1.part }
  }

  /// Finds the values between two numbers of replaced ones at which the error grows.
  private mutating func split(
    _ low: Int, _ before: Double, _ high: Int, _ after: Double
  ) throws(CompileError) {
    guard low < high, after - before > Self.least, evaluations < Self.maximalEvaluations else {
      return
    }
    guard high - low > 1 else {
      parts.append((finder.steps[low].id, after - before))
      return
    }
    let middle = (low + high) / 2
    let between = try Self.error(finder, middle) / total
    evaluations += 1
    try split(low, before, middle, between)
    try split(middle, between, high, after)
  }

  /// The sum of the squares of an output's errors.
  private static func error(
    _ finder: FormLossFinder, _ count: Int
  ) throws(CompileError) -> Double {
    let target = finder.target
    let found =
      try finder.values(replacing: count, wanted: [target])[target] ?? finder.exact[target]
    guard let found, let reference = finder.exact[target] else { return 0 }
    return zip(found, reference).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }
}
