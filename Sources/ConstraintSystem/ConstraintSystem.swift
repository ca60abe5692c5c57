/// What must hold between the tensors of a model's inference: the statement that is proven
/// (`Paper/` section 3).
///
/// Every value is an integer. A satisfying assignment gives each tensor integers in its declared
/// range such that every equality holds over the integers and every lookup finds its row. The
/// prover and the verifier know these kinds of statement and no layer of any network.
public struct ConstraintSystem: Equatable, Sendable {
  public var tensors: [TensorDeclaration]
  public var tables: [LookupTable]
  /// Numbered behind `tables`.
  public var rowTables: [RowTable]
  public var equalities: [Equality]
  public var lookups: [Lookup]

  public init(
    tensors: [TensorDeclaration] = [], tables: [LookupTable] = [], rowTables: [RowTable] = [],
    equalities: [Equality] = [], lookups: [Lookup] = []
  ) {
    self.tensors = tensors
    self.tables = tables
    self.rowTables = rowTables
    self.equalities = equalities
    self.lookups = lookups
  }
}

/// Who supplies a tensor, and who sees it.
public enum TensorRole: UInt8, Equatable, Sendable {
  /// Seen by the verifier, who checks each value against the declared range.
  case publicInput = 0
  /// Seen by the verifier, who checks each value against the declared range.
  case publicOutput = 1
  /// Committed once, at set-up: weights and biases.
  case model = 2
  /// Committed afresh for each proof: activations, remainders, hints.
  case witness = 3
  /// Committed with the witness and never shown, but known by its name: an input of the network.
  case privateInput = 4
  /// Committed with the witness and never shown, but known by its name: an output of the network.
  case privateOutput = 5

  /// Whether the verifier sees the values.
  @inlinable public var isPublic: Bool { self == .publicInput || self == .publicOutput }

  /// Whether the values are committed afresh for each proof.
  @inlinable public var isWitness: Bool {
    self == .witness || self == .privateInput || self == .privateOutput
  }

  /// Whether this is an input of the network.
  @inlinable public var isInput: Bool { self == .publicInput || self == .privateInput }

  /// Whether this is an output of the network.
  @inlinable public var isOutput: Bool { self == .publicOutput || self == .privateOutput }
}

/// A named array of integers.
public struct TensorDeclaration: Equatable, Sendable {
  public var name: String
  /// Sizes of the axes, each at least 1, row-major; empty for a single number.
  public var shape: [Int]
  public var role: TensorRole
  /// The least and the greatest value. For what is committed with the witness it is what the lookups
  /// are to enforce and the evaluator checks; the prover is bound by the lookups alone.
  public var range: ClosedRange<Integer>
  /// A value v stands for the real number v·2^−fractionalBits; with `SingleOrder.scale` for the number
  /// of single precision at that place.
  public var fractionalBits: Int

  public init(
    name: String, shape: [Int], role: TensorRole, range: ClosedRange<Integer>,
    fractionalBits: Int = 0
  ) {
    self.name = name
    self.shape = shape
    self.role = role
    self.range = range
    self.fractionalBits = fractionalBits
  }

  /// The number of values.
  public var count: Int { shape.reduce(1, *) }
}

/// constant + Σ coefficient·index, an affine function of a statement's indices.
public struct AffineIndex: Equatable, Hashable, Sendable {
  public struct Term: Equatable, Hashable, Sendable {
    /// Position in the statement's list of indices.
    public var index: Int
    /// Not zero.
    public var coefficient: Int

    public init(index: Int, coefficient: Int) {
      self.index = index
      self.coefficient = coefficient
    }
  }

  public var constant: Int
  /// By ascending index, each index once.
  public var terms: [Term]

  public init(constant: Int = 0, terms: [Term] = []) {
    self.constant = constant
    self.terms = terms
  }

  /// The index itself.
  public init(index: Int) { self.init(terms: [Term(index: index, coefficient: 1)]) }

  /// The terms by ascending magnitude of the coefficients, those of one magnitude by index.
  public var termsByMagnitude: [Term] {
    terms.sorted {
      ($0.coefficient.magnitude, $0.index) < ($1.coefficient.magnitude, $1.index)
    }
  }

  /// The value at the given indices.
  public func value(at indices: [Int]) -> Int {
    terms.reduce(constant) { $0 + $1.coefficient * indices[$1.index] }
  }
}

/// One element of a tensor, at a position that is affine in the statement's indices.
///
/// A position outside of the tensor reads zero: that is how padding and concatenation are said. No
/// index may occur in two positions of one read, so that a read is a tensor product of vectors.
public struct TensorRead: Equatable, Hashable, Sendable {
  public var tensor: Int
  /// One for each axis of the tensor.
  public var positions: [AffineIndex]

  public init(tensor: Int, positions: [AffineIndex]) {
    self.tensor = tensor
    self.positions = positions
  }
}

/// constant + Σ coefficient·read.
public struct LinearExpression: Equatable, Sendable {
  public struct Term: Equatable, Sendable {
    public var coefficient: Integer
    public var read: TensorRead

    public init(coefficient: Integer, read: TensorRead) {
      self.coefficient = coefficient
      self.read = read
    }
  }

  public var constant: Integer
  public var terms: [Term]

  public init(constant: Integer = 0, terms: [Term] = []) {
    self.constant = constant
    self.terms = terms
  }

  public init(_ read: TensorRead) { self.init(terms: [Term(coefficient: 1, read: read)]) }
}

/// An index and the number of values that it runs through, from 0.
public struct StatementIndex: Equatable, Sendable {
  public var name: String
  /// At least 1.
  public var size: Int

  public init(name: String, size: Int) {
    self.name = name
    self.size = size
  }
}

/// Σ over terms of coefficient · Σ over the term's summed indices of a product of one or two linear
/// expressions, which is zero at every value of the domain's indices.
public struct Equality: Equatable, Sendable {
  public struct Term: Equatable, Sendable {
    public var coefficient: Integer
    /// Indices, at or after `domainRank`, over which this term is summed. A term reads no other
    /// index from `domainRank` on.
    public var summed: [Int]
    /// One or two. A model tensor occurs in one factor at the most, alone in it, its first position
    /// being a domain index by itself that the other factor does not read; see
    /// `ConstraintSystem.validate`.
    public var factors: [LinearExpression]

    public init(coefficient: Integer, summed: [Int] = [], factors: [LinearExpression]) {
      self.coefficient = coefficient
      self.summed = summed
      self.factors = factors
    }
  }

  /// Where it comes from, for people: the layer and the assertion.
  public var name: String
  /// The domain's indices first, then the summed ones.
  public var indices: [StatementIndex]
  /// How many of the indices span the domain.
  public var domainRank: Int
  public var terms: [Term]

  public init(name: String, indices: [StatementIndex], domainRank: Int, terms: [Term]) {
    self.name = name
    self.indices = indices
    self.domainRank = domainRank
    self.terms = terms
  }
}

/// At every value of the indices, the tuple of the columns' values is a row of the table.
public struct Lookup: Equatable, Sendable {
  public var name: String
  /// Of the tuples; behind them, in a table of rows, those of its columns.
  public var indices: [StatementIndex]
  /// As many as the table has columns; in a table of rows see `RowTable`. They read no model tensor.
  public var columns: [LinearExpression]
  /// A table of rows where it is not less than the number of the public ones.
  public var table: Int

  public init(name: String, indices: [StatementIndex], columns: [LinearExpression], table: Int) {
    self.name = name
    self.indices = indices
    self.columns = columns
    self.table = table
  }
}
