import ConstraintSystem
import Equations
import TensorGraph

/// A network in the dozen forms that have an integer realisation (`Paper/` section 17).
///
/// Forms know no operator. Values are numbered as `EquationGraph`'s are: an input, a constant, or what
/// exactly one node defines, operands before their use.
public struct FormGraph: Sendable {
  public struct Value: Hashable, Sendable {
    /// For people; unique in the graph.
    public var name: String
    public var shape: [Int]
    public var kind: ElementKind
    /// Whether it is committed, rounded to its scale. What is not is a sum that its readers take as it
    /// is, exactly; which it is follows from the graph's structure alone.
    public var isCommitted = true
    /// The value of the equation graph that this is; nil for what was made on the way.
    public var source: ValueID?
    /// Whether it is the state of a loop.
    public var isState = false
    /// What an input's type holds, where it is one of integers of up to 32 bits, or what a node's or a
    /// step's integers are known to be.
    public var bounds: ClosedRange<Int>?
    /// Whether it is an input that holds places in the order of single precision instead of numbers.
    public var isOrdered = false

    public init(name: String, shape: [Int], kind: ElementKind, source: ValueID? = nil) {
      self.name = name
      self.shape = shape
      self.kind = kind
      self.source = source
    }

    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }
  }

  public struct Node: Hashable, Sendable {
    /// Position in `layers`.
    public var layer: Int
    public var form: Form
    /// What the form reads, by the numbers that it uses.
    public var operands: [ValueID]
    public var output: ValueID

    public init(layer: Int, form: Form, operands: [ValueID], output: ValueID) {
      self.layer = layer
      self.form = form
      self.operands = operands
      self.output = output
    }
  }

  public var values: [Value] = []
  public var constants: [ValueID: Tensor] = [:]
  public var layers: [EquationGraph.Layer] = []
  public var nodes: [Node] = []
  public var inputs: [ValueID] = []
  public var outputs: [EquationGraph.Output] = []
  /// What is handed on from step to step; none depends on a later one.
  public var loops: [EquationGraph.Loop] = []

  /// The values that are needed whatever nodes read them: outputs, and what loops go on with.
  public var kept: [ValueID] { outputs.map(\.value) + loops.flatMap(\.kept) }

  public init() {}

  public subscript(_ id: ValueID) -> Value { values[id.index] }
}

/// What a node computes. The first indices of each are its result's axes, in order.
public enum Form: Hashable, Sendable {
  case view(ViewStep)
  case sum(SumForm)
  /// A function of one value, element by element: a table.
  case apply(ApplyForm)
  /// a / b, element by element.
  case quotient(numerator: FormRead, denominator: FormRead)
  /// A quotient as an integer, or what it leaves, element by element.
  case division(DivisionForm)
  /// A function whose results are few integers, element by element.
  case step(StepForm)
  /// √a, or 1/√a, of an a that is wider than a table's argument.
  case root(FormRead, isInverse: Bool)
  case extreme(ExtremeForm)
  /// 1 where a < b, otherwise 0.
  case less(FormRead, FormRead)
  /// 1 where a = b, otherwise 0.
  case equal(FormRead, FormRead)
  case place(PlaceForm)
  /// An element at a place that is a value.
  case pick(PickForm)
}

/// An element of a form's operand, at positions that are affine in the node's indices; outside of the
/// operand it is zero.
public struct FormRead: Hashable, Sendable {
  /// Position in the node's operands.
  public var operand: Int
  public var positions: [AffineIndex]

  public init(operand: Int, positions: [AffineIndex]) {
    self.operand = operand
    self.positions = positions
  }
}

/// Σ over terms of coefficient · Σ over the term's summed indices of the product of its reads.
public struct SumForm: Hashable, Sendable {
  public struct Term: Hashable, Sendable {
    public var coefficient: Double
    /// Indices, at or after `domainRank`, over which this term is summed; it reads no other from there
    /// on.
    public var summed: [Int]
    /// None (a constant), one or two. Of two at most one is a constant's. One that is not committed
    /// is linear in what is.
    public var factors: [FormRead]

