import TensorGraph
import Witness

/// A network over integers: every value has its number of fractional bits, every sum of products is
/// followed by the rounding that brings it back to 16 bits.
public struct IntegerGraph: Sendable {
  /// An input, or the result of a layer.
  public struct Value: Sendable {
    public var name: String
    public var shape: [Int]
    public var fractionalBits: Int
    /// The tensor of the normalised float graph that this approximates.
    public var source: TensorID
  }

  /// A weight, bias or other constant.
  public struct Constant: Sendable {
    public var name: String
    public var shape: [Int]
    public var values: IntegerBuffer
    /// The declared range, which says more than the values only by its width.
    public var range: ClosedRange<Int>
    public var fractionalBits: Int
  }

  public enum Operand: Equatable, Sendable {
    case value(Int)
    case constant(Int)
  }

  public struct Layer: Sendable {
    public var name: String
    public var operation: IntegerOperation
    public var inputs: [Operand]
    /// Position in `values`.
    public var output: Int
  }

  public struct Output: Sendable {
    public var name: String
    public var value: Int
  }

  public var values: [Value] = []
  public var constants: [Constant] = []
  public var layers: [Layer] = []
  /// Positions in `values`, in the network's order.
  public var inputs: [Int] = []
  public var outputs: [Output] = []
}

/// What a layer computes.
public enum IntegerOperation: Sendable {
  /// A sum of products and its rounding.
  case accumulation(Accumulation, Finish)
  case averagePool(Window, countingPads: Bool)
  case globalAveragePool
  case maxPool(Window)
  case activation(Activation)
  case argMax(axis: Int, keepingAxis: Bool)
  /// Moves elements. The fill of a pad is the second operand, a constant, unless it is zero.
  case rearrangement(Operation)

  /// Sums of products; operands and shapes as in `Operation`.
  public enum Accumulation: Sendable {
    /// x, w [n, k] and optionally b [n].
    case gemm
    case matrixMultiply
    /// x, w and optionally b.
    case convolution(Window, groups: Int)
    /// a·2^shiftA ± b·2^shiftB.
    case sum(shiftA: Int, shiftB: Int, subtracting: Bool)
    case product
    /// x·scale + shift along axis 1.
    case channelAffine
  }

  /// How an accumulator becomes 16 bits: divided by 2^shift, rounded half up, then activated.
  public struct Finish: Equatable, Sendable {
    public var shift: Int
    public var activation: Activation?
    /// The result is only read by a max-pooling that covers it, whose lookups bound it.
    public var intoPool = false
  }

  /// Functions of one 16-bit integer.
  public enum Activation: Equatable, Sendable {
    case relu
    /// x where x ≥ 0, otherwise floor(x·numerator / 2^denominatorBits).
    case leakyRelu(numerator: Int, denominatorBits: Int)
    case clip(low: Int, high: Int)
  }
}

extension IntegerOperation {
  /// As ONNX spells it, the activation that is joined to it behind a plus sign.
  public var name: String {
    switch self {
    case .accumulation(let accumulation, let finish):
      accumulation.name + (finish.activation.map { "+" + $0.name } ?? "")
    case .averagePool: "AveragePool"
    case .globalAveragePool: "GlobalAveragePool"
    case .maxPool: "MaxPool"
    case .activation(let activation): activation.name
    case .argMax: "ArgMax"
    case .rearrangement(let operation): operation.name
    }
  }
}

extension IntegerOperation.Accumulation {
  fileprivate var name: String {
    switch self {
    case .gemm: "Gemm"
    case .matrixMultiply: "MatMul"
    case .convolution: "Conv"
    case .sum(_, _, let subtracting): subtracting ? "Sub" : "Add"
    case .product: "Mul"
    case .channelAffine: "BatchNormalization"
    }
  }
}

extension IntegerOperation.Activation {
  fileprivate var name: String {
    switch self {
    case .relu: "Relu"
    case .leakyRelu: "LeakyRelu"
    case .clip: "Clip"
    }
  }
}
