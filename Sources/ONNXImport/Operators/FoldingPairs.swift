import Foundation
import TensorGraph

// Constants of several operands that are broadcast to one shape.
extension OperatorImport {
  /// A truth value of each pair of elements.
  static func comparison(
    _ holds: @escaping @Sendable (Double, Double) -> Bool
  ) -> OperatorImport {
    .folding { node, builder throws(GraphError) in
      let values = try node.constants(&builder)
      let (pairs, shape) = try node.pairs(values, &builder)
      return try Tensor(shape: shape, integer: pairs.map { holds($0.0, $0.1) ? 1 : 0 })
    }
  }

  /// The operand that `wins`, of any number of them.
  static func extreme(
    _ wins: @escaping @Sendable (Double, Double) -> Bool
  ) -> OperatorImport {
    .folding { node, builder throws(GraphError) in
      try node.accumulated(&builder) { wins($0, $1) || $0.isNaN ? $0 : $1 }
    }
  }
}

extension NodeView {
  /// The elements of two tensors that meet when they are broadcast, and the shape they have then.
  fileprivate func pairs(
    _ operands: [Tensor], _ builder: inout GraphBuilder
  ) throws(GraphError) -> ([(Double, Double)], [Int]) {
    guard operands.count == 2 else {
      throw GraphError(.structure, "it takes 2 operands but has \(operands.count)")
    }
    let shape = try Shape.broadcast(operands[0].shape, operands[1].shape)
    try builder.reserve(elements: Shape.elementCount(shape))
    let (left, right) = (try operands[0].doubles(), try operands[1].doubles())
    let places = zip(places(operands[0], in: shape), places(operands[1], in: shape))
    return (places.map { (left[$0], right[$1]) }, shape)
  }

  /// Where the elements of a broadcast tensor come from.
  private func places(_ tensor: Tensor, in shape: [Int]) -> [Int] {
    Shape.offsets(Shape.broadcastStrides(tensor.shape, to: shape), over: shape)
  }

  /// All operands combined from left to right, at their common element type.
  fileprivate func accumulated(
    _ builder: inout GraphBuilder, _ combine: (Double, Double) -> Double
  ) throws(GraphError) -> Tensor {
    let values = try constants(&builder)
    guard var result = values.first else {
      throw GraphError(.structure, "the node has no operands")
    }
    for value in values.dropFirst() {
      guard value.type.element == result.type.element else {
        throw GraphError(.elementType, "it mixes real and integer operands")
      }
      let (pairs, shape) = try pairs([result, value], &builder)
      result = try result.replacing(pairs.map { combine($0.0, $0.1) }, shape: shape)
    }
    return result
  }

  func foldSum(_ builder: inout GraphBuilder) throws(GraphError) -> Tensor {
    try accumulated(&builder) { $0 + $1 }
  }

  /// The result has the type of the base.
  func foldPower(_ builder: inout GraphBuilder) throws(GraphError) -> Tensor {
    let values = try constants(&builder)
    let (pairs, shape) = try pairs(values, &builder)
    return try values[0].replacing(pairs.map { pow($0.0, $0.1) }, shape: shape)
  }

  /// The remainder has the sign of the divisor, or of the dividend where `fmod` is set.
  func foldRemainder(_ builder: inout GraphBuilder) throws(GraphError) -> Tensor {
    let values = try constants(&builder)
    let (pairs, shape) = try pairs(values, &builder)
    guard values[0].integers == nil || !pairs.contains(where: { $0.1 == 0 }) else {
      throw GraphError(.value, "a remainder of a division by zero")
    }
    let truncates = try flag("fmod")
    let remainders = pairs.map { dividend, divisor in
      let rest = fmod(dividend, divisor)
      return !truncates && rest != 0 && (rest < 0) != (divisor < 0) ? rest + divisor : rest
    }
    return try values[0].replacing(remainders, shape: shape)
  }

  /// The second operand where the first is true, else the third.
  func foldChoice(_ builder: inout GraphBuilder) throws(GraphError) -> Tensor {
    let values = try constants(&builder)
    guard values.count == 3, values[1].type.element == values[2].type.element else {
      throw GraphError(.structure, "it takes a condition and 2 operands of one type")
    }
    let shape = try Shape.broadcast(
      values[0].shape, try Shape.broadcast(values[1].shape, values[2].shape))
    try builder.reserve(elements: Shape.elementCount(shape))
    let conditions = values[0].reals
    let picks = zip(
      places(values[0], in: shape), zip(places(values[1], in: shape), places(values[2], in: shape)))
    if let left = values[1].integers, let right = values[2].integers {
      return try Tensor(
        shape: shape,
        integer: picks.map { conditions[$0] != 0 ? left[$1.0] : right[$1.1] })
    }
    let (left, right) = (values[1].reals, values[2].reals)
    return try Tensor(
      shape: shape, real: picks.map { conditions[$0] != 0 ? left[$1.0] : right[$1.1] })
  }
}
