import Equations
import TensorGraph

/// The window of a convolution or of pooling, by spatial axis.
struct Window {
  var kernel: [Int]
  var strides: [Int]?
  var dilations: [Int]?
  var padsBefore: [Int]?
  var padsAfter: [Int]?

  /// As a node says it.
  var attributes: [String: AttributeValue] {
    var result = ["kernel_shape": AttributeValue.ints(kernel)]
    if let strides { result["strides"] = .ints(strides) }
    if let dilations { result["dilations"] = .ints(dilations) }
    let none = [Int](repeating: 0, count: kernel.count)
    result["pads"] = .ints((padsBefore ?? none) + (padsAfter ?? none))
    return result
  }
}

/// What a node of a network does: an operator of the library, or a view.
enum Step {
  /// - Parameter more: constants that come after the node's inputs.
  case operation(String, [String: AttributeValue] = [:], more: [Tensor] = [])
  case view(ViewStep, String)

  var name: String {
    switch self {
    case .operation(let name, _, _), .view(_, let name): name
    }
  }
}

// Operators.
extension Step {
  static let relu = Step.operation("Relu")
  static let add = Step.operation("Add")
  static let subtract = Step.operation("Sub")
  static let multiply = Step.operation("Mul")
  static let matrixMultiply = Step.operation("MatMul")
  static let globalAveragePool = Step.operation("GlobalAveragePool")

  static func leakyRelu(alpha: Double) -> Step { .operation("LeakyRelu", ["alpha": .real(alpha)]) }

  static func clip(lower: Float, upper: Float) throws -> Step {
    .operation("Clip", more: try [lower, upper].map { try Tensor(shape: [], real: [$0]) })
  }

  static func gemm(
    alpha: Double = 1, beta: Double = 1, transposeA: Bool = false, transposeB: Bool = false
  ) -> Step {
    .operation(
      "Gemm",
      [
        "alpha": .real(alpha), "beta": .real(beta), "transA": .int(transposeA ? 1 : 0),
        "transB": .int(transposeB ? 1 : 0),
      ])
  }

  static func convolution(_ window: Window, groups: Int = 1) -> Step {
    .operation("Conv", window.attributes.merging(["group": .int(groups)]) { first, _ in first })
  }

  static func maxPool(_ window: Window) -> Step { .operation("MaxPool", window.attributes) }

  static func averagePool(_ window: Window, countingPads: Bool) -> Step {
    let counts = ["count_include_pad": AttributeValue.int(countingPads ? 1 : 0)]
    return .operation("AveragePool", window.attributes.merging(counts) { first, _ in first })
  }

  static func batchNormalization(epsilon: Double) -> Step {
    .operation("BatchNormalization", ["epsilon": .real(epsilon)])
  }

  static func argMax(axis: Int, keepingAxis: Bool) -> Step {
    .operation("ArgMax", ["axis": .int(axis), "keepdims": .int(keepingAxis ? 1 : 0)])
  }
}

// Views.
extension Step {
  static func reshape(_ shape: [Int]) -> Step { .view(.reshape(shape), "Reshape") }

  static func transpose(_ permutation: [Int]) -> Step {
    .view(.transpose(permutation), "Transpose")
  }

  static func concatenate(axis: Int) -> Step { .view(.concatenate(axis: axis), "Concat") }

  static func slice(_ slices: [ViewStep.AxisSlice]) -> Step { .view(.slice(slices), "Slice") }

  static func pad(before: [Int], after: [Int]) -> Step {
    .view(.pad(before: before, after: after), "Pad")
  }
}
