import TensorGraph

/// Finds the fractional bits of every tensor.
///
/// Each wants as many as its calibrated magnitude allows. Operations that do not round keep those
/// of their operand, so tensors fall into classes. Where a sum has too few bits for its result, or
/// too many for one rounding, the class that has more bits than are worth something gives way.
/// Bits only ever fall, so the search ends.
struct ScaleSolver {
  let graph: FloatGraph
  let options: CompileOptions
  let classes: ScaleClasses
  private var bits: [Int]
  /// The inputs of which the options demand their fractional bits, by class.
  private var fixed: [Int: TensorID] = [:]
  /// What bounds the weights of each node that has any, by the node's output.
  let weightLimits: [TensorID: WeightLimits]
  /// The first demand of a layer that fixed bits do not meet.
  private var conflict: String?

  /// A tensor that would take so many bits is so small that it counts as zero.
  static let maximalBits = 60
  private static let maximalRounds = 1000
  /// No real number that is single precision needs so few: the search does not end.
  private static let boundlessBits = 1024

  /// - Parameter magnitude: the greatest magnitude of a tensor that is not a constant.
  /// - Throws: `CompileError.input` where bits that are demanded of an input do not hold what its
  ///   calibration has.
  init(
    graph: FloatGraph, options: CompileOptions, magnitude: (TensorID) -> Double
  ) throws(CompileError) {
    self.graph = graph
    self.options = options
    classes = ScaleClasses(graph)
    weightLimits = graph.weightLimits(options)
    let magnitudes = graph.tensors.indices.map { index in
      let id = TensorID(index)
      return graph.constants[id].map(Self.magnitude) ?? magnitude(id)
    }
    bits = graph.tensors.indices.map { index in
      if graph[TensorID(index)].type.element == .integer { return 0 }
      let room = magnitudes[index] * Double(1 << options.headroomBits)
      return Self.mostBits(room)
    }
    let desired = bits
    for index in desired.indices {
      let root = classes.root(index)
      bits[root] = min(bits[root], desired[index])
    }
    for index in bits.indices where bits[index] == Self.maximalBits {
      bits[index] = CompileOptions.bitsOfZero
    }
    for input in graph.inputs {
      guard let wanted = options.inputBits[graph[input].name] else { continue }
      try fix(input, wanted, magnitudes)
    }
  }

  /// The most fractional bits with which 16 bits hold the magnitude.
  private static func mostBits(_ magnitude: Double) -> Int {
    let limit = (Double(CompileOptions.activationRange.upperBound) + 0.49)
    let found = FixedPoint.fractionalBits(magnitude: magnitude, limit: limit)
    return min(found ?? Self.maximalBits, Self.maximalBits)
  }

  /// Gives an input the bits that are demanded, without any headroom but what they have themselves.
  private mutating func fix(
    _ input: TensorID, _ wanted: Int, _ magnitudes: [Double]
  ) throws(CompileError) {
    let name = graph[input].name
    let root = classes.root(input.index)
    if let other = fixed[root], bits[root] != wanted {
      throw .input(
        name: name,
        reason: "has the scale of \"\(graph[other].name)\", and \(wanted) and \(bits[root]) "
          + "fractional bits are demanded of them")
    }
    for index in magnitudes.indices where classes.root(index) == root {
      let most = Self.mostBits(magnitudes[index])
      guard wanted > most || wanted < -Self.maximalBits else { continue }
      throw .input(
        name: name,
        reason: "can't have \(wanted) fractional bits: \"\(graph[TensorID(index)].name)\" reaches "
          + "\(magnitudes[index]) in calibration, which takes between \(-Self.maximalBits) and \(most)"
      )
    }
    bits[root] = wanted
    fixed[root] = input
  }

  /// The fractional bits of every tensor that is not a constant, by index.
  mutating func solve() throws(CompileError) -> [Int] {
    for _ in 0..<Self.maximalRounds {
      let before = bits
      for node in graph.nodes {
        relax(node)
        if let conflict { throw .demand(node: node.name, reason: conflict) }
        if bits(of: node.output) < -Self.boundlessBits { throw Self.circular(node) }
      }
      if bits == before { return graph.tensors.indices.map { bits[classes.root($0)] } }
    }
    throw graph.nodes.first.map(Self.circular)
      ?? .scales(node: "", reason: "the search for scales does not end")
  }

  private static func circular(_ node: FloatGraph.Node) -> CompileError {
    .scales(
      node: node.name,
      reason:
        "something, such as a concatenation, gives a layer's result the scale of its operand, "
        + "and what it multiplies by is too large for that; bring the two to like magnitudes")
  }

  static func magnitude(_ tensor: Tensor) -> Double {
    Double(tensor.reals.reduce(0) { max($0, abs($1)) })
  }
}

extension ScaleSolver {
  private func bits(of id: TensorID) -> Int { bits[classes.root(id.index)] }

  private func isFixed(_ id: TensorID) -> Bool { fixed[classes.root(id.index)] != nil }

  private mutating func lower(_ id: TensorID, to limit: Int) {
    let root = classes.root(id.index)
    guard limit < bits[root] else { return }
    if let input = fixed[root] {
      conflict =
        "\"\(graph[id].name)\" can have no more than \(limit) fractional bits, and the "
        + "\(bits[root]) that are demanded of the input \"\(graph[input].name)\" are its own, too"
    } else {
      bits[root] = limit
    }
  }
}

// The conditions that layers put on the bits.
extension ScaleSolver {
  private mutating func relax(_ node: FloatGraph.Node) {
    if let limits = weightLimits[node.output] {
      lower(node.output, to: limits.accumulatorBits(input: bits(of: node.inputs[0])))
      return
    }
    switch node.operation {
    case .matrixMultiply, .multiply: relaxProduct(node)
    case .add, .subtract: relaxSum(node)
    default: break
    }
  }

  private mutating func relaxProduct(_ node: FloatGraph.Node) {
    let (a, b) = (node.inputs[0], node.inputs[1])
    lower(node.output, to: bits(of: a) + bits(of: b))
    let limit = bits(of: node.output) + CompileOptions.maximalShift
    while bits(of: a) + bits(of: b) > limit, conflict == nil {
      let greater = bits(of: a) > bits(of: b) ? a : b
      let other = greater == a ? b : a
      let loser = isFixed(greater) && !isFixed(other) ? other : greater
      lower(loser, to: bits(of: loser) - 1)
    }
  }

  private mutating func relaxSum(_ node: FloatGraph.Node) {
    let result = bits(of: node.output)
    let operands = node.inputs.filter { graph.constants[$0] == nil }
    var available = operands.map { bits(of: $0) }
    for id in node.inputs {
      guard let constant = graph.constants[id] else { continue }
      available.append(Self.addendBits(constant, limit: max(available[0], result)))
    }
    lower(node.output, to: available.max() ?? result)
    let least = available.min() ?? result
    let limit = min(
      least + SumAlignment.maximalShift, bits(of: node.output) + CompileOptions.maximalShift)
    for id in operands { lower(id, to: limit) }
  }

  /// Fractional bits of a constant addend, no more than are worth something.
  static func addendBits(_ constant: Tensor, limit: Int) -> Int {
    let found = FixedPoint.fractionalBits(
      magnitude: magnitude(constant), limit: Double(CompileOptions.weightMagnitude))
    return min(found ?? CompileOptions.bitsOfZero, limit)
  }
}

/// How far apart the scales of two addends may be.
enum SumAlignment {
  static let maximalShift = 30
}
