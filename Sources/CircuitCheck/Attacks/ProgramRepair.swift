import ConstraintSystem
import Witness

/// Repairs by a circuit's own program: one hint is given wrong values, and all hints that are
/// computed from it follow.
struct ProgramRepair {
  let circuit: Circuit
  let inputs: [Int: IntegerBuffer]

  /// The assignment that follows from other values of a tensor; nil where the program fails.
  ///
  /// Declared ranges are left aside, because they bind nobody.
  func assignment(_ tensor: Int, _ values: [Int]) -> Assignment? {
    var changed = circuit
    let widest = -(1 << 60)...(1 << 60)
    for number in changed.system.tensors.indices { changed.system.tensors[number].range = widest }
    for number in changed.program.temporaries.indices {
      changed.program.temporaries[number].range = widest
    }
    changed.program = changed.program.without(target: tensor)
    var given = inputs
    given[tensor] = IntegerBuffer(values)
    let isModel = { (number: Int) in circuit.system.tensors[number].role == .model }
    return try? Evaluator.evaluate(
      changed, model: given.filter { isModel($0.key) }, inputs: given.filter { !isModel($0.key) })
  }
}
