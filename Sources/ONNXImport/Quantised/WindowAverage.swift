import ConstraintSystem
import Equations
import TensorGraph

/// An average of dequantised integers over windows, which ONNX Runtime adds up in single precision, element
/// by element (`Paper/` section 18.13).
struct WindowAverage {
  let source: Dequantised
  /// Where the window's elements are read, in the order in which they are added up.
  let taps: [[ReadPosition]]
  let shape: [Int]
  /// How many elements an average is of: one number for all, or a tensor with the positions at which it
  /// is read.
  let divisor: Divisor
  let scale: SingleUnits

  enum Divisor {
    case number(Double)
    case tensor(ValueID, [ReadPosition])
  }

  /// All numbers of elements.
  func divisors(_ builder: EquationGraphBuilder) -> Set<Double> {
    switch divisor {
    case .number(let number): [number]
    case .tensor(let id, _): Set((builder.constantValue(id)?.reals ?? []).map { Double($0) })
    }
  }

  /// Averages over more elements are added up exactly, and noted to be so.
  static let maximumTaps = 64
  /// The most averages of windows that have not all the same number of elements.
  static let maximumPlaces = 1 << 12
}

extension NodeView {
  /// A value as such an average of integers of 8 bits; nil where it is none, and where it is one over all of an
  /// image, which ONNX Runtime adds up as integers.
  func windowAverage(
    _ id: ValueID, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> WindowAverage? {
    guard let node = builder.node(of: id), case .equation(let equation) = node.definition,
      builder.layer(node.layer).operation.hasSuffix("AveragePool"),
      case .binary(.divide, .reduce(.sum, let over, .read(let read)), let count) = equation.value,
      let divisor = builder.divisor(count, node, equation),
      let taps = equation.taps(read, over),
      (2...WindowAverage.maximumTaps).contains(taps.count),
      !equation.isWhole(read, over, builder[node.operands[read.operand]].shape),
      let source = try dequantised(node.operands[read.operand], &builder), source.isUniform,
      let integers = builder.bounds(ofIntegers: source.integers), integers.count <= 256,
      let scale = SingleUnits(source, integers, builder)
    else { return nil }
    return WindowAverage(
      source: source, taps: taps, shape: equation.shape, divisor: divisor, scale: scale)
  }
}

extension NodeView {
  /// A function of an average over windows, which is a step of its sum of single precision.
  func requantised(
    _ average: WindowAverage, _ chain: FunctionChain, _ quantiser: Quantiser,
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let (units, count) = (average.scale, average.taps.count)
    var isSettled = units.isExact(count)
    if case .value = chain.function, !isSettled {
      let divisors = average.divisors(builder)
      let sums = SettledSums(units, count: count, divisors: divisors, quantiser, builder)
      isSettled = sums?.areAll ?? false
    }
    let positions = average.shape.indices.map { ReadPosition.affine(AffineIndex(index: $0)) }
    var quantiser = quantiser
    if case .value = chain.function {
      quantiser.roundingOffset = offset(average, quantiser, builder)
    }
    var result = StepMaker(quantiser)
    let total: RealExpression
    if isSettled {
      let exact = result.read(try exactSum(average, &builder), positions)
      total = exact * result.read(average.source.scale, beside: positions)
    } else {
      total = result.read(try sum(average, &builder), positions) * .constant(units.unit)
    }
    let sum = RealExpression.single(total)
    let real: RealExpression
    switch average.divisor {
    case .number(let number): real = .single(.binary(.divide, sum, .constant(number)))
    case .tensor(let id, let places):
      real = .single(.binary(.divide, sum, result.read(id, places)))
    }
    let value = result.stored(chain.function.substituting(real), beside: positions)
    return try emit(
      Equation.elementwise(average.shape) { _ in value }, kind: .integer, result.operands,
      to: &builder)
  }

  /// What ONNX Runtime adds to the zero point of integers with a sign before it rounds; nil where it adds
  /// the zero point after.
  ///
  /// It rounds at once where the average is of one type with what it is of. Integers with a sign that are
  /// made and read between two layers it first moves by 128, and takes the sign off.
  private func offset(
    _ average: WindowAverage, _ quantiser: Quantiser, _ builder: EquationGraphBuilder
  ) -> Double? {
    let isSigned = quantiser.limits.lowerBound < 0
    if operation != "QuantizeLinear" { return 0 }
    let isMoved = isSigned && !isResult
    let source = average.source.integers
    let wasSigned = (builder.bounds(ofIntegers: source)?.lowerBound ?? 0) < 0
    let wasMoved = wasSigned && builder.operation(of: source) == "QuantizeLinear"
    if (isSigned && !isMoved) != (wasSigned && !wasMoved) { return nil }
    return isMoved ? 128 : 0
  }
}

extension EquationGraphBuilder {
  /// By how many elements a sum is divided.
  fileprivate func divisor(
    _ expression: RealExpression, _ node: EquationGraph.Node, _ equation: Equation
  ) -> WindowAverage.Divisor? {
    switch expression {
    case .constant(let number): return .number(number)
    case .read(let read):
      let id = node.operands[read.operand]
      guard let numbers = constantValue(id)?.reals, let first = numbers.first else { return nil }
      if numbers.allSatisfy({ $0 == first }) { return .number(Double(first)) }
      return numbers.count <= WindowAverage.maximumPlaces ? .tensor(id, read.positions) : nil
    default: return nil
    }
  }

  /// What integers of few bits can be, also where they have been moved since; nil where it is not known.
  func bounds(ofIntegers id: ValueID) -> ClosedRange<Int>? {
    if let bounds = self[id].bounds { return bounds }
    guard let node = node(of: id), case .view(let step) = node.definition else { return nil }
    var hull: ClosedRange<Int>?
    if case .pad = step { hull = 0...0 }
    for operand in node.operands {
      guard let own = bounds(ofIntegers: operand) else { return nil }
      let all = hull ?? own
      hull = min(all.lowerBound, own.lowerBound)...max(all.upperBound, own.upperBound)
    }
    return hull
  }
}

extension Equation {
  /// Where a sum over indices reads its terms, in the indices' order.
  fileprivate func taps(_ read: OperandRead, _ over: [Int]) -> [[ReadPosition]]? {
    guard over == over.sorted(),
      read.positions.allSatisfy({ if case .affine = $0 { true } else { false } })
    else { return nil }
    let count = over.reduce(1) { $0 * indices[$1].size }
    guard count <= WindowAverage.maximumTaps else { return nil }
    return (0..<count).map { number in
      var (rest, places) = (number, [Int: Int]())
      for index in over.reversed() {
        places[index] = rest % indices[index].size
        rest /= indices[index].size
      }
      return read.positions.map { $0.fixing(places) }
    }
  }

  /// Whether the terms of each sum are all elements of an image, and none beside it.
  fileprivate func isWhole(_ read: OperandRead, _ over: [Int], _ shape: [Int]) -> Bool {
    guard over.count == shape.count - 2 else { return false }
    return zip(over, zip(read.positions, shape).dropFirst(2)).allSatisfy { index, axis in
      guard case .affine(let affine) = axis.0, affine.constant == 0 else { return false }
      return indices[index].size == axis.1
    }
  }
}

extension ReadPosition {
  /// The position where some of the indices have a value.
  fileprivate func fixing(_ places: [Int: Int]) -> ReadPosition {
    guard case .affine(let affine) = self else { return self }
    var result = AffineIndex(constant: affine.constant)
    for term in affine.terms {
      if let place = places[term.index] {
        result.constant += term.coefficient * place
      } else {
        result.terms.append(term)
      }
    }
    return .affine(result)
  }
}
