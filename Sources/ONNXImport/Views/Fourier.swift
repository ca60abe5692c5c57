import ConstraintSystem
import Equations
import Foundation
import TensorGraph

/// The discrete Fourier transform along one axis: sums with constant weights. The last axis has real
/// and imaginary parts, or real ones alone.
@Sendable
func importDFT(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  let shape = builder[operand].shape
  let listed =
    node.opset < 20
    ? try node.int("axis", default: 1) : try node.constantInts(2, "axis", builder)?.first ?? -2
  let axis = try Shape.normalizedAxis(listed, rank: shape.count)
  guard shape.count >= 2, axis < shape.count - 1 else {
    throw GraphError(.attribute, "axis \(listed) of the shape \(shape) is not one of a signal")
  }
  let length = try node.constantInts(1, "length", builder)?.first ?? shape[axis]
  let isInverse = try node.flag("inverse")
  let isOneSided = try node.flag("onesided")
  guard !isInverse || !isOneSided else {
    throw GraphError(.unsupported, "the inverse of a one-sided transform")
  }
  var target = shape
  let turns = try FourierTurns(
    length: length, parts: shape[shape.count - 1], isInverse: isInverse, isOneSided: isOneSided)
  target[axis] = turns.results
  target[target.count - 1] = 2
  let weights = try node.emit(turns, used: min(length, shape[axis]), &builder)
  let (part, other) = (shape.count, shape.count + 1)
  var read = shape.indices.map { ReadPosition.affine(AffineIndex(index: $0)) }
  read[axis] = .affine(AffineIndex(index: part))
  read[read.count - 1] = .affine(AffineIndex(index: other))
  let product = RealExpression.binary(
    .multiply, .read(OperandRead(operand: 0, positions: read)),
    .read(OperandRead(operand: 1, positions: node.places([axis, part, other, shape.count - 1]))))
  let equation = Equation(
    indices: node.indices(target + [min(length, shape[axis]), turns.parts]),
    domainRank: target.count, value: .reduce(.sum, over: [part, other], product))
  return [try node.emit(equation, [operand, weights], to: &builder)]
}

/// Fourier transforms of windows that move along a signal.
@Sendable
func importSTFT(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let signal = try node.realSignal(try node.input(0), &builder)
  let shape = builder[signal].shape
  let window = node.optionalInput(2)
  let length =
    try node.constantInts(3, "frame's length", builder)?.first
    ?? window.map { builder[$0].shape.first ?? 0 }
  guard let step = try node.constantInts(1, "step", builder)?.first, step > 0, let length,
    shape.count == 3, 1...shape[1] ~= length, step <= Shape.maximumElements,
    window.map({ builder[$0].shape == [length] }) ?? true
  else { throw GraphError(.shape, "its step, frame and window do not fit the shape \(shape)") }
  let turns = try FourierTurns(
    length: length, parts: shape[2], isInverse: false,
    isOneSided: node.flag("onesided", default: true))
  let weights = try node.emit(turns, used: length, &builder)
  // Indices: batch, frame, bin, part of the result, then place in the frame, part of the signal.
  let place = ReadPosition.affine(
    AffineIndex(terms: [.init(index: 1, coefficient: step), .init(index: 4, coefficient: 1)]))
  let read = OperandRead(
    operand: 0, positions: [node.places([0])[0], place, node.places([5])[0]])
  var product = RealExpression.binary(
    .multiply, .read(read),
    .read(OperandRead(operand: 1, positions: node.places([2, 4, 5, 3]))))
  var operands = [signal, weights]
  if let window {
    let shade = RealExpression.read(OperandRead(operand: 2, positions: node.places([4])))
    product = .binary(.multiply, product, shade)
    operands.append(window)
  }
  let frames = (shape[1] - length) / step + 1
  let equation = Equation(
    indices: node.indices([shape[0], frames, turns.results, 2, length, turns.parts]),
    domainRank: 4, value: .reduce(.sum, over: [4, 5], product))
  return [try node.emit(equation, operands, to: &builder)]
}

extension NodeView {
  /// A signal whose last axis has the parts of its elements; one without is of real numbers.
  fileprivate func realSignal(
    _ signal: ValueID, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let shape = builder[signal].shape
    guard shape.count == 2 else { return signal }
    return try emit(.reshape(shape + [1]), [signal], to: &builder, step: "signal")
  }
}

/// The weights of a Fourier transform.
private struct FourierTurns {
  let length: Int
  /// Of what is transformed: 1 where it is real.
  let parts: Int
  let isInverse: Bool
  /// How many results there are.
  let results: Int

  init(length: Int, parts: Int, isInverse: Bool, isOneSided: Bool) throws(GraphError) {
    guard 1...Shape.maximumElements ~= length, parts == 1 || parts == 2 else {
      throw GraphError(.shape, "a transform of \(length) elements of \(parts) parts")
    }
    guard parts == 1 || !isOneSided else {
      throw GraphError(.attribute, "a one-sided transform of complex numbers")
    }
    (self.length, self.parts, self.isInverse) = (length, parts, isInverse)
    results = isOneSided ? length / 2 + 1 : length
  }

  /// What an element's part counts in a part of a result.
  func weight(_ result: Int, _ element: Int, from part: Int, to other: Int) -> Float {
    // An exact remainder, so that the angle is of a single turn.
    let turn = Double(result * element % length) / Double(length)
    let angle = 2 * Double.pi * turn * (isInverse ? 1 : -1)
    let size = isInverse ? 1 / Double(length) : 1
    let value = part == other ? cos(angle) : part == 0 ? sin(angle) : -sin(angle)
    return Float(size * value)
  }
}

extension NodeView {
  /// A constant of results, elements, their parts, and the results' parts.
  fileprivate func emit(
    _ turns: FourierTurns, used: Int, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let shape = [turns.results, used, turns.parts, 2]
    let count = try Shape.elementCount(shape)
    try builder.reserve(elements: count)
    var values: [Float] = []
    values.reserveCapacity(count)
    for result in 0..<turns.results {
      for element in 0..<used {
        for part in 0..<turns.parts {
          for other in 0..<2 {
            values.append(turns.weight(result, element, from: part, to: other))
          }
        }
      }
    }
    return emit(constant: try Tensor(shape: shape, real: values), to: &builder, step: "turns")
  }

  fileprivate func places(_ indices: [Int]) -> [ReadPosition] {
    indices.map { .affine(AffineIndex(index: $0)) }
  }

  fileprivate func indices(_ sizes: [Int]) -> [Equation.Index] {
    sizes.enumerated().map { .init(name: "i\($0.offset)", size: $0.element) }
  }
}
