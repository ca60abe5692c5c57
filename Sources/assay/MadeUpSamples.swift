import TensorGraph

/// Inputs to choose scales by when nobody gives any: the same ones each time, spread as inputs that
/// were normalised in the usual ways are.
enum MadeUpSamples {
  /// Values from 0 to 1, values from −1 to 1, and values of mean 0 and variance 1; of integers and truth
  /// values 0 and 1, which most networks take as labels, positions and tokens.
  static func make(_ slots: [InputSlot]) throws -> [[String: Tensor]] {
    var generator = Generator()
    let draws: [(inout Generator) -> Float] = [
      { $0.unit() }, { 2 * $0.unit() - 1 },
      { generator in (0..<12).reduce(-6) { sum, _ in sum + generator.unit() } },
    ]
    return try draws.map { draw in
      var sample: [String: Tensor] = [:]
      for slot in slots {
        let values = (0..<slot.count).map { _ in
          let value = Double(draw(&generator))
          return slot.kind == .real ? value : value >= 0.5 ? 1 : 0
        }
        sample[slot.name] = try slot.tensor(values, source: "a made-up input")
      }
      return sample
    }
  }

  /// A linear congruential generator of 64 bits.
  private struct Generator {
    private var state: UInt64 = 1

    /// From 0 to 1.
    mutating func unit() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 24)
    }
  }
}
