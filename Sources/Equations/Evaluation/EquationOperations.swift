import ConstraintSystem
import Evaluation

extension RealExpression.Unary {
  /// The machine's operation.
  var operation: LaneOperation {
    switch self {
    case .negate: .negate
    case .not: .not
    case .abs: .magnitude
    case .sign: .sign
    case .floor: .real(.floor)
    case .ceil: .real(.ceil)
    case .round: .real(.round)
    case .truncate: .real(.truncate)
    case .single: .real(.single)
    case .order: .real(.order)
    case .exp: .real(.exp)
    case .log: .real(.log)
    case .sqrt: .real(.sqrt)
    case .erf: .real(.erf)
    case .sin: .real(.sin)
    case .cos: .real(.cos)
    case .tan: .real(.tan)
    case .asin: .real(.asin)
    case .acos: .real(.acos)
    case .atan: .real(.atan)
    case .sinh: .real(.sinh)
    case .cosh: .real(.cosh)
    case .tanh: .real(.tanh)
    case .asinh: .real(.asinh)
    case .acosh: .real(.acosh)
    case .atanh: .real(.atanh)
    }
  }
}

extension RealExpression.Binary {
  /// The machine's operation.
  var operation: LaneOperation {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .real(.divide)
    case .power: .power
    case .minimum: .minimum
    case .maximum: .maximum
    case .floorDivide: .signedFloorDivide
    case .modulo: .signedRemainder
    case .equal: .equal
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .and: .and
    case .or: .or
    case .xor: .xor
    }
  }
}

extension RealExpression.Reduction {
  /// The machine's reduction.
  var reduction: LaneReduction {
    switch self {
    case .sum: .sum
    case .product: .product
    case .maximum: .maximum
    case .minimum: .minimum
    case .firstMaximum: .firstMaximum
    case .lastMaximum: .lastMaximum
    case .firstMinimum: .firstMinimum
    case .lastMinimum: .lastMinimum
    }
  }
}

extension TensorRead {
  /// Whether a position can be outside of a tensor of the given shape, where all indices run through
  /// all their values.
  func canBeOutside(_ shape: [Int], _ indices: [StatementIndex]) -> Bool {
    zip(positions, shape).contains { position, size in
      var (least, greatest) = (position.constant, position.constant)
      for term in position.terms {
        let reach = term.coefficient * (indices[term.index].size - 1)
        (least, greatest) = (least + min(0, reach), greatest + max(0, reach))
      }
      return least < 0 || greatest >= size
    }
  }
}
