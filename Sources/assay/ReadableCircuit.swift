import CommandSupport
import ConstraintSystem
import Witness

extension Circuit {
  /// The same circuit under names that each fill a part of a line, to be printed.
  var readable: Circuit {
    var circuit = self
    func name(_ name: inout String) { name = Text.ownName(name) }
    func names(_ indices: inout [StatementIndex]) {
      for index in indices.indices { name(&indices[index].name) }
    }
    for index in circuit.system.tensors.indices { name(&circuit.system.tensors[index].name) }
    for index in circuit.system.tables.indices { name(&circuit.system.tables[index].name) }
    for index in circuit.system.rowTables.indices {
      name(&circuit.system.rowTables[index].name)
      names(&circuit.system.rowTables[index].indices)
    }
    for index in circuit.system.equalities.indices {
      name(&circuit.system.equalities[index].name)
      names(&circuit.system.equalities[index].indices)
    }
    for index in circuit.system.lookups.indices {
      name(&circuit.system.lookups[index].name)
      names(&circuit.system.lookups[index].indices)
    }
    for index in circuit.program.temporaries.indices {
      name(&circuit.program.temporaries[index].name)
    }
    for index in circuit.program.steps.indices { names(&circuit.program.steps[index].indices) }
    return circuit
  }
}
