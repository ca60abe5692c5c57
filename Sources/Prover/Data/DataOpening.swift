import Argument
import CKernels
import Commitment
import ConstraintSystem
import FieldArithmetic
import Hashing
import Kernels
import Transcript
import Verifier
import Witness

/// What opens a commitment to data: the integers and the secret that hides them
/// (`Paper/` section 15.3).
///
/// It serves as many proofs as the commitment says; they are counted in its file
/// (`StoredDataOpening`).
public struct DataOpening: Sendable {
  /// The integers in row-major order.
  public let values: IntegerBuffer
  /// What the owner publishes.
  public let commitment: DataCommitment
  /// What the random tails are made from.
  let seed: Digest
  let matrix: MatrixCommitment
  /// The lanes' data, one after the other, and their tails.
  let cells: BaseVector
  let tails: BaseVector

  /// Commits to integers.
  /// - Parameters:
  ///   - values: at least one, each of a magnitude of at most 2^48.
  ///   - openings: how many proofs there may be, at least 1.
  ///   - fractionalBits: a value v stands for v·2^−fractionalBits.
  /// - Throws: `DataOpeningError`, or the error of the source.
  public init(
    values: IntegerBuffer, openings: Int, fractionalBits: Int, entropy: inout some EntropySource
  ) throws {
    let shape = try DataOpening.shape(count: values.count, openings: openings)
    guard DataCommitment.isScale(fractionalBits) else {
      throw DataOpeningError.scale(fractionalBits)
    }
    // A machine that is restored to an earlier state may see the same random bytes again: other
    // values then still get another seed, and not the same tails.
    let seed = DataOpening.hedged(try entropy.seed(), shape, fractionalBits, values)
    try self.init(values: values, shape: shape, fractionalBits: fractionalBits, seed: seed)
  }

  /// Commits with a given seed.
  init(values: IntegerBuffer, shape: DataShape, fractionalBits: Int, seed: Digest) throws {
    precondition(values.count == shape.count, "the values have another shape")
    for position in 0..<values.count where values[position].magnitude > Self.greatestMagnitude {
      throw DataOpeningError.value(position: position, values[position])
    }
    let group = shape.group
    var stream = MaskStream(seed: seed)
    let cells = DataOpening.cells(values, group)
    let tails = stream.base(group.lanes * group.tail)
    self.init(
      values: values, shape: shape, fractionalBits: fractionalBits, seed: seed, cells: cells,
      tails: tails,
      matrix: MatrixCommitment(
        cells: cells, tails: tails, shape: group, domainLog: shape.domainLog))
  }

  /// For cells and a matrix that need not be those of the values.
  init(
    values: IntegerBuffer, shape: DataShape, fractionalBits: Int, seed: Digest, cells: BaseVector,
    tails: BaseVector, matrix: MatrixCommitment
  ) {
    self.values = values
    self.seed = seed
    self.cells = cells
    self.tails = tails
    self.matrix = matrix
    commitment = DataCommitment(
      shape: shape, fractionalBits: fractionalBits, root: matrix.root)
  }

  /// The greatest magnitude of a value, that of a constraint system's tensors.
  private static let greatestMagnitude: UInt = 1 << 48

  static func shape(count: Int, openings: Int) throws(DataOpeningError) -> DataShape {
    do {
      return try DataShape(count: count, openings: openings)
    } catch {
      throw .size(count: count, openings: openings)
    }
  }

  /// The lanes, one after the other, among which neighbours are dealt out.
  private static func cells(_ values: IntegerBuffer, _ group: GroupShape) -> BaseVector {
    let integers = [Int64](unsafeUninitializedCapacity: group.rows * group.lanes) {
      cells, initialized in
      cells.initialize(repeating: 0)
      values.withInt64 {
        for (i, value) in $0.enumerated() {
          cells[i % group.lanes * group.rows + i / group.lanes] = value
        }
      }
      initialized = cells.count
    }
    let cells = BaseVector(zeros: integers.count)
    integers.withUnsafeBufferPointer {
      ck_from_int(CK_I64, $0.baseAddress, cells.words, integers.count)
    }
    return cells
  }

