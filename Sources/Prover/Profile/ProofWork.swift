import Argument
import ConstraintSystem

/// How much there is to do for a proof, in the units that its cost is counted in.
public struct ProofWork: Equatable, Sendable {
  /// The model's integers.
  public var weights = 0
  /// Tuples that are looked up, of all inferences of the proof.
  public var lookups = 0
  /// Cells of the witness's commitment: values, counts of rows, and what hides them.
  public var cells = 0
  /// Values of all tensors but the model's.
  public var values = 0

  init() {}

  /// - Parameter layout: of the system of all inferences.
  init(_ layout: Layout) {
    let system = layout.system
    for tensor in system.tensors {
      if tensor.role == .model { weights += tensor.count } else { values += tensor.count }
    }
    for box in layout.leaves.boxes where box.owner < system.lookups.count {
      lookups += 1 << box.log
    }
    cells = layout.witness.count
  }
}

/// What the parts of a proof may cost on one core of a server of 2021 (Ice Lake), to hold
/// measurements against.
public struct CostBudget: Sendable {
  /// What is paid for.
  public let name: String
  /// What it is counted by.
  public let unit: String
  /// Cycles of all threads for each of these.
  public let cycles: Double
  /// The steps that are paid for.
  public let steps: Set<ProofStep>
  /// How many of the units there are.
  public let count: @Sendable (ProofWork) -> Int

  public static let all: [CostBudget] = {
    let model: Set<ProofStep> = [.modelFold, .modelForm]
    let lookups: Set<ProofStep> = [.fractionTree, .fractionRounds]
    let named = model.union(lookups).union([.commitment])
    return [
      CostBudget(name: "model", unit: "weight", cycles: 10, steps: model) { $0.weights },
      CostBudget(name: "lookups", unit: "lookup", cycles: 150, steps: lookups) { $0.lookups },
      CostBudget(name: "commit", unit: "cell", cycles: 150, steps: [.commitment]) { $0.cells },
      CostBudget(
        name: "all else", unit: "value", cycles: 100,
        steps: Set(ProofStep.allCases).subtracting(named)
      ) { $0.values },
    ]
  }()

  private init(
    name: String, unit: String, cycles: Double, steps: Set<ProofStep>,
    count: @escaping @Sendable (ProofWork) -> Int
  ) {
    self.name = name
    self.unit = unit
    self.cycles = cycles
    self.steps = steps
    self.count = count
  }
}
