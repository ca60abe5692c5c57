/// The statement that every weight of a model lies in its declared range, which the proof of a key
/// shows (`Paper/` section 3.9). Proofs of inferences rely on it.
///
/// Its system has the model tensors of the model's own system, in the same order, so that one
/// commitment serves both, and for each of them a copy that is committed with the witness. A range
/// of at most 2^16 values is a single lookup of the copy. In a wider one both the distance from the
/// least value and that to the greatest are sums of limbs of 16 bits: each is not negative, so the
/// value is between the two, and this holds without any assumption about the model.
public struct WeightCertificate: Equatable, Sendable {
  /// The tensors that stand for one model tensor.
  public struct Part: Equatable, Sendable {
    /// The tensor's number in the model's own system.
    public var original: Int
    /// Its number in the certificate's system.
    public var model: Int
    public var copy: Int
    /// Limbs of copy − least value, the least significant first; none where one lookup does.
    public var above: [Int] = []
    /// Limbs of greatest value − copy, as many.
    public var below: [Int] = []
  }

  public private(set) var system = ConstraintSystem()
  public private(set) var parts: [Part] = []
  /// The number of the table for each number of rows.
  private var tables: [(rows: Int, table: Int)] = []

  /// The number of bits of a limb.
  public static let limbBits = 16

  /// - Throws: the limit of `validate` that the certificate exceeds; also where a range has more than
  ///   2^49 values, too many for a distance to be an element of the field. The system must be valid.
  public init(of original: ConstraintSystem) throws(ConstraintSystemError) {
    let numbers = original.tensors.indices.filter { original.tensors[$0].role == .model }
    system.tensors = numbers.map { original.tensors[$0] }
    for (model, number) in numbers.enumerated() {
      addPart(Part(original: number, model: model, copy: 0))
    }
    try system.validate(trustsModel: false)
  }

  public static func == (left: WeightCertificate, right: WeightCertificate) -> Bool {
    left.system == right.system && left.parts == right.parts
  }
}

extension ConstraintSystem {
  /// The system of `WeightCertificate`.
  public func weightCertificate() throws(ConstraintSystemError) -> ConstraintSystem {
    try WeightCertificate(of: self).system
  }
}

extension WeightCertificate {
  private mutating func addPart(_ empty: Part) {
    var part = empty
    let declaration = system.tensors[part.model]
    let (low, high) = (declaration.range.lowerBound, declaration.range.upperBound)
    part.copy = addWitness("copy", of: part.model, range: declaration.range)
    addEquality("copy", part.model, [(1, part.copy), (-1, part.model)], constant: 0)
    let span = high - low
    if span < Integer(LookupTable.maximalRows) {
      addLookup(part.model, part.copy, constant: -low, rows: Int(span) + 1)
    } else {
      part.above = addLimbs("above", part.model, span)
      addEquality(
        "above", part.model, [(1, part.copy)] + weighted(part.above), constant: -low)
      part.below = addLimbs("below", part.model, span)
      addEquality(
        "below", part.model, [(-1, part.copy)] + weighted(part.below), constant: high)
    }
    parts.append(part)
  }

  /// Minus the sum of the limbs, as terms.
  private func weighted(_ limbs: [Int]) -> [(Integer, Int)] {
    limbs.enumerated().map { place, limb in (-(1 << Integer(Self.limbBits * place)), limb) }
  }

  /// Limbs that add up to any number from 0 to `greatest`, and to less than twice as much.
  private mutating func addLimbs(_ name: String, _ model: Int, _ greatest: Integer) -> [Int] {
    var limbs: [Int] = []
    var rest = greatest
    while rest > 0 {
      let isTop = rest >> Integer(Self.limbBits) == 0
      let last = isTop ? rest : (1 << Integer(Self.limbBits)) - 1
      let limb = addWitness(name, of: model, range: 0...last)
      addLookup(model, limb, constant: 0, rows: Int(last) + 1)
      limbs.append(limb)
      rest >>= Integer(Self.limbBits)
    }
    return limbs
  }

  private mutating func addWitness(
    _ suffix: String, of model: Int, range: ClosedRange<Integer>
  ) -> Int {
    let original = system.tensors[model]
    system.tensors.append(
      TensorDeclaration(
        name: original.name + "." + suffix, shape: original.shape, role: .witness, range: range))
    return system.tensors.count - 1
  }

  /// Σ coefficient·tensor + constant = 0 at every position of the model tensor.
  private mutating func addEquality(
    _ suffix: String, _ model: Int, _ terms: [(Integer, Int)], constant: Integer
  ) {
    let sum = LinearExpression(
      constant: constant,
      terms: terms.map { .init(coefficient: $0.0, read: read($0.1)) })
    let indices = indices(of: model)
    system.equalities.append(
      Equality(
        name: system.tensors[model].name + "." + suffix, indices: indices,
        domainRank: indices.count, terms: [.init(coefficient: 1, factors: [sum])]))
  }

  /// tensor + constant is less than `rows`, and not negative.
  private mutating func addLookup(_ model: Int, _ tensor: Int, constant: Integer, rows: Int) {
    let column = LinearExpression(
      constant: constant, terms: [.init(coefficient: 1, read: read(tensor))])
    system.lookups.append(
      Lookup(
        name: system.tensors[tensor].name, indices: indices(of: model), columns: [column],
        table: table(rows: rows)))
  }

  private mutating func table(rows: Int) -> Int {
    for known in tables where known.rows == rows { return known.table }
    system.tables.append(LookupTable(name: "range", first: 0, rows: rows))
    tables.append((rows, system.tables.count - 1))
    return system.tables.count - 1
  }

  private func read(_ tensor: Int) -> TensorRead {
    TensorRead(
      tensor: tensor,
      positions: system.tensors[tensor].shape.indices.map { AffineIndex(index: $0) })
  }

  private func indices(of tensor: Int) -> [StatementIndex] {
    system.tensors[tensor].shape.map { StatementIndex(name: "i", size: $0) }
  }
}
