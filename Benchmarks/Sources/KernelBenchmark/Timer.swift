/// Measures work by the least time of several rounds: other work on the machine only adds to it.
struct Timer {
  let rounds = 25

  /// Nanoseconds for one of the `units` that one call of `work` does.
  func nanoseconds(units: Int, _ work: () -> Void) -> Double {
    let clock = ContinuousClock()
    work()
    let best = (0..<rounds).map { _ in clock.measure(work) }.min() ?? .zero
    let (seconds, attoseconds) = best.components
    return (Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(units)
  }
}

/// Prints a line of the report.
func report(_ name: String, _ nanoseconds: Double) {
  let padding = String(repeating: " ", count: max(1, 44 - name.count))
  print("\(name)\(padding)\(rounded(nanoseconds)) ns")
}

/// Three decimals.
func rounded(_ value: Double) -> String {
  let thousandths = Int(value * 1000 + 0.5)
  let fraction = String(thousandths % 1000 + 1000).dropFirst()
  return "\(thousandths / 1000).\(fraction)"
}
