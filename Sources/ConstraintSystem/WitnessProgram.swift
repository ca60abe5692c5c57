/// How the evaluator computes every tensor from the inputs and the model. It constrains nothing:
/// a wrong program yields an assignment that the statements refuse.
public struct WitnessProgram: Equatable, Sendable {
  /// Intermediate arrays that are computed and never committed, such as accumulators.
  public var temporaries: [TensorDeclaration]
  /// In the order of execution.
  public var steps: [Step]
  /// In the order of their steps, of which none is in two.
  public var loops: [Loop]

  public init(temporaries: [TensorDeclaration] = [], steps: [Step] = [], loops: [Loop] = []) {
    self.temporaries = temporaries
    self.steps = steps
    self.loops = loops
  }

  /// Steps that hand a state on: all of them are taken for the first part of their targets, then for
  /// the second, and so on. A part is as many values as any other, in row-major order, and the first
  /// index of each step splits into the parts. What is not computed yet reads zero.
  public struct Loop: Equatable, Sendable {
    /// Places in `steps`.
    public var steps: Range<Int>
    /// How many parts there are, at least 2.
    public var count: Int

    public init(steps: Range<Int>, count: Int) {
      self.steps = steps
      self.count = count
    }
  }

  /// The program without the steps that compute a tensor.
  public func without(target: Int) -> WitnessProgram {
    var result = self
    for place in steps.indices.reversed() where steps[place].target == target {
      result.steps.remove(at: place)
      for loop in loops.indices {
        let steps = result.loops[loop].steps
        let first = steps.lowerBound - (place < steps.lowerBound ? 1 : 0)
        result.loops[loop].steps = first..<steps.upperBound - (place < steps.upperBound ? 1 : 0)
      }
    }
    result.loops.removeAll { $0.steps.isEmpty }
    return result
  }

  /// Computes one tensor at every value of the domain's indices, which are its own axes in order.
  public struct Step: Equatable, Sendable {
    /// The layer and the line, for errors.
    public var name: String
    /// A tensor of the system when below `tensors.count`, otherwise a temporary
    /// (`target − tensors.count`). Reads use the same numbering.
    public var target: Int
    /// The target's axes first, then the indices of reductions.
    public var indices: [StatementIndex]
    public var computation: Computation

    public init(
      name: String, target: Int, indices: [StatementIndex], computation: Computation
    ) {
      self.name = name
      self.target = target
      self.indices = indices
      self.computation = computation
    }
  }

  public enum Computation: Equatable, Sendable {
    /// A sum of products, as in an equality.
    case sumOfProducts([Equality.Term])
    /// Any integer expression.
    case expression(HintExpression)
  }
}

/// An integer expression over tensor reads. Intermediate values are 64-bit integers; leaving them is
/// an error of the evaluation.
public indirect enum HintExpression: Equatable, Sendable {
  case constant(Integer)
  case read(TensorRead)
  /// An element at positions that are computed, one for each axis of the tensor, which must exist.
  case element(tensor: Int, [HintExpression])
  /// The value of an index of the step.
  case index(AffineIndex)
  case add(HintExpression, HintExpression)
  case subtract(HintExpression, HintExpression)
  case multiply(HintExpression, HintExpression)
  /// Quotient rounded towards −∞; the divisor must be positive.
  case floorDivide(HintExpression, HintExpression)
  /// a − b·floor(a / b); the divisor must be positive.
  case remainder(HintExpression, HintExpression)
  case minimum(HintExpression, HintExpression)
  case maximum(HintExpression, HintExpression)
  /// 1 where the first is less than the second, otherwise 0.
  case less(HintExpression, HintExpression)
  /// 1 where both are equal, otherwise 0.
  case equal(HintExpression, HintExpression)
  /// The greatest integer whose square is not greater; of a number that is not negative.
  case squareRoot(HintExpression)
  /// The greatest e of which 2^e is not greater; of a positive number.
  case logarithm(HintExpression)
  /// The second where the first is not zero, otherwise the third.
  case select(HintExpression, HintExpression, HintExpression)
  /// Over all values of the listed indices.
  case sum(over: [Int], HintExpression)
  case minimumOver([Int], HintExpression)
  case maximumOver([Int], HintExpression)
  /// Column `column` of the table's row whose first column has the value.
  case table(Int, column: Int, HintExpression)
}

/// A constraint system with the program that satisfies it.
public struct Circuit: Equatable, Sendable {
  public var system: ConstraintSystem
  public var program: WitnessProgram

  public init(system: ConstraintSystem, program: WitnessProgram) {
    self.system = system
    self.program = program
  }
}
