import Equations
import TensorGraph

/// A recurrent layer as its node says it: ONNX's RNN, GRU or LSTM.
struct RecurrentLayer {
  enum Kind: String {
    case plain = "RNN"
    case gated = "GRU"
    case memory = "LSTM"

    /// How many gates there are, whose weights lie one behind the other.
    var gates: Int {
      switch self {
      case .plain: 1
      case .gated: 3
      case .memory: 4
      }
    }

    var functions: [String] {
      switch self {
      case .plain: ["Tanh"]
      case .gated: ["Sigmoid", "Tanh"]
      case .memory: ["Sigmoid", "Tanh", "Tanh"]
      }
    }
  }

  /// The attributes that all of them have.
  static let attributes: Set<String> = [
    "activation_alpha", "activation_beta", "activations", "clip", "direction", "hidden_size",
    "layout", "output_sequence",
  ]

  let node: NodeView
  let kind: Kind
  let time: Int
  let batch: Int
  let inputs: Int
  let hidden: Int
  /// Whether each direction runs from the last position to the first.
  let directions: [Bool]
  /// Of each direction, those of its gates.
  let functions: [[GateFunction]]
  /// The greatest magnitude of what a gate's function is applied to.
  let clip: Double?
  /// Whether the batch is the first axis, and not time.
  let isBatchFirst: Bool
  /// Of a gated layer: whether its reset applies to what has been multiplied.
  let resetsAfter: Bool
  /// Of a memory: whether it forgets what its input gate leaves.
  let forgetsByInput: Bool

  init(_ node: NodeView, _ builder: EquationGraphBuilder) throws(GraphError) {
    self.node = node
    guard let kind = Kind(rawValue: node.operation) else {
      throw GraphError(.unsupported, "no recurrent layer is called \(node.operation)")
    }
    self.kind = kind
    directions = try node.directions()
    functions = try node.gateFunctions(kind, directions.count)
    clip = try node.float("clip").flatMap { $0 > 0 ? Double($0) : nil }
    isBatchFirst = try node.flag("layout")
    resetsAfter = try node.int("linear_before_reset", default: 0) != 0
    forgetsByInput = try node.int("input_forget", default: 0) != 0
    let x = builder[try node.input(0)].shape
    let r = builder[try node.input(2)].shape
    guard x.count == 3, r.count == 3 else {
      throw GraphError(.shape, "its operands of the shapes \(x) and \(r) do not have 3 axes")
    }
    (time, batch) = isBatchFirst ? (x[1], x[0]) : (x[0], x[1])
    (inputs, hidden) = (x[2], r[2])
    if let declared = try node.int("hidden_size"), declared != hidden {
      throw GraphError(.attribute, "\"hidden_size\" is \(declared), and its weights say \(hidden)")
    }
    try checkShapes(builder)
  }

  private func checkShapes(_ builder: EquationGraphBuilder) throws(GraphError) {
    let (count, width) = (directions.count, kind.gates * hidden)
    let state = isBatchFirst ? [batch, count, hidden] : [count, batch, hidden]
    var expected: [Int: [Int]] = [
      1: [count, width, inputs], 2: [count, width, hidden], 3: [count, 2 * width], 4: [batch],
      5: state,
    ]
    if kind == .memory { (expected[6], expected[7]) = (state, [count, 3 * hidden]) }
    for position in node.inputs.indices.dropFirst() {
      guard let id = node.inputs[position] else { continue }
      guard let shape = expected[position] else {
        throw GraphError(.structure, "it has an operand at position \(position)")
      }
      guard builder[id].shape == shape else {
        throw GraphError(
          .shape,
          "its operand at position \(position) has the shape \(builder[id].shape), and not \(shape)"
        )
      }
    }
    _ = try node.input(1)
  }
}

extension NodeView {
  fileprivate func directions() throws(GraphError) -> [Bool] {
    switch try string("direction") ?? "forward" {
    case "forward": return [false]
    case "reverse": return [true]
    case "bidirectional": return [false, true]
    case let other: throw GraphError(.attribute, "the direction \"\(other)\" is not known")
    }
  }

  fileprivate func gateFunctions(
    _ kind: RecurrentLayer.Kind, _ directions: Int
  ) throws(GraphError) -> [[GateFunction]] {
    let standard = kind.functions
    let names =
      try strings("activations") ?? (0..<directions).flatMap { _ in standard }
    guard names.count == standard.count * directions else {
      throw GraphError(
        .attribute, "it has \(names.count) activations, and not \(standard.count * directions)")
    }
    let functions = try GateFunction.list(
      names, alpha: floats("activation_alpha") ?? [], beta: floats("activation_beta") ?? [])
    return (0..<directions).map {
      Array(functions[($0 * standard.count)..<(($0 + 1) * standard.count)])
    }
  }
}
