import ConstraintSystem
import Equations
import TensorGraph

extension EquationGraph {
  /// The equations of a network of operations.
  public init(_ graph: FloatGraph) throws(GraphError) {
    var bridge = Bridge(graph: graph)
    self = try bridge.run()
  }
}

/// Writes each operation as equations and views.
private struct Bridge {
  let graph: FloatGraph
  var builder = EquationGraphBuilder()
  var values: [TensorID: ValueID] = [:]

  init(graph: FloatGraph) { self.graph = graph }

  mutating func run() throws(GraphError) -> EquationGraph {
    for id in graph.inputs {
      values[id] = try builder.addInput(named: graph[id].name, shape: graph[id].shape)
    }
    for node in graph.nodes {
      let layer = builder.addLayer(named: node.name, operation: node.operation.name)
      var site = BridgeSite(
        layer: layer, name: graph[node.output].name, operands: node.inputs.map { value($0) })
      site.shapes = node.inputs.map { graph[$0].shape }
      site.shape = graph[node.output].shape
      values[node.output] = try site.append(node.operation, &builder)
    }
    for output in graph.outputs {
      try builder.addOutput(named: output.name, value(output.tensor))
    }
    return try builder.finish()
  }

  private mutating func value(_ id: TensorID) -> ValueID {
    if let known = values[id] { return known }
    guard let tensor = graph.constants[id] else { return ValueID(-1) }
    let new = builder.addConstant(named: graph[id].name, tensor)
    values[id] = new
    return new
  }
}

/// One operation that is written down.
private struct BridgeSite {
  let layer: Int
  let name: String
  let operands: [ValueID]
  var shapes: [[Int]] = []
  var shape: [Int] = []

  init(layer: Int, name: String, operands: [ValueID]) {
    self.layer = layer
    self.name = name
    self.operands = operands
  }

  func append(
    _ operation: Operation, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    if let view = view(operation) {
      return try builder.append(view, operands, layer: layer, name: name)
    }
    if case .convolution(let window, let groups) = operation, groups > 1 {
      let parts = try builder.append(
        convolution(window, groups), operands, layer: layer, name: "\(name)/groups")
      return try builder.append(.reshape(shape), [parts], layer: layer, name: name)
    }
    let kind: ElementKind = if case .argMax = operation { .integer } else { .real }
    return try builder.append(
      equation(operation), kind: kind, operands, layer: layer, name: name)
  }

  private func view(_ operation: Operation) -> ViewStep? {
    switch operation {
    case .reshape(let target): return .reshape(target)
    case .transpose(let permutation): return .transpose(permutation)
    case .concatenate(let axis): return .concatenate(axis: axis)
    case .slice(let slices):
      return .slice(slices.map { .init(start: $0.start, count: $0.count, step: $0.step) })
    case .pad(let before, let after, 0): return .pad(before: before, after: after)
    default: return nil
    }
  }

  private func equation(_ operation: Operation) -> Equation {
    switch operation {
    case .gemm(let gemm): return self.gemm(gemm)
    case .matrixMultiply: return product()
    case .convolution(let window, _): return convolution(window, 1)
    case .add: return elementwise(.binary(.add, read(0), read(1)))
    case .subtract: return elementwise(.binary(.subtract, read(0), read(1)))
    case .multiply: return elementwise(.binary(.multiply, read(0), read(1)))
    case .relu: return elementwise(.binary(.maximum, read(0), .constant(0)))
    case .leakyRelu(let alpha):
      return elementwise(
        .select(
          .binary(.less, read(0), .constant(0)),
          .binary(.multiply, .constant(Double(alpha)), read(0)), read(0)))
    case .clip(let lower, let upper):
      return elementwise(
        .binary(
          .minimum, .binary(.maximum, read(0), .constant(Double(lower))),
          .constant(Double(upper))))
    case .maxPool(let window): return pooling(window, .maximum)
    case .averagePool(let window, let countingPads): return average(window, countingPads)
    case .globalAveragePool: return globalAverage()
    case .argMax(let axis, let keepingAxis): return argMax(axis, keepingAxis)
    case .batchNormalization(let epsilon): return normalisation(epsilon)
    case .pad(let before, _, let value): return pad(before, value)
    case .reshape, .transpose, .concatenate, .slice: return elementwise(read(0))
    }
  }
}

