import CircuitLanguage
import ConstraintSystem
import Hashing
import Prover
import Witness

/// A tiny network, with small tables so that its proofs are short: y = ⌊w·x / 16⌋.
struct HonestNetwork {
  let circuit: Circuit
  let model: [Int: IntegerBuffer]
  let inputs: [Int: IntegerBuffer]

  private static let source = """
    circuit bounded(x: int(-8, 7)[...]) -> () { lookup x[...] in int(-8, 7) }

    circuit layer(x: int(-8, 7)[n], w: int(-4, 3)[m, n]; shift: nat) -> (y: int(-8, 7)[m]) {
      acc[j] := sum(l) x[l] * w[j, l]
      hint y[j] = acc[j] / 2^shift
      hint r[j]: range(2^shift) = acc[j] % 2^shift
      assert acc[j] == y[j] * 2^shift + r[j]
      lookup r[j] in range(2^shift)
      lookup y[j] in int(-8, 7)
    }
    """

  /// - Parameters:
  ///   - isPrivate: whether verifiers see neither inputs nor outputs.
  ///   - hasModel: whether the weights are committed to; they are a public input otherwise.
  init(isPrivate: Bool, hasModel: Bool) throws {
    var library = CircuitLibrary()
    try library.add(source: Self.source, file: "honest.circuit")
    var builder = CircuitBuilder(library: library)
    func tensor(
      _ name: String, _ shape: [Int], _ role: TensorRole, _ range: ClosedRange<Int>
    ) -> TensorView {
      builder.addTensor(
        TensorDeclaration(name: name, shape: shape, role: role, range: range, fractionalBits: 2))
    }
    let x = tensor("x", [3], isPrivate ? .privateInput : .publicInput, -8...7)
    let w = tensor("w", [3, 3], hasModel ? .model : .publicInput, -4...3)
    if isPrivate {
      _ = try builder.instantiate("bounded", [x], name: "input", fractionalBits: 2)
    }
    // A table of values, which nothing looks up.
    _ = try builder.table(
      name: "round(x^2 / 3)", first: -5, rows: 9, columns: [[8, 5, 3, 1, 0, 0, 1, 3, 5]])
    let y = try builder.instantiate(
      "layer", [x, w], parameters: ["shift": 4], name: "layer", fractionalBits: 2)
    var circuit = try builder.finish()
    for view in y {
      guard let output = view.tensor else { continue }
      circuit.system.tensors[output].role = isPrivate ? .privateOutput : .publicOutput
      circuit.system.tensors[output].name = "y"
    }
    try circuit.system.validate()
    self.circuit = circuit
    let weights = IntegerBuffer([1, -4, 3, 2, 0, -1, 3, 3, -2] as [Int16])
    let values = IntegerBuffer([7, -8, 3] as [Int16])
    model = hasModel ? [1: weights] : [:]
    inputs = hasModel ? [0: values] : [0: values, 1: weights]
  }

  func key(_ privacy: ProvingKey.Privacy) throws -> ProvingKey {
    try ProvingKey.make(circuit: circuit, model: model, privacy: privacy, certifies: true)
  }

  /// A proof of some equal inferences.
  /// - Parameter commits: whether it opens a new commitment to the input.
  func proof(_ key: ProvingKey, batch: Int = 1, commits: Bool = false) throws -> [UInt8] {
    let assignment = try Evaluator.evaluate(circuit, model: model, inputs: inputs)
    return try Prover.prove(
      key, batch: Array(repeating: assignment, count: batch),
      data: commits ? [0: .new(openings: 1)] : [:]
    ).proof
  }
}
