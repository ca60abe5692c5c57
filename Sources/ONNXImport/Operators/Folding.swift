import Foundation
import TensorGraph

// Operators that are computed of constants only, when a model is imported: what exporters leave
// unfolded in front of the network's own operators, as 1/√d or a normalised weight.
extension OperatorImport {
  static let folded: [String: OperatorImport] = unaryFolds.merging(otherFolds) { own, _ in own }

  private static let otherFolds: [String: OperatorImport] = [
    "Pow": .folding { node, builder throws(GraphError) in try node.foldPower(&builder) },
    "Mod": .folding(["fmod"]) { node, builder throws(GraphError) in
      try node.foldRemainder(&builder)
    },
    "Min": .extreme { $0 < $1 },
    "Max": .extreme { $0 > $1 },
    "Sum": .folding { node, builder throws(GraphError) in try node.foldSum(&builder) },
    "Mean": .folding { node, builder throws(GraphError) in
      let sum = try node.foldSum(&builder)
      let count = Float(node.inputs.count)
      return try Tensor(shape: sum.shape, real: sum.reals.map { $0 / count })
    },

    "Equal": .comparison { $0 == $1 },
    "Less": .comparison { $0 < $1 },
    "LessOrEqual": .comparison { $0 <= $1 },
    "Greater": .comparison { $0 > $1 },
    "GreaterOrEqual": .comparison { $0 >= $1 },
    "And": .comparison { $0 != 0 && $1 != 0 },
    "Or": .comparison { $0 != 0 || $1 != 0 },
    "Xor": .comparison { ($0 != 0) != ($1 != 0) },
    "Not": .folding { node, builder throws(GraphError) in
      let value = try node.constant(0, &builder)
      return try Tensor(shape: value.shape, integer: value.reals.map { $0 == 0 ? 1 : 0 })
    },
    "Where": .folding { node, builder throws(GraphError) in try node.foldChoice(&builder) },

    "Range": .folding(["stash_type"]) { node, builder throws(GraphError) in
      try node.foldRange(&builder)
    },
    "Tile": .folding { node, builder throws(GraphError) in try node.foldTile(&builder) },
    "Trilu": .folding(["upper"]) { node, builder throws(GraphError) in
      try node.foldTriangle(&builder)
    },

    "ReduceSum": .reduction(axesSince: 13) { $0.reduce(0, +) },
    "ReduceMean": .reduction { $0.reduce(0, +) / Double($0.count) },
    "ReduceMax": .reduction { $0.reduce(-.infinity, max) },
    "ReduceMin": .reduction { $0.reduce(.infinity, min) },
    "ReduceProd": .reduction { $0.reduce(1, *) },
    "ReduceL1": .reduction { $0.reduce(0) { $0 + abs($1) } },
    "ReduceL2": .reduction { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() },
    "ReduceSumSquare": .reduction { $0.reduce(0) { $0 + $1 * $1 } },
    "ReduceLogSum": .reduction { log($0.reduce(0, +)) },
  ]

  private static let unaryFolds: [String: OperatorImport] = [
    "Sqrt": .unary { $0.squareRoot() },
    "Exp": .unary(exp),
    "Log": .unary(log),
    "Reciprocal": .unary { 1 / $0 },
    "Erf": .unary(erf),
    "Tanh": .unary(tanh),
    "Sigmoid": .unary { 1 / (1 + exp(-$0)) },
    "Softplus": .unary { $0 > 30 ? $0 : log1p(exp($0)) },
    "Sin": .unary(sin),
    "Cos": .unary(cos),
    "Floor": .unary { $0.rounded(.down) },
    "Ceil": .unary { $0.rounded(.up) },
    "Round": .unary { $0.rounded(.toNearestOrEven) },
    "Neg": .unary { -$0 },
    "Abs": .unary { abs($0) },
    "Sign": .unary { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 },
  ]

  /// What the operator gives is a constant, computed by `compute`.
  static func folding(
    _ attributes: Set<String> = [],
    _ compute: @escaping @Sendable (NodeView, inout GraphBuilder) throws(GraphError) -> Tensor
  ) -> OperatorImport {
    .init(attributes) { node, builder throws(GraphError) in
      let value = try compute(node, &builder)
      try value.requireNumbers()
      return [builder.addConstant(named: node.outputs.first ?? node.name, value)]
    }
  }

  /// A function of each element; integers stay integers, of which a double holds 53 bits.
  private static func unary(
    _ function: @escaping @Sendable (Double) -> Double
  ) -> OperatorImport {
    .folding { node, builder throws(GraphError) in
      let value = try node.constant(0, &builder)
      return try value.replacing(value.doubles().map(function), shape: value.shape)
    }
  }
}

extension NodeView {
  /// The value of an operand, which must be a constant; as many elements are accounted for.
  func constant(
    _ position: Int, _ builder: inout GraphBuilder
  ) throws(GraphError) -> Tensor {
    guard let value = builder.constantValue(try input(position)) else {
      throw GraphError(
        .unsupported, "an operand depends on an input; it is supported of constants only")
    }
    try builder.reserve(elements: value.count)
    return value
  }

  /// The values of all operands.
  func constants(_ builder: inout GraphBuilder) throws(GraphError) -> [Tensor] {
    var values: [Tensor] = []
    for position in inputs.indices { values.append(try constant(position, &builder)) }
    return values
  }
}

extension Tensor {
  /// The elements, each exact.
  func doubles() throws(GraphError) -> [Double] {
    guard let integers else { return reals.map(Double.init) }
    guard integers.allSatisfy({ $0.magnitude <= 1 << 53 }) else {
      throw GraphError(.unsupported, "it computes with integers beyond 53 bits")
    }
    return integers.map(Double.init)
  }

  /// A tensor of this one's element type with other elements.
  func replacing(_ values: [Double], shape: [Int]) throws(GraphError) -> Tensor {
    guard integers != nil else { return try Tensor(shape: shape, real: values.map(Float.init)) }
    var result: [Int64] = []
    result.reserveCapacity(values.count)
    for value in values {
      guard abs(value) <= 0x1p53, let integer = Int64(exactly: value.rounded(.towardZero)) else {
        throw GraphError(.unsupported, "it computes integers beyond 53 bits")
      }
      result.append(integer)
    }
    return try Tensor(shape: shape, integer: result)
  }
}
