extension Compilation {
  /// The scale of a layer's result.
  public struct LayerScale: Equatable, Sendable {
    public var layer: String
    /// The distance of neighbouring values.
    public var unit: Double
  }

  /// The layers whose results have the coarsest scales, the coarsest first.
  public func coarsestLayers(_ count: Int) -> [LayerScale] { forms.coarsestLayers(count) }

  /// Constants that are added to, or bound, results whose scales are so coarse that they come to
  /// nothing, in sentences for people. It needs no samples.
  public func vanishingConstants() -> [String] { forms.vanishingConstants() }
}
