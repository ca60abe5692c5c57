import ConstraintSystem
import Equations

extension FormGraph {
  /// Makes an input one of places in the order of single precision.
  mutating func markOrdered(_ id: ValueID) {
    values[id.index].kind = .integer
    values[id.index].isOrdered = true
    values[id.index].bounds = SingleOrder.range
  }

  /// All that an integer value is known to hold, where it is declared so: for an ordered input, and for
  /// what a node gives whose result is said to be bounded.
  func knownRange(of id: ValueID, isInput: Bool) -> ClosedRange<Int>? {
    isInput && !self[id].isOrdered || self[id].kind != .integer ? nil : self[id].bounds
  }
}