extension BridgeSite {
  private func indices(_ sizes: [Int]) -> [Equation.Index] {
    sizes.enumerated().map { .init(name: "i\($0.offset)", size: $0.element) }
  }

  private func elementwise(_ value: RealExpression) -> Equation {
    Equation(indices: indices(shape), domainRank: shape.count, value: value)
  }

  private func equation(_ inner: [Int], _ value: RealExpression) -> Equation {
    Equation(indices: indices(shape + inner), domainRank: shape.count, value: value)
  }

  /// An operand broadcast to the result.
  private func read(_ operand: Int) -> RealExpression {
    let offset = shape.count - shapes[operand].count
    return read(
      operand,
      shapes[operand].enumerated().map {
        $0.element == 1 ? AffineIndex(constant: 0) : AffineIndex(index: $0.offset + offset)
      })
  }

  private func read(_ operand: Int, _ positions: [AffineIndex]) -> RealExpression {
    .read(.init(operand: operand, positions: positions.map { .affine($0) }))
  }

  private func times(_ factor: Float, _ value: RealExpression) -> RealExpression {
    factor == 1 ? value : .binary(.multiply, .constant(Double(factor)), value)
  }

  private func gemm(_ gemm: Operation.Gemm) -> Equation {
    let inner = shapes[0][gemm.transposeA ? 0 : 1]
    let (row, column, middle) = (
      AffineIndex(index: 0), AffineIndex(index: 1), AffineIndex(index: 2)
    )
    let a = read(0, gemm.transposeA ? [middle, row] : [row, middle])
    let b = read(1, gemm.transposeB ? [column, middle] : [middle, column])
    var value = times(gemm.alpha, .reduce(.sum, over: [2], .binary(.multiply, a, b)))
    if shapes.count == 3 { value = .binary(.add, value, times(gemm.beta, read(2))) }
    return equation([inner], value)
  }

  private func product() -> Equation {
    let rank = shape.count
    func leading(_ operand: Int) -> [AffineIndex] {
      let own = shapes[operand].dropLast(2)
      let offset = rank - 2 - own.count
      return own.enumerated().map {
        $0.element == 1 ? AffineIndex(constant: 0) : AffineIndex(index: $0.offset + offset)
      }
    }
    let middle = AffineIndex(index: rank)
    let a = read(0, leading(0) + [AffineIndex(index: rank - 2), middle])
    let b = read(1, leading(1) + [middle, AffineIndex(index: rank - 1)])
    return equation(
      [shapes[0][shapes[0].count - 1]],
      .reduce(.sum, over: [rank], .binary(.multiply, a, b)))
  }

  private func convolution(_ window: Window, _ groups: Int) -> Equation {
    let isGrouped = groups > 1
    let outputs = shape[1] / groups
    let channels = shapes[1][1]
    let domain = [shape[0]] + (isGrouped ? [groups] : []) + [outputs] + shape.dropFirst(2)
    let (first, inner) = (isGrouped ? 3 : 2, domain.count)
    let o = isGrouped ? 2 : 1
    func within(_ size: Int, _ index: Int) -> AffineIndex {
      AffineIndex(constant: 0, coefficients: isGrouped ? [1: size, index: 1] : [index: 1])
    }
    let taps = window.kernel.indices.map { inner + 1 + $0 }
    let x = read(
      0,
      [AffineIndex(index: 0), within(channels, inner)]
        + positions(window, first: first, taps: taps))
    let w = read(
      1, [within(outputs, o), AffineIndex(index: inner)] + taps.map { .init(index: $0) })
    var value = RealExpression.reduce(.sum, over: [inner] + taps, .binary(.multiply, x, w))
    if shapes.count == 3 { value = .binary(.add, value, read(2, [within(outputs, o)])) }
    return Equation(
      indices: indices(domain + [channels] + window.kernel), domainRank: domain.count, value: value)
  }

