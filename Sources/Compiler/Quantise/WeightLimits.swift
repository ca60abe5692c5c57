import TensorGraph

/// What bounds the fractional bits of a layer's weights, apart from the rounding that follows.
struct WeightLimits {
  /// The most that the weights' 16 bits and the bound of the accumulator allow.
  var weightBits: Int
  /// The most fractional bits of an accumulator that still holds the bias.
  var biasBits: Int
  /// Declared magnitude of the weights.
  var weightMagnitude: Int

  /// Weights that are all zero take any scale.
  private static let unbounded = 200

  /// nil when the node's weights are not constants.
  init?(_ node: FloatGraph.Node, _ graph: FloatGraph, _ options: CompileOptions) {
    guard let parameters = WeightParameters(node, graph) else { return nil }
    // Half of the accumulator's range is for the products, the other half for the bias.
    let magnitudeBits = options.accumulatorBits - 1
    let terms = max(parameters.terms, 1)
    let termBits = Int.bitWidth - (terms - 1).leadingZeroBitCount
    let available = magnitudeBits - 15 - termBits
    weightMagnitude = min(CompileOptions.weightMagnitude, (1 << max(available, 1)) - 1)
    weightBits =
      FixedPoint.fractionalBits(
        magnitude: parameters.magnitude, limit: Double(weightMagnitude) + 0.49)
      ?? Self.unbounded
    let limit = Double((1 << magnitudeBits) - 1)
    biasBits =
      FixedPoint.fractionalBits(magnitude: parameters.biasMagnitude, limit: limit)
      ?? Self.unbounded * 2
  }

  /// The most fractional bits that the accumulator can have.
  func accumulatorBits(input: Int) -> Int { min(input + weightBits, biasBits) }

  /// The fractional bits of the weights, given those of the layer's input and result: all that are
  /// possible, but no more than a rounding with one remainder takes away again.
  func bits(input: Int, output: Int) -> Int {
    min(accumulatorBits(input: input), output + CompileOptions.singleShift) - input
  }
}

/// The constants of a layer that multiplies its input by weights.
struct WeightParameters {
  var weights: [Float]
  var weightShape: [Int]
  /// Empty when there is none.
  var bias: [Float]
  /// Products in one sum.
  var terms: Int

  var magnitude: Double { Double(weights.reduce(0) { max($0, abs($1)) }) }
  var biasMagnitude: Double { Double(bias.reduce(0) { max($0, abs($1)) }) }

  init?(_ node: FloatGraph.Node, _ graph: FloatGraph) {
    if case .batchNormalization = node.operation {
      guard let affine = graph.channelAffine(of: node) else { return nil }
      weights = affine.scale.map(Float.init)
      weightShape = [affine.scale.count]
      bias = affine.shift.map(Float.init)
      terms = 1
      return
    }
    guard node.inputs.count >= 2, let constant = graph.constants[node.inputs[1]] else {
      return nil
    }
    weights = constant.reals
    weightShape = constant.shape
    bias = []
    if node.inputs.count == 3 {
      guard let addend = graph.constants[node.inputs[2]] else { return nil }
      bias = addend.reals
    }
    if case .multiply = node.operation {
      terms = 1
    } else {
      terms = constant.shape.first.map { constant.count / max($0, 1) } ?? 1
    }
  }
}
