import ConstraintSystem
import FieldArithmetic
import Witness

/// Attacks every hint of a circuit: looks for other values of the hints, with the same inputs, that
/// all statements accept.
///
/// Declared ranges are left aside, because they bind nobody, and values are elements of the field, as
/// a prover may choose them. What it finds is certain. That it finds nothing is evidence, and a proof
/// for these inputs where the search through all assignments came to its end.
public struct WrongHintFinder {
  private let circuit: Circuit
  private let inputs: [Int: IntegerBuffer]
  private let assignment: Assignment
  private let system: UnrolledSystem
  private let honest: [Fp]
  private let integers: [Int]
  private let effort: WrongHintEffort
  private var report = WrongHintReport()

  /// - Parameters:
  ///   - inputs: the values of all tensors that no step computes, model tensors included.
  /// - Throws: `CircuitCheckError` when the program fails for the inputs, or the system is too large.
  public init(
    _ circuit: Circuit, inputs: [Int: IntegerBuffer], effort: WrongHintEffort = WrongHintEffort()
  ) throws(CircuitCheckError) {
    let assignment: Assignment
    do throws(EvaluationError) {
      let isModel = { (number: Int) in circuit.system.tensors[number].role == .model }
      assignment = try Evaluator.evaluate(
        circuit, model: inputs.filter { isModel($0.key) },
        inputs: inputs.filter { !isModel($0.key) })
    } catch { throw .evaluation(error) }
    try self.init(circuit, honest: assignment, effort: effort)
  }

  /// - Parameters:
  ///   - assignment: the values that the program computes.
  /// - Throws: `CircuitCheckError` when the system is too large.
  public init(
    _ circuit: Circuit, honest assignment: Assignment,
    effort: WrongHintEffort = WrongHintEffort()
  ) throws(CircuitCheckError) {
    self.circuit = circuit
    self.assignment = assignment
    self.effort = effort
    let computed = Set(circuit.program.steps.map(\.target))
    inputs = Dictionary(
      uniqueKeysWithValues: circuit.system.tensors.indices.filter { !computed.contains($0) }
        .map { ($0, assignment[$0]) })
    system = try UnrolledSystem(circuit.system)
    honest = system.cells.values(assignment)
    integers = honest.map(\.signed)
  }

  /// The statements that refuse the honest values, by name; empty where all is as it should be.
  public var refusals: [String] {
    system.violations(honest).map { system.names[system.instances[$0].statement] }
  }

  /// Runs all attacks.
  public mutating func run() -> WrongHintReport {
    report = WrongHintReport()
    guard refusals.isEmpty else { return report }
    search()
    attackCells()
    attackByProgram()
    return report
  }

  private mutating func note(_ forged: [Fp], _ attack: String) {
    let hint = WrongHint(system, honest: integers, forged: forged.map(\.signed), attack: attack)
    // Another value of an input that is in its range is another question.
    if hint.meaning == .input, !hint.values.contains(where: isOutOfRange) { return }
    report.note(hint)
  }

  private func isOutOfRange(_ value: ForgedValue) -> Bool {
    circuit.system.tensors.contains {
      $0.name == value.tensor && $0.role == .privateInput && !$0.range.contains(value.forged)
    }
  }

  private mutating func search() {
    switch AssignmentSearch(system: system, honest: honest).run(work: effort.searchWork) {
    case .unique: report.provenUnique += 1
    case .unfinished: report.unfinished += 1
    case .second(let forged): note(forged, "search through all assignments")
    }
  }
}

// Wrong values of a cell, and what can be changed beside it.
extension WrongHintFinder {
  private mutating func attackCells() {
    let wrong = WrongValues(system)
    var repair = RepairSearch(system, honest: honest, depth: effort.depth)
    var values = honest
    let cells = attackedCells()
    func isOver() -> Bool { report.attempts >= effort.nodes || repair.reads >= effort.reads }
    for cell in cells where !isOver() {
      for value in wrong.values(for: cell, honest) where !isOver() {
        values[cell] = value
        catchChange(of: cell, values)
        values[cell] = honest[cell]
        attempt([(cell, value)], "wrong value", &repair)
      }
    }
    for cell in cells where !isOver() {
      for other in wrong.neighbours(of: cell)
      where system.cells.isFree(other) && honest[other] != honest[cell] {
        attempt([(cell, honest[other]), (other, honest[cell])], "values exchanged", &repair)
      }
    }
  }

  private mutating func catchChange(of cell: Int, _ values: [Fp]) {
    let tensor = system.cells.tensors[system.cells.tensor(of: cell)].name
    for instance in system.violations(values, touching: [cell]) {
      let name = system.names[system.instances[instance].statement]
      report.caught[tensor, default: [:]][name, default: 0] += 1
    }
  }

  private mutating func attempt(
    _ start: [(cell: Int, value: Fp)], _ attack: String, _ repair: inout RepairSearch
  ) {
    let (forged, tried) = repair.consistentValues(start, nodes: effort.nodesPerValue)
    report.attempts += tried
    if let forged { note(forged, attack) }
  }

  /// Cells of each tensor that a prover fills: the first ones, the last ones and some between them.
  private func attackedCells() -> [Int] {
    var cells: [Int] = []
    for (number, tensor) in system.cells.tensors.enumerated() {
      let start = system.cells.starts[number]
      guard system.cells.owners[start] != .given else { continue }
      let count = min(tensor.count, effort.cellsPerTensor)
      let places = (0..<count).map { $0 * (tensor.count - 1) / max(1, count - 1) }
      cells += places.map { start + $0 }
    }
    return cells
  }
}

// Hints that follow from a wrong one.
extension WrongHintFinder {
  private mutating func attackByProgram() {
    let repair = ProgramRepair(circuit: circuit, inputs: inputs)
    // Each looks at all statements.
    var readsLeft = effort.reads
    let size = system.weights.reduce(0, +)
    for step in circuit.program.steps
    where step.target < circuit.system.tensors.count
      && circuit.system.tensors[step.target].role != .model
    {
      let values = assignment[step.target].values
      for place in Set([0, values.count / 2, values.count - 1]).sorted() {
        for distance in [-1, 1, 1 << 16] where readsLeft > 0 {
          readsLeft -= size
          var changed = values
          changed[place] += distance
          report.attempts += 1
          guard let forged = repair.assignment(step.target, changed) else { continue }
          let cells = system.cells.values(forged)
          if system.violations(cells).isEmpty { note(cells, "later hints computed anew") }
        }
      }
    }
  }
}
