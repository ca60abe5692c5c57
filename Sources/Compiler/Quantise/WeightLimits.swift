import Foundation
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
  /// possible, but no more than a rounding takes away again. A rounding with one remainder is
  /// preferred to longer ones, as long as it leaves the weights bits enough.
  ///
  /// They depend on nothing else, so that whoever has the weights and a system's scales finds them
  /// again.
  func bits(of parameters: WeightParameters, input: Int, output: Int) -> Int {
    let most = accumulatorBits(input: input)
    for shift in Self.shifts where output + shift < most {
      let bits = output + shift - input
      // A sum's error when all inputs are half of what their scale holds, in units of the result.
      let error = scalbn(parameters.sumError(fractionalBits: bits), 14 - input + output)
      if error <= Self.toleratedError { return bits }
    }
    return min(most, output + CompileOptions.maximalShift) - input
  }

  /// The shifts of roundings with one remainder, with two of which the second needs but a small
  /// table, and the longest.
  private static let shifts = [
    CompileOptions.singleShift, CompileOptions.singleShift + 8, CompileOptions.maximalShift,
  ]
  /// Errors of independent weights stay below this many units for some thousand terms.
  private static let toleratedError = 24.0
}

/// The constants of a layer that multiplies its input by weights.
struct WeightParameters {
  var weights: [Float]
  var weightShape: [Int]
  /// Empty when there is none.
  var bias: [Float]
  /// Products in one sum; those of one sum lie one behind the other.
  var terms: Int

  var magnitude: Double { Double(weights.reduce(0) { max($0, abs($1)) }) }
  var biasMagnitude: Double { Double(bias.reduce(0) { max($0, abs($1)) }) }

  /// By how much the sum of a layer's weights that are rounded to some fractional bits differs from
  /// the sum of the weights, for the output where it does most. Errors of equal weights add up.
  func sumError(fractionalBits: Int) -> Double {
    let scale = scalbn(1.0, fractionalBits)
    // No error of a single weight is more than half a unit.
    guard terms > 1 else { return 0.5 / scale }
    var greatest = 0.0
    weights.withUnsafeBufferPointer { weights in
      for start in stride(from: 0, to: weights.count, by: terms) {
        var sum = 0.0
        for weight in weights[start..<min(start + terms, weights.count)] {
          let scaled = Double(weight) * scale
          sum += scaled - scaled.rounded()
        }
        greatest = max(greatest, abs(sum))
      }
    }
    return greatest / scale
  }

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
