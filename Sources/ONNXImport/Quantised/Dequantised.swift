import ConstraintSystem
import Equations
import TensorGraph

/// A value of reals that are integers times a scale.
struct Dequantised {
  var integers: ValueID
  var scale: AlignedNumbers
  /// What is taken off the integers; nil where nothing is.
  var zero: AlignedNumbers?

  /// Whether one scale and one zero point are those of all elements.
  var isUniform: Bool { scale.axes.isEmpty && (zero?.axes.isEmpty ?? true) }
}

extension EquationGraphBuilder {
  /// What a value is as integers times a scale, by the equation that defines it; nil where it is none.
  func dequantised(_ id: ValueID) -> Dequantised? {
    guard let node = origin(of: id), case .equation(let equation) = node.definition,
      equation.shape == self[id].shape, equation.domainRank == equation.indices.count,
      case .binary(.multiply, let centred, .read(let factor)) = equation.value,
      let scale = numbers(factor, node)
    else { return nil }
    let integers: OperandRead
    var zero: AlignedNumbers?
    switch centred {
    case .read(let read): integers = read
    case .binary(.subtract, .read(let read), .read(let point)):
      zero = numbers(point, node)
      guard zero != nil else { return nil }
      integers = read
    default: return nil
    }
    let source = node.operands[integers.operand]
    guard self[source].kind == .integer, self[scale.value].kind == .real,
      integers.positions == equation.identity
    else { return nil }
    return Dequantised(
      integers: source, scale: scale, zero: zero.flatMap { isZero($0.value) ? nil : $0 })
  }

  /// What a read has for all elements, or along axes.
  private func numbers(_ read: OperandRead, _ node: EquationGraph.Node) -> AlignedNumbers? {
    var axes: [Int] = []
    for position in read.positions {
      guard case .affine(let affine) = position, affine.constant == 0, affine.terms.count == 1,
        affine.terms[0].coefficient == 1
      else { return nil }
      axes.append(affine.terms[0].index)
    }
    return AlignedNumbers(value: node.operands[read.operand], axes: axes)
  }

  private func isZero(_ id: ValueID) -> Bool {
    constantValue(id)?.integers?.allSatisfy { $0 == 0 } ?? false
  }

  /// Whether two lists of numbers are the same as far as it is known.
  func areEqual(_ a: AlignedNumbers?, _ b: AlignedNumbers?) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    if a.axes != b.axes { return false }
    guard let left = constantValue(a.value), let right = constantValue(b.value) else {
      return a.value == b.value
    }
    return left == right
  }
}

extension NodeView {
  /// What a value is as integers times a scale, also where these have been moved since.
  func dequantised(
    _ id: ValueID, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> Dequantised? {
    if let found = builder.dequantised(id) { return found }
    if let found = try rectified(id, &builder) { return found }
    guard let origin = builder.origin(of: id), case .view(let step) = origin.definition else {
      return nil
    }
    var parts: [Dequantised] = []
    for operand in origin.operands {
      guard let part = try dequantised(operand, &builder) else { return nil }
      parts.append(part)
    }
    guard let first = parts.first,
      parts.allSatisfy({ part in
        builder.areEqual(part.scale, first.scale) && builder.areEqual(part.zero, first.zero)
      }), let moved = first.moved(by: step)
    else { return nil }
    if case .pad = step, first.zero != nil { return nil }
    var result = moved
    result.integers = try emit(
      step, parts.map(\.integers), to: &builder, step: "\(builder[id].name)/integers")
    return result
  }

  /// The same of max(x, 0): of a scale above zero it is that of the integers and their zero point.
  private func rectified(
    _ id: ValueID, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> Dequantised? {
    guard let origin = builder.origin(of: id), case .equation(let equation) = origin.definition,
      case .binary(.maximum, .read(let read), .constant(0)) = equation.value,
      read.positions == equation.identity, equation.shape == builder[origin.operands[0]].shape,
      var source = try dequantised(origin.operands[read.operand], &builder),
      builder.constantValue(source.scale.value)?.reals.allSatisfy({ $0 > 0 }) ?? false
    else { return nil }
    let (zero, shape) = (source.zero, builder[source.integers].shape)
    let positions = shape.indices.map { ReadPosition.affine(AffineIndex(index: $0)) }
    let greater = Equation.elementwise(shape) { read in
      .binary(.maximum, read(0), zero?.read(1, beside: positions) ?? .constant(0))
    }
    source.integers = try emit(
      greater, kind: .integer, [source.integers] + (zero.map { [$0.value] } ?? []), to: &builder,
      step: "\(builder[id].name)/integers")
    return source
  }

  /// The integers without their zero point.
  func centred(
    _ source: Dequantised, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    guard let zero = source.zero else { return source.integers }
    let shape = builder[source.integers].shape
    let positions = shape.indices.map { ReadPosition.affine(AffineIndex(index: $0)) }
    let equation = Equation.elementwise(shape) { read in
      .binary(.subtract, read(0), zero.read(1, beside: positions))
    }
    return try emit(
      equation, kind: .integer, [source.integers, zero.value], to: &builder, step: "centred")
  }
}

extension Dequantised {
  /// The same with the axes that a view leaves; nil where it does not keep them.
  fileprivate func moved(by step: ViewStep) -> Dequantised? {
    if isUniform { return self }
    guard case .transpose(let order) = step else { return nil }
    var result = self
    result.scale.axes = scale.axes.compactMap { order.firstIndex(of: $0) }
    result.zero?.axes = zero?.axes.compactMap { order.firstIndex(of: $0) } ?? []
    return result
  }
}

extension Equation {
  /// The positions of an element of an operand that has the shape of what is defined.
  var identity: [ReadPosition] {
    (0..<domainRank).map { .affine(AffineIndex(index: $0)) }
  }
}
