import Equations

/// How the values of a form graph become integers (`Paper/` section 18).
///
/// What is chosen freely is in `values`; all else follows from these, from the graph and from the
/// options, so that whoever has the network and the choices finds the plan again.
public struct ScalePlan: Equatable, Sendable {
  /// The choice for a value that is committed.
  public struct Value: Hashable, Sendable {
    /// An integer v stands for v·2^−bits. Of what is not committed: of the exact sum.
    public var bits: Int
    /// Of what is committed the declared range; of a sum that is not, what it may be worth.
    public var range: ClosedRange<Int>

    public init(bits: Int, range: ClosedRange<Int>) {
      self.bits = bits
      self.range = range
    }
  }

  /// By value; constants have none that means anything.
  public var values: [Value]
  /// What was chosen freely, by value: of what is not committed the scale that it would have.
  public var chosen: [Value]
  /// By node, for those that are sums.
  public var sums: [Int: SumPlan]
  /// The arguments of the tables that functions of one value are looked up in, by node.
  public var tables: [Int: ClosedRange<Int>] = [:]
  /// Of how many arguments' binary digits less the rows of these are, by node, where not each argument
  /// has a row.
  public var steps: [Int: Int] = [:]

  subscript(_ id: ValueID) -> Value { values[id.index] }
}

/// How a sum becomes a sum of integers, and is rounded.
public struct SumPlan: Equatable, Sendable {
  public struct Term: Equatable, Sendable {
    /// What the product of the integers is multiplied by.
    public var coefficient: Int
    /// The fractional bits of the term's constant, whose values are multiplied by `factor` before;
    /// nil where it has none.
    public var constantBits: Int?
    public var factor: Double
    /// The greatest magnitude that the constant is declared with.
    public var constantMagnitude: Int
    /// What the constant's integers are held to, if they are.
    public var limits: ClosedRange<Int>?
  }

  /// Fractional bits of the exact sum.
  public var accumulatorBits: Int
  /// One for each of the form's terms.
  public var terms: [Term]
  /// No value of the exact sum is greater.
  public var magnitude: Int
  /// What the exact sum is divided by to become the result, where that is no power of two that the
  /// scales tell.
  public var divisor: Int?
}
