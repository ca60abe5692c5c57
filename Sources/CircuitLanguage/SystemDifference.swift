import ConstraintSystem

extension ConstraintSystem {
  /// The first thing in which two systems differ, in words.
  public func difference(from other: ConstraintSystem) -> String {
    for (own, others) in zip(tensors, other.tensors) where own != others {
      return own.name == others.name
        ? "the tensor \"\(own.name)\" differs"
        : "there is a tensor \"\(own.name)\" in place of \"\(others.name)\""
    }
    if tensors.count != other.tensors.count {
      return "there are \(tensors.count) tensors instead of \(other.tensors.count)"
    }
    for (own, others) in zip(equalities, other.equalities) where own != others {
      return "the equality \"\(own.name)\" differs from \"\(others.name)\""
    }
    for (own, others) in zip(lookups, other.lookups) where own != others {
      return "the lookup \"\(own.name)\" differs from \"\(others.name)\""
    }
    for (own, others) in zip(rowTables, other.rowTables) where own != others {
      return "the table of rows \"\(own.name)\" differs from \"\(others.name)\""
    }
    return "the tables, or the numbers of statements, differ"
  }
}
