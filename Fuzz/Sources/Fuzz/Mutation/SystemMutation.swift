import ConstraintSystem

/// Changes of constraint systems that keep them encodable; whether they are valid is for readers to
/// say.
enum SystemMutation {
  /// Some changes, most often one.
  static func change(_ system: inout ConstraintSystem, _ random: inout Random) {
    repeat { changeOnce(&system, &random) } while random.once(in: 3)
  }

  private static func changeOnce(_ system: inout ConstraintSystem, _ random: inout Random) {
    switch random.below(11) {
    case 0: system.tensors.rearrange(&random)
    case 1: system.tables.rearrange(&random)
    case 2: system.equalities.rearrange(&random)
    case 3: system.lookups.rearrange(&random)
    case 4, 5: system.tensors.change(&random, change)
    case 6: system.tables.change(&random, change)
    case 7: system.equalities.change(&random, change)
    case 8: system.rowTables.rearrange(&random)
    case 9: changeRows(&system, &random)
    default: system.lookups.change(&random, change)
    }
  }

  static func change(_ name: inout String, _ random: inout Random) {
    let names = ["", "x", "y", "q\u{0323}\u{0307}", "q\u{0307}\u{0323}", "\u{202E}", "\u{1B}[2J"]
    name = random.once(in: 3) ? name + random.pick(names) : random.pick(names)
  }

  private static func change(_ integer: inout Int, _ random: inout Random) {
    integer = random.integer(near: integer)
  }

  /// The sizes of axes or the numbers of indices.
  static func change(_ integers: inout [Int], _ random: inout Random) {
    if integers.isEmpty || random.once(in: 6) { integers.append(random.integer(near: 2)) }
    if random.once(in: 3) {
      integers.rearrange(&random)
    } else {
      integers.change(&random, change)
    }
  }

  static func change(_ tensor: inout TensorDeclaration, _ random: inout Random) {
    switch random.below(5) {
    case 0: change(&tensor.name, &random)
    case 1: change(&tensor.shape, &random)
    case 2: tensor.role = TensorRole(rawValue: UInt8(random.below(6))) ?? tensor.role
    case 3:
      let low = random.once(in: 2) ? tensor.range.lowerBound : random.integer(near: -1)
      let high = random.integer(near: tensor.range.upperBound)
      tensor.range = min(low, high)...max(low, high)
    default: change(&tensor.fractionalBits, &random)
    }
  }

  private static func change(_ table: inout LookupTable, _ random: inout Random) {
    switch random.below(7) {
    case 0: change(&table.name, &random)
    case 1:
      table.name = random.pick(["round(x)", "round(exp(-x / 2^12))", "round((x))", "round(1/x)"])
    case 2: change(&table.first, &random)
    case 3: change(&table.rows, &random)
    case 4: table.columns.rearrange(&random)
    case 5: table.columns.append(Array(repeating: 0, count: max(0, min(table.rows, 1 << 16))))
    default:
      table.columns.change(&random) { column, random in
        if random.once(in: 8) {
          column.rearrange(&random)
        } else {
          column.change(&random, change)
        }
      }
    }
  }

  /// Changes a table of rows, or adds one of a tensor's elements.
  private static func changeRows(_ system: inout ConstraintSystem, _ random: inout Random) {
    if system.rowTables.isEmpty || random.once(in: 4), !system.tensors.isEmpty {
      let tensor = random.below(system.tensors.count)
      let shape = system.tensors[tensor].shape
      let read = TensorRead(tensor: tensor, positions: shape.indices.map { AffineIndex(index: $0) })
      system.rowTables.append(
        RowTable(
          name: "rows", indices: shape.map { StatementIndex(name: "i", size: $0) },
          rowRank: random.integer(near: 1), source: LinearExpression(read),
          isPermutation: random.once(in: 2)))
    }
    system.rowTables.change(&random) { table, random in
      switch random.below(5) {
      case 0: change(&table.name, &random)
      case 1: change(&table.indices, &random)
      case 2: change(&table.rowRank, &random)
      case 3: table.isPermutation.toggle()
      default: change(&table.source, &random)
      }
    }
  }

  private static func change(_ equality: inout Equality, _ random: inout Random) {
    switch random.below(6) {
    case 0: change(&equality.name, &random)
    case 1: change(&equality.indices, &random)
    case 2: change(&equality.domainRank, &random)
    default: change(&equality.terms, &random)
    }
  }

  private static func change(_ lookup: inout Lookup, _ random: inout Random) {
    switch random.below(6) {
    case 0: change(&lookup.name, &random)
    case 1: change(&lookup.indices, &random)
    case 2: change(&lookup.table, &random)
    case 3: lookup.columns.rearrange(&random)
    default: lookup.columns.change(&random, change)
    }
  }

  static func change(_ indices: inout [StatementIndex], _ random: inout Random) {
    switch random.below(4) {
    case 0: indices.rearrange(&random)
    case 1: indices.append(StatementIndex(name: "k", size: random.integer(near: 2)))
    default: indices.change(&random) { change(&$0.size, &$1) }
    }
  }

  static func change(_ terms: inout [Equality.Term], _ random: inout Random) {
    guard !random.once(in: 4) else { return terms.rearrange(&random) }
    terms.change(&random) { term, random in
      switch random.below(5) {
      case 0: change(&term.coefficient, &random)
      case 1: change(&term.summed, &random)
      case 2: term.factors.rearrange(&random)
      default: term.factors.change(&random, change)
      }
    }
  }

  private static func change(_ expression: inout LinearExpression, _ random: inout Random) {
    switch random.below(5) {
    case 0: change(&expression.constant, &random)
    case 1: expression.terms.rearrange(&random)
    case 2: expression.terms.change(&random) { change(&$0.coefficient, &$1) }
    default: expression.terms.change(&random) { change(&$0.read, &$1) }
    }
  }

  static func change(_ read: inout TensorRead, _ random: inout Random) {
    switch random.below(4) {
    case 0: change(&read.tensor, &random)
    case 1: read.positions.rearrange(&random)
    default: read.positions.change(&random, change)
    }
  }

  static func change(_ position: inout AffineIndex, _ random: inout Random) {
    switch random.below(4) {
    case 0: change(&position.constant, &random)
    case 1: position.terms.rearrange(&random)
    case 2:
      position.terms.append(.init(index: random.below(5), coefficient: random.integer(near: 1)))
    default: position.terms.change(&random) { change(&$0.coefficient, &$1) }
    }
    // Readers refuse any other order at once.
    position.terms.sort { $0.index < $1.index }
  }
}