  /// A digest of fresh entropy and all that the seed is for.
  private static func hedged(
    _ fresh: Digest, _ shape: DataShape, _ fractionalBits: Int, _ values: IntegerBuffer
  ) -> Digest {
    let integers = values.withInt64 { $0.map { UInt64(bitPattern: $0) } }
    var message: [UInt8] = Array("Assay v1 tails of data".utf8)
    for number in [shape.count, shape.openings, fractionalBits] {
      message.append(contentsOf: littleEndian(UInt64(bitPattern: Int64(number))))
    }
    var hasher = Blake3Hasher(key: fresh)
    hasher.update(message)
    for integer in integers { hasher.update(littleEndian: integer) }
    return hasher.digest()
  }

  /// The lanes with their tails, folded under the weights that belong to a point.
  func folded(_ point: DataPoint) -> ExtensionVector {
    let group = commitment.shape.group
    let weights = ExtensionVector(point.laneWeights(group))
    let result = ExtensionVector(zeros: group.messageLength)
    let parts = [(cells, 0..<group.rows), (tails, group.rows..<group.messageLength)]
    for (part, range) in parts {
      Contraction(length: group.lanes, inner: range.count)(weights, part, into: result[range])
    }
    return result
  }

  /// The form's coefficients for the folded lane's rows: scale·ρ^(lanes·row).
  func weights(_ point: DataPoint, scale: Fp3) -> ExtensionVector {
    let group = commitment.shape.group
    let powers = ExtensionVector(zeros: group.rows)
    let ratio = point.rowRatio(group)
    var power = scale
    for row in 0..<group.rows {
      powers[row] = power
      power *= ratio
    }
    return powers
  }

  /// Overwrites the secrets. Nothing can be opened then.
  public func wipe() {
    tails.wipe()
    cells.wipe()
    matrix.wipe()
  }
}

/// Why data can not be committed to, or a commitment not be opened.
public enum DataOpeningError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There are no integers or no openings, or too many of them.
  case size(count: Int, openings: Int)
  case value(position: Int, Int)
  case scale(Int)
  /// The tensor is public, or not one of the network's inputs and outputs.
  case notPrivate(String)
  /// The commitment holds another number of integers than the tensor.
  case otherCount(String, expected: Int, found: Int)
  /// The commitment's fractional bits are others than the tensor's.
  case otherScale(String, expected: Int, found: Int)
  /// The commitment holds another value than the tensor.
  case otherValue(String, position: Int)
  /// More commitments than a proof opens.
  case tooMany(Int)
  /// A proof that hides nothing would show what the commitment hides.
  case plainProof

  public var description: String {
    switch self {
    case .size(let count, let openings):
      "no commitment holds \(count) integers for \(openings) proofs: at most"
        + " \(DataShape.maximalCount) integers and \(DataShape.maximalOpenings) proofs"
    case .value(let position, let value):
      "value \(value) at position \(position) is too large to be committed to"
    case .scale(let bits): "a scale of 2^−(\(bits)) is out of range"
    case .notPrivate(let name):
      "\(name) is no private input or output: commitments are to these only"
    case .otherCount(let name, let expected, let found):
      "the commitment holds \(found) values, and \(name) has \(expected)"
    case .otherScale(let name, let expected, let found):
      "the commitment's values have \(found) fractional bits, and those of \(name) \(expected):"
        + " commit with the same circuit's scale"
    case .otherValue(let name, let position):
      "the commitment holds another value than \(name) at position \(position)"
    case .tooMany(let count):
      "\(count) commitments are more than the \(DataBinding.maximalCount) that a proof opens"
    case .plainProof:
      "a proof that hides nothing would show what the commitment hides: use a key whose proofs hide"
    }
  }
}
