import ConstraintSystem

// Which unit a circuit's result has: v·2^−bits stands for a real number, so sums need operands of one
// unit, and products add the bits of their factors.
extension DerivedSystem {
  /// Whether what a step gives has the unit that its circuit makes of those of its operands.
  func keepsUnits(_ addition: Addition) -> Bool {
    let operands = addition.step.operands.map { views[$0].fractionalBits }
    switch addition.step.action {
    case .concat: return Set(operands).count <= 1
    case .table(let request, let fractionalBits):
      switch request.kind {
      // Tables of the library are functions of integers, which stand for the same unit.
      case .named: return operands.allSatisfy { $0 == fractionalBits }
      case .real(let table):
        return operands.allSatisfy { $0 == table.argumentBits }
          && fractionalBits == table.outputBits
      }
    // Of a sum the coefficients are shown as the real numbers that they stand for.
    case .instance(var instance):
      instance.fractionalBits = unit(of: instance.fractionalBits)
      return instance.keepsUnits(operands.map(unit))
    default: return true
    }
  }

  /// Places in the order of single precision are integers.
  private func unit(of fractionalBits: Int) -> Int {
    fractionalBits == SingleOrder.scale ? 0 : fractionalBits
  }
}

extension Derivation.Instance {
  /// - Parameter operands: the fractional bits of the arguments.
  fileprivate func keepsUnits(_ operands: [Int]) -> Bool {
    guard let first = operands.first else { return circuit != "ones" || fractionalBits == 0 }
    switch circuit {
    case "round": return first - parameter("shift") == fractionalBits
    // As the coefficients of sums, a divisor stands for a real number of its own.
    case "divided": return operands.count == 1
    case "quotient", "signed_quotient":
      return operands.count == 2 && first + parameter("shift") - operands[1] == fractionalBits
    case "square_root": return first + parameter("power") == 2 * fractionalBits
    case "inverse_root": return parameter("power") - first == 2 * fractionalBits
    // Positions are integers, and so are truth values.
    case "argmax", "ordered": return fractionalBits == 0
    // A place is an integer; what is there keeps its unit.
    case "gather", "rearranged":
      return operands.count == 2 && first == fractionalBits && operands[1] == 0
    case "tabled":
      return operands.count == 2 && fractionalBits == 0 && operands.allSatisfy { $0 == 0 }
    case "stepped": return Set(operands).count == 1 && fractionalBits == 0
    case "less", "equal": return Set(operands).count == 1 && fractionalBits == 0
    // A quotient by another value of one unit is a number, and a divisor one of its own.
    case "floored", "truncated", "remainder": return operands.count == 1 && fractionalBits == 0
    case "floor_quotient", "signed_floor_quotient":
      return Set(operands).count == 1 && fractionalBits == 0
    default: return operands.allSatisfy { $0 == fractionalBits }
    }
  }

  private func parameter(_ name: String) -> Int { parameters[name] ?? 0 }
}
