/// What a node computes. Every operation has one output.
///
/// These are normal forms: attributes are explicit, padding is resolved, axes count from the
/// front. Flatten, Squeeze, Unsqueeze are `.reshape`; Split is several `.slice`s; Identity, Dropout
/// and casts between float types leave no node at all.
public enum Operation: Hashable, Sendable {
  /// `alpha * op(a) * op(b) + beta * c`; inputs a, b and optionally c, of rank 2, where c
  /// broadcasts to the product.
  case gemm(Gemm)
  /// numpy's matmul of operands of rank 2 or more, whose leading axes broadcast.
  case matrixMultiply
  /// Inputs x [N, C, spatial...], w [M, C/groups, kernel...] and optionally b [M].
  case convolution(Window, groups: Int)

  /// Elementwise with numpy's broadcasting, of two inputs.
  case add
  case subtract
  case multiply

  case relu
  /// x where x >= 0, else alpha * x.
  case leakyRelu(alpha: Float)
  /// min(max(x, lower), upper); a missing bound is infinite.
  case clip(lower: Float, upper: Float)

  /// Padding never wins a maximum.
  case maxPool(Window)
  /// Divides by the window's cells inside the input, or also those in the explicit padding.
  case averagePool(Window, countingPads: Bool)
  /// Mean over all spatial axes of [N, C, spatial...], giving [N, C, 1...].
  case globalAveragePool

  /// Index of the first maximum along `axis`; an integer tensor.
  case argMax(axis: Int, keepingAxis: Bool)
  /// Inputs x [N, C, ...], scale, bias, mean and variance, all [C]:
  /// `(x - mean) / sqrt(variance + epsilon) * scale + bias`.
  case batchNormalization(epsilon: Float)

  /// The same elements in the same row-major order.
  case reshape([Int])
  /// Output axis i is input axis `permutation[i]`.
  case transpose(permutation: [Int])
  /// One or more inputs.
  case concatenate(axis: Int)
  /// One entry for every axis.
  case slice([AxisSlice])
  /// Constant padding, per axis; pads are not negative.
  case pad(before: [Int], after: [Int], value: Float)

  public struct Gemm: Hashable, Sendable {
    public var alpha: Float
    public var beta: Float
    public var transposeA: Bool
    public var transposeB: Bool

    public init(
      alpha: Float = 1, beta: Float = 1, transposeA: Bool = false, transposeB: Bool = false
    ) {
      self.alpha = alpha
      self.beta = beta
      self.transposeA = transposeA
      self.transposeB = transposeB
    }
  }

  /// The positions `start, start + step, ...` (`count` of them) of an axis; `step` is not zero
  /// and may be negative.
  public struct AxisSlice: Hashable, Sendable {
    public var start: Int
    public var step: Int
    public var count: Int

    public init(start: Int, step: Int = 1, count: Int) {
      self.start = start
      self.step = step
      self.count = count
    }
  }

  /// The name of the operation, as ONNX spells it.
  public var name: String {
    switch self {
    case .gemm: "Gemm"
    case .matrixMultiply: "MatMul"
    case .convolution: "Conv"
    case .add: "Add"
    case .subtract: "Sub"
    case .multiply: "Mul"
    case .relu: "Relu"
    case .leakyRelu: "LeakyRelu"
    case .clip: "Clip"
    case .maxPool: "MaxPool"
    case .averagePool: "AveragePool"
    case .globalAveragePool: "GlobalAveragePool"
    case .argMax: "ArgMax"
    case .batchNormalization: "BatchNormalization"
    case .reshape: "Reshape"
    case .transpose: "Transpose"
    case .concatenate: "Concat"
    case .slice: "Slice"
    case .pad: "Pad"
    }
  }

  /// Whether the operation only moves elements (and pads), computing nothing.
  public var isRearrangement: Bool {
    switch self {
    case .reshape, .transpose, .concatenate, .slice, .pad: true
    default: false
    }
  }
}