  private func positions(_ window: Window, first: Int, taps: [Int]) -> [AffineIndex] {
    taps.enumerated().map { axis, tap in
      AffineIndex(
        constant: -window.padsBefore[axis],
        coefficients: [first + axis: window.strides[axis], tap: window.dilations[axis]])
    }
  }

  private func pooling(_ window: Window, _ reduction: RealExpression.Reduction) -> Equation {
    let taps = window.kernel.indices.map { shape.count + $0 }
    let x = read(
      0, [AffineIndex(index: 0), AffineIndex(index: 1)] + positions(window, first: 2, taps: taps))
    return equation(window.kernel, .reduce(reduction, over: taps, x))
  }

  /// The sum over a window, divided by how many of its cells count.
  private func average(_ window: Window, _ countingPads: Bool) -> Equation {
    let rank = shape.count
    let taps = window.kernel.indices.map { rank + $0 }
    let cells = window.kernel.indices.map { rank + taps.count + $0 }
    var sum = pooling(window, .sum)
    sum.indices = indices(shape + window.kernel + window.kernel)
    var inside = RealExpression.constant(1)
    for (axis, position) in positions(window, first: 2, taps: cells).enumerated() {
      let low = countingPads ? -window.padsBefore[axis] : 0
      let high = shapes[0][axis + 2] + (countingPads ? window.padsAfter[axis] : 0)
      for test in [
        RealExpression.binary(.lessOrEqual, .constant(Double(low)), .index(position)),
        .binary(.less, .index(position), .constant(Double(high))),
      ] { inside = .binary(.multiply, inside, test) }
    }
    sum.value = .binary(.divide, sum.value, .reduce(.sum, over: cells, inside))
    return sum
  }

  private func globalAverage() -> Equation {
    let spatial = Array(shapes[0].dropFirst(2))
    let taps = spatial.indices.map { shape.count + $0 }
    let x = read(0, ([0, 1] + taps).map { AffineIndex(index: $0) })
    let count = Double(spatial.reduce(1, *))
    return equation(
      spatial, .binary(.divide, .reduce(.sum, over: taps, x), .constant(count)))
  }

  private func argMax(_ axis: Int, _ keepingAxis: Bool) -> Equation {
    let rank = shape.count
    let positions = shapes[0].indices.map { place in
      place == axis ? rank : keepingAxis || place < axis ? place : place - 1
    }
    return equation(
      [shapes[0][axis]],
      .reduce(.firstMaximum, over: [rank], read(0, positions.map { AffineIndex(index: $0) })))
  }

  private func normalisation(_ epsilon: Float) -> Equation {
    let channel = [AffineIndex(index: 1)]
    let deviation = RealExpression.unary(
      .sqrt, .binary(.add, read(4, channel), .constant(Double(epsilon))))
    let centred = RealExpression.binary(
      .subtract, read(0, shape.indices.map { AffineIndex(index: $0) }), read(3, channel))
    return elementwise(
      .binary(
        .add, .binary(.multiply, .binary(.divide, centred, deviation), read(1, channel)),
        read(2, channel)))
  }

  private func pad(_ before: [Int], _ value: Float) -> Equation {
    let positions = before.enumerated().map {
      AffineIndex(constant: -$0.element, coefficients: [$0.offset: 1])
    }
    var inside = RealExpression.constant(1)
    for (position, extent) in zip(positions, shapes[0]) {
      for test in [
        RealExpression.binary(.lessOrEqual, .constant(0), .index(position)),
        .binary(.less, .index(position), .constant(Double(extent))),
      ] { inside = .binary(.multiply, inside, test) }
    }
    return elementwise(
      .binary(.add, read(0, positions), .select(inside, .constant(0), .constant(Double(value)))))
  }
}