    public init(coefficient: Double, summed: [Int] = [], factors: [FormRead]) {
      self.coefficient = coefficient
      self.summed = summed
      self.factors = factors
    }
  }

  /// The domain's indices first, then the summed ones.
  public var indices: [Equation.Index]
  public var domainRank: Int
  public var terms: [Term]
  /// Whether it is one element that is rounded to a scale of its own, and not moved.
  public var isRounding = false

  public init(indices: [Equation.Index], domainRank: Int, terms: [Term]) {
    self.indices = indices
    self.domainRank = domainRank
    self.terms = terms
  }
}

/// A function of one value.
public struct ApplyForm: Hashable, Sendable {
  public var argument: FormRead
  /// What it gives; `.read` with operand 0 and no positions stands for the argument, and there is no
  /// index and no reduction in it.
  public var function: RealExpression
  /// Whether it gives reals of integers, which have no scale to keep.
  public var changesKind: Bool

  public init(argument: FormRead, function: RealExpression, changesKind: Bool = false) {
    self.argument = argument
    self.function = function
    self.changesKind = changesKind
  }
}

/// A quotient rounded to an integer, exactly as the committed operands have it, or its remainder.
public struct DivisionForm: Hashable, Sendable {
  public enum Result: String, Hashable, Sendable {
    case floor, ceiling
    /// The quotient cut off towards zero.
    case truncated
    /// What is left of an integer by a positive number that is at least `least`.
    case remainder
  }

  public var argument: FormRead
  /// What the argument is divided by; nil where that is one.
  public var divisor: FormRead?
  public var result: Result
  /// The least remainder.
  public var least: Int

  public init(argument: FormRead, divisor: FormRead?, result: Result, least: Int = 0) {
    self.argument = argument
    self.divisor = divisor
    self.result = result
    self.least = least
  }

  var reads: [FormRead] { [argument] + (divisor.map { [$0] } ?? []) }
}

/// The greatest or the least of all candidates, at all values of the indices behind the domain's.
public struct ExtremeForm: Hashable, Sendable {
  public var isMaximum: Bool
  public var indices: [Equation.Index]
  public var domainRank: Int
  /// At least one. Reads outside of an operand are left out.
  public var candidates: [FormRead]

  public init(
    isMaximum: Bool, indices: [Equation.Index], domainRank: Int, candidates: [FormRead]
  ) {
    self.isMaximum = isMaximum
    self.indices = indices
    self.domainRank = domainRank
    self.candidates = candidates
  }
}

/// Where along the last index the greatest or the least element is, or those that follow it.
public struct PlaceForm: Hashable, Sendable {
  public var isMaximum: Bool
  /// Of equal ones the last, instead of the first.
  public var isLast: Bool
  /// The index that says how many elements come before; nil where none does. The candidate does not read
  /// it, and it has no more values than there are candidates.
  public var rank: Int?
  /// The domain's indices, and one more.
  public var indices: [Equation.Index]
  public var candidate: FormRead

  public init(
    isMaximum: Bool, isLast: Bool, rank: Int? = nil, indices: [Equation.Index],
    candidate: FormRead
  ) {
    self.isMaximum = isMaximum
    self.isLast = isLast
    self.rank = rank
    self.indices = indices
    self.candidate = candidate
  }
}

/// The element of a value at a place along the last index that is a value itself.
public struct PickForm: Hashable, Sendable {
  /// The domain's indices, and one more.
  public var indices: [Equation.Index]
  /// Reads the last index, and no element outside of its value.
  public var source: FormRead
  /// An integer, of which the domain's indices tell which.
  public var place: FormRead

  public init(indices: [Equation.Index], source: FormRead, place: FormRead) {
    self.indices = indices
    self.source = source
    self.place = place
  }
}
