import ConstraintSystem
import Witness

extension ConstraintSystem {
  /// The statements that an assignment contradicts, each taken by itself, by name: equalities first.
  ///
  /// Declared ranges of what is committed are left aside, since they bind no prover.
  func contradicted(by assignment: Assignment) -> [String] {
    var alone = self
    for tensor in alone.tensors.indices where alone.tensors[tensor].role.isWitness {
      alone.tensors[tensor].range = -(1 << 46)...(1 << 46)
    }
    var names: [String] = []
    func note(_ name: String) {
      if (try? StatementChecker.checkByDefinition(alone, assignment)) == nil { names.append(name) }
    }
    for equality in equalities {
      (alone.equalities, alone.lookups) = ([equality], [])
      note(equality.name)
    }
    for lookup in lookups {
      (alone.equalities, alone.lookups) = ([], [lookup])
      note(lookup.name)
    }
    return names
  }
}
