import Foundation
import TensorGraph

extension Compilation {
  /// The scale of a layer's result.
  public struct LayerScale: Equatable, Sendable {
    public var layer: String
    /// The distance of neighbouring values.
    public var unit: Double
  }

  /// The layers whose results have the coarsest scales, the coarsest first.
  public func coarsestLayers(_ count: Int) -> [LayerScale] {
    if let forms { return forms.coarsestLayers(count) }
    let layers = integers.layers.map { layer in
      LayerScale(
        layer: layer.name,
        unit: FixedPoint.real(1, fractionalBits: integers.values[layer.output].fractionalBits))
    }
    return Array(layers.sorted { $0.unit > $1.unit }.prefix(count))
  }

  /// Constants that are added to, or bound, results whose scales are so coarse that they come to
  /// nothing, in sentences for people. It needs no samples.
  public func vanishingConstants() -> [String] {
    if let forms { return forms.vanishingConstants() }
    return integers.layers.compactMap { layer in
      let unit = FixedPoint.real(1, fractionalBits: integers.values[layer.output].fractionalBits)
      guard let (name, magnitude) = added(layer), magnitude > 0, magnitude < unit / 2 else {
        return nil
      }
      return
        "\(name) of the layer \"\(layer.name)\" reaches \(Readable.number(magnitude)), and comes "
        + "to nothing in steps of \(Readable.number(unit))"
    }
  }

  /// What a layer adds, or the bounds that it clips to, with the greatest magnitude.
  private func added(_ layer: IntegerGraph.Layer) -> (name: String, magnitude: Double)? {
    let result = integers.values[layer.output].source
    if let node = graph.nodes.first(where: { $0.output == result }),
      case .clip(let low, let high) = node.operation
    {
      let bounds = [low, high].filter(\.isFinite).map { abs(Double($0)) }
      return bounds.max().map { ("the bound", $0) }
    }
    guard case .accumulation(let sum, _) = layer.operation, let last = layer.inputs.last,
      case .constant(let number) = last
    else { return nil }
    switch sum {
    case .gemm, .convolution, .channelAffine: if layer.inputs.count < 3 { return nil }
    case .sum: break
    case .matrixMultiply, .product: return nil
    }
    let constant = integers.constants[number]
    let greatest = constant.values.values.reduce(0) { max($0, abs($1)) }
    return (
      "the constant \"\(constant.name)\"",
      FixedPoint.real(greatest, fractionalBits: constant.fractionalBits)
    )
  }
}
