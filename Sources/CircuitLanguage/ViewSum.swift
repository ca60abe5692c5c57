import ConstraintSystem

/// A definition in index notation over views: at every value of the domain's indices, the sum of the
/// terms (`Paper/` section 11.6).
public struct ViewSum: Equatable, Sendable {
  /// coefficient · Σ over the summed indices of the product of the factors.
  public struct Term: Hashable, Sendable {
    /// Between −2^48 and 2^48.
    public var coefficient: Int
    /// Indices, at or after `domainRank` and ascending, over which this term is summed. It reads no
    /// other index from `domainRank` on.
    public var summed: [Int]
    /// None (a constant), one or two.
    public var factors: [ViewRead]

    public init(coefficient: Int, summed: [Int] = [], factors: [ViewRead]) {
      self.coefficient = coefficient
      self.summed = summed
      self.factors = factors
    }
  }

  /// The domain's indices first, which are the axes of what is defined, then the summed ones. Terms
  /// may share these.
  public var indices: [StatementIndex]
  /// How many of the indices span the domain.
  public var domainRank: Int
  public var terms: [Term]

  public init(indices: [StatementIndex], domainRank: Int, terms: [Term]) {
    self.indices = indices
    self.domainRank = domainRank
    self.terms = terms
  }
}

/// An element of an operand, at positions that are affine in the indices of a sum. A position outside
/// of the operand reads zero; no index may occur in two positions.
public struct ViewRead: Hashable, Sendable {
  /// Position in the list of operands.
  public var operand: Int
  /// One for each axis of the operand.
  public var positions: [AffineIndex]

  public init(operand: Int, positions: [AffineIndex]) {
    self.operand = operand
    self.positions = positions
  }
}

extension ViewSum {
  /// One element of one operand.
  init(reading positions: [AffineIndex], sizes: [Int]) {
    let read = ViewRead(operand: 0, positions: positions)
    self.init(
      indices: sizes.enumerated().map { StatementIndex(name: "i\($0.offset)", size: $0.element) },
      domainRank: sizes.count, terms: [Term(coefficient: 1, factors: [read])])
  }

  /// How many terms, reads and positions there are, about.
  var partCount: Int {
    terms.reduce(1 + indices.count) { sum, term in
      term.factors.reduce(sum + 1 + term.summed.count) { sum, read in
        read.positions.reduce(sum + 1) { $0 + 1 + $1.terms.count }
      }
    }
  }

  /// Checks everything that does not hang on the operands' values.
  /// - Parameter shapes: of the operands.
  func check(_ shapes: [[Int]]) throws(CircuitLanguageError) {
    guard (0...indices.count).contains(domainRank) else {
      throw CircuitLanguageError("the domain has more indices than the sum")
    }
    for term in terms {
      guard term.coefficient.magnitude <= ConstraintSystemLimits.value.magnitude else {
        throw CircuitLanguageError("the coefficient \(term.coefficient) exceeds 2^48")
      }
      guard term.factors.count <= 2 else {
        throw CircuitLanguageError(
          "a term has \(term.factors.count) factors; at most 2 are allowed")
      }
      for place in term.summed.indices {
        guard (domainRank..<indices.count).contains(term.summed[place]),
          place == 0 || term.summed[place - 1] < term.summed[place]
        else { throw CircuitLanguageError("a term's summed indices are not ascending") }
      }
      for read in term.factors { try check(read, term, shapes) }
    }
  }

  private func check(
    _ read: ViewRead, _ term: Term, _ shapes: [[Int]]
  ) throws(CircuitLanguageError) {
    guard shapes.indices.contains(read.operand) else {
      throw CircuitLanguageError("there is no operand \(read.operand)")
    }
    guard read.positions.count == shapes[read.operand].count else {
      throw CircuitLanguageError(
        "operand \(read.operand) has \(shapes[read.operand].count) axes and is read at "
          + "\(read.positions.count) positions")
    }
    var seen: Set<Int> = []
    for position in read.positions {
      _ = try position.moderate()
      for part in position.terms {
        let isKnown = (0..<domainRank).contains(part.index) || term.summed.contains(part.index)
        guard isKnown, part.coefficient != 0 else {
          throw CircuitLanguageError(
            "a position uses index \(part.index), which is not bound there")
        }
        guard seen.insert(part.index).inserted else {
          throw CircuitLanguageError(
            "index '\(indices[part.index].name)' occurs in two positions of one read")
        }
      }
    }
  }
}

extension ViewSum: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    writer.write(indices)
    writer.write(domainRank)
    writer.write(terms)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    self.init(
      indices: try reader.list(), domainRank: try reader.integer(), terms: try reader.list())
  }
}

extension ViewSum.Term: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    writer.write(coefficient)
    writer.write(summed)
    writer.write(factors)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    self.init(
      coefficient: try reader.integer(), summed: try reader.integers(),
      factors: try reader.list())
  }
}

extension ViewRead: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    writer.write(operand)
    writer.write(positions)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    self.init(operand: try reader.integer(), positions: try reader.list())
  }
}
