import ConstraintSystem
import Equations
import TensorGraph

// Operators on the bits of integers. A negative integer has infinitely many leading ones, as the two's
// complement of any width says.

@Sendable
func importBitwiseAnd(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let bits = try BitwiseOperands(node, &builder)
  return [try bits.common(&builder, step: nil)]
}

/// The sum of both operands less so many times what is set in both: once for what is set in any of them,
/// twice for what is set in one only.
func importBitwiseSum(less count: Double) -> ViewImport.Build {
  { node, builder throws(GraphError) in
    [try BitwiseOperands(node, &builder).sum(less: count, &builder)]
  }
}

@Sendable
func importBitwiseNot(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  var greatest = -1.0
  if case .unsigned(let bits)? = node.inputFormats[0] {
    guard bits < 64 else {
      throw GraphError(.unsupported, "its result is beyond 2^63; use signed integers")
    }
    greatest = Double(sign: .plus, exponent: bits, significand: 1) - 1
  }
  let equation = Equation.elementwise(builder[operand].shape) { read in
    .constant(greatest) - read(0)
  }
  return [try node.emit(equation, kind: .integer, [operand], to: &builder)]
}

/// Two tensors of integers of one shape, of which the bits at the same place meet.
private struct BitwiseOperands {
  private let node: NodeView
  private let shape: [Int]
  private let operands: [ValueID]
  private let format: ElementFormat

  /// Of 64 bits those below this are taken one by one, and all above are alike, as no value of a network
  /// has as many.
  private static let usedBits = 44

  init(_ node: NodeView, _ builder: inout EquationGraphBuilder) throws(GraphError) {
    self.node = node
    let given = [try node.input(0), try node.input(1)]
    guard let format = node.inputFormats[0] ?? node.inputFormats[1], format.kind == .integer else {
      throw GraphError(.elementType, "its operands are no integers")
    }
    self.format = format
    let shape = try Shape.broadcast(builder[given[0]].shape, builder[given[1]].shape)
    self.shape = shape
    var operands: [ValueID] = []
    for (place, id) in given.enumerated() {
      operands.append(
        builder[id].shape == shape
          ? id
          : try node.emit(.broadcast(shape), [id], to: &builder, step: "operand\(place)"))
    }
    self.operands = operands
  }

  /// The sum of the operands less so many times what is set in both.
  func sum(
    less count: Double, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let both = try common(&builder, step: "common")
    let equation = Equation.elementwise(shape) { read in
      read(0) + read(1) - .constant(count) * read(2)
    }
    return try node.emit(equation, kind: .integer, operands + [both], to: &builder)
  }

  /// The bits that both have.
  func common(
    _ builder: inout EquationGraphBuilder, step: String?
  ) throws(GraphError) -> ValueID {
    for place in operands.indices {
      guard let mask = builder.constantValue(operands[place])?.integers, let first = mask.first,
        mask.allSatisfy({ $0 == first })
      else { continue }
      let equation = Equation.elementwise(shape) { read in Self.masked(read(0), by: first) }
      return try node.emit(
        equation, kind: .integer, [operands[1 - place]], to: &builder, step: step)
    }
    var parts: [[ValueID]] = []
    for (place, id) in operands.enumerated() { parts.append(try bits(of: id, place, &builder)) }
    let values = zip(parts[0], parts[1]).flatMap { [$0, $1] }
    let middle = count / 2
    let low = try number(of: 0..<middle, values, &builder, step: "low")
    let high = try number(of: middle..<count, values, &builder, step: "high")
    let equation = Equation.elementwise(shape) { read in
      read(0) + .constant(power(middle)) * read(1)
    }
    return try node.emit(equation, kind: .integer, [low, high], to: &builder, step: step)
  }

  /// The number that some of the bits in both are, the first of them being worth one.
  private func number(
    of bits: Range<Int>, _ values: [ValueID], _ builder: inout EquationGraphBuilder, step: String
  ) throws(GraphError) -> ValueID {
    let equation = Equation.elementwise(shape) { read in
      bits.indices.reduce(.constant(0)) { sum, bit in
        let place = 2 * (bit - bits.lowerBound)
        let sign = isSigned && bit == count - 1 ? -1.0 : 1
        let weight = RealExpression.constant(sign * power(bit - bits.lowerBound))
        return sum + weight * (read(place) * read(place + 1))
      }
    }
    let own = Array(values[2 * bits.lowerBound..<2 * bits.upperBound])
    return try node.emit(equation, kind: .integer, own, to: &builder, step: step)
  }

  /// The bits of a value that a mask has: for each run of ones what is left by the power of two above it
  /// less what is left by the one below.
  private static func masked(_ value: RealExpression, by mask: Int64) -> RealExpression {
    func rest(_ bit: Int) -> RealExpression {
      bit == 0
        ? .constant(0)
        : .binary(.modulo, value, .constant(Double(sign: .plus, exponent: bit, significand: 1)))
    }
    var result = RealExpression.constant(0)
    var bit = mask == 0 ? Int64.bitWidth : mask.trailingZeroBitCount
    while bit < Int64.bitWidth {
      let ones = (~(mask >> bit)).trailingZeroBitCount
      let isOpen = bit + ones >= Int64.bitWidth
      result = result + (isOpen ? value : rest(bit + ones)) - rest(bit)
      let above = isOpen ? 0 : mask >> (bit + ones)
      bit = above == 0 ? Int64.bitWidth : bit + ones + above.trailingZeroBitCount
    }
    return result
  }

  /// The bits of an operand, from the last one on; of a signed one the sign is the first.
  private func bits(
    of id: ValueID, _ place: Int, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> [ValueID] {
    var bits: [ValueID] = []
    for bit in 0..<count {
      let equation = Equation.elementwise(shape) { read in
        if isSigned, bit == count - 1 { return .less(read(0), .constant(0)) }
        let above = RealExpression.binary(.floorDivide, read(0), .constant(power(bit)))
        return .binary(.modulo, above, .constant(2))
      }
      let isSign = isSigned && bit == count - 1
      let value = try node.emit(
        equation, kind: isSign ? .boolean : .integer, [id], to: &builder,
        step: "operand\(place)/bit\(bit)")
      if !isSign, builder.constantValue(value) == nil { builder.bound(value, to: 0...1) }
      bits.append(value)
    }
    return bits
  }

  private var isSigned: Bool { if case .signed = format { true } else { false } }
  private var count: Int { min(format.bits, Self.usedBits) }
  private func power(_ bit: Int) -> Double { Double(sign: .plus, exponent: bit, significand: 1) }
}
