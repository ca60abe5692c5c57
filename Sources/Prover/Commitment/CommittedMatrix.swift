import Commitment
import FieldArithmetic
import Hashing
import Kernels

/// A committed codeword of interleaved lanes, from which positions can be opened.
public protocol CommittedMatrix: Sendable {
  var root: Digest { get }
  /// The elements of F at a position, as they are hashed and sent.
  func leaf(_ position: Int) -> [Fp]
  /// Node `index` of a level of the Merkle tree; level 0 holds the leaves.
  func node(level: Int, index: Int) -> Digest
}

/// A committed matrix over F in memory.
public struct MatrixCommitment: CommittedMatrix {
  /// The logarithm of the codeword's length.
  public let domainLog: Int
  /// The codeword's lanes, each with the code's positions in order.
  let lanes: [BaseVector]
  let tree: MerkleTree

  public var root: Digest { tree.root }

  /// Encodes and hashes a matrix.
  /// - Parameters:
  ///   - messages: one lane's coefficients after the other, all of the same length.
  ///   - count: the number of lanes.
  ///   - domainLog: the logarithm of the code's length, from the parameters.
  public init(messages: BaseVector, lanes count: Int, domainLog: Int) {
    self.init(parts: [messages], lanesOfEach: count, domainLog: domainLog)
  }

  /// Encodes and hashes a matrix over E, whose lanes' first coordinates come first.
  init(messages: ExtensionVector, lanes count: Int, domainLog: Int) {
    self.init(parts: (0..<3).map(messages.plane), lanesOfEach: count, domainLog: domainLog)
  }

  private init(parts: [BaseVector], lanesOfEach count: Int, domainLog: Int) {
    self.init(lanes: parts.count * count, domainLog: domainLog) { codeword in
      let length = codeword.count / parts.count
      for (k, part) in parts.enumerated() {
        let range = k * length..<(k + 1) * length
        Transform.evaluate(part, lanes: count, into: codeword[range], log: domainLog)
      }
    }
  }

  /// Encodes and hashes lanes that end in random tails.
  /// - Parameters:
  ///   - cells: the lanes' data, one after the other, `shape.rows` each.
  ///   - tails: the lanes' tails, one after the other, `shape.tail` each.
  ///   - domainLog: the logarithm of the code's length, from the parameters.
  public init(cells: BaseVector, tails: BaseVector, shape: GroupShape, domainLog: Int) {
    precondition(cells.count == shape.rows * shape.lanes, "the cells have another shape")
    self.init(tails: tails, shape: shape, domainLog: domainLog) { lane, data in
      data.assign(cells[lane * shape.rows..<(lane + 1) * shape.rows])
    }
  }

  /// Encodes and hashes lanes that end in random tails.
  /// - Parameters:
  ///   - tails: the lanes' tails, one after the other, `shape.tail` each.
  ///   - domainLog: the logarithm of the code's length, from the parameters.
  ///   - write: writes the data of a lane, `shape.rows` elements.
  init(
    tails: BaseVector, shape: GroupShape, domainLog: Int, write: (Int, BaseVector) -> Void
  ) {
    self.init(lanes: shape.lanes, domainLog: domainLog) {
      Self.encode(tails, shape, into: $0, log: domainLog, write: write)
    }
  }

  /// Encodes and hashes a witness with the masks of its opening.
  /// - Parameters:
  ///   - cells: the lanes' data, one after the other, each of the shape's rows.
  ///   - parameters: those for which the masks were drawn.
  public init(cells: BaseVector, masks: OpeningMasks, parameters: OpeningParameters) {
    guard let group = parameters.witness else { preconditionFailure("there is no witness") }
    let (shape, log, width) = (group.shape, group.domainLog, parameters.witnessWidth)
    precondition(cells.count == shape.rows * shape.lanes, "the cells have another shape")
    self.init(lanes: width, domainLog: log, omitting: Self.omittedLevels) { codeword in
      let stride = codeword.count / width
      var end = stride * shape.lanes
      Self.encode(masks.tails, shape, into: codeword[0..<end], log: log) { lane, data in
        data.assign(cells[lane * shape.rows..<(lane + 1) * shape.rows])
      }
      let rounds = BaseVector(zeros: shape.messageLength)
      rounds[shape.rows..<shape.messageLength].assign(masks.rounds)
      Transform.evaluate(rounds, lanes: 1, into: codeword[end..<end + stride], log: log)
      rounds.wipe()
      end += stride
      func append(_ mask: ExtensionVector, domainLog: Int) {
        let range = end..<end + Fp3.degree * stride
        Self.encode(mask, domainLog: domainLog, into: codeword[range], log: log)
        end = range.upperBound
      }
      append(masks.lane, domainLog: log)
      for (group, mask) in zip(parameters.committed, masks.committed) {
        if let mask { append(mask, domainLog: group.domainLog) }
      }
    }
  }

  /// Writes the codewords of a mask's coordinates, repeated up to the length of the code.
  private static func encode(
    _ mask: ExtensionVector, domainLog: Int, into codeword: BaseVector, log: Int
  ) {
    let message = BaseVector(zeros: Fp3.degree * mask.count)
    defer { message.wipe() }
    for k in 0..<Fp3.degree {
      message[k * mask.count..<(k + 1) * mask.count].assign(mask.plane(k))
    }
    Transform.evaluate(message, lanes: Fp3.degree, into: codeword, log: domainLog)
    let stride = codeword.count / Fp3.degree
    for k in 0..<Fp3.degree {
      let first = codeword[k * stride..<k * stride + 1 << domainLog]
      for i in 1..<max(1, 1 << (log - domainLog)) {
        let start = k * stride + i << domainLog
        codeword[start..<start + 1 << domainLog].assign(first)
      }
    }
  }

  /// - Parameters:
  ///   - levels: how many of the tree's lowest levels are hashed again where they are opened.
  ///   - encode: writes the codewords of the lanes, one after the other, each at an equal part of the
  ///     vector.
  private init(
    lanes count: Int, domainLog: Int, omitting levels: Int = 0, encode: (BaseVector) -> Void
  ) {
    let stride = Transform.laneStride(log: domainLog)
    let codeword = BaseVector(zeros: count * stride)
    encode(codeword)
    let lanes = (0..<count).map { codeword[$0 * stride..<$0 * stride + 1 << domainLog] }
    self.domainLog = domainLog
    self.lanes = lanes
    tree = MerkleTree(
      lanes: lanes, leafKey: MerkleHash.leafKey, nodeKey: MerkleHash.nodeKey, omitting: levels)
  }

  // A witness is opened once, at few positions: keeping an eighth of its tree's nodes costs some
  // thousands of hashes and saves most of the memory, of which narrow leaves need much.
  private static let omittedLevels = 3

  // Lanes whose data and tails are put together at once.
  private static let blockLength = 32

  private static func encode(
    _ tails: BaseVector, _ shape: GroupShape, into codeword: BaseVector, log: Int,
    write: (Int, BaseVector) -> Void
  ) {
    precondition(tails.count == shape.tail * shape.lanes, "the tails have another shape")
    let (length, stride) = (shape.messageLength, codeword.count / shape.lanes)
    let messages = BaseVector(zeros: min(blockLength, shape.lanes) * length)
    defer { messages.wipe() }
    for first in Swift.stride(from: 0, to: shape.lanes, by: blockLength) {
      let count = min(blockLength, shape.lanes - first)
      for i in 0..<count {
        let (start, lane) = (i * length, first + i)
        write(lane, messages[start..<start + shape.rows])
        messages[start + shape.rows..<start + length]
          .assign(tails[lane * shape.tail..<(lane + 1) * shape.tail])
      }
      let range = first * stride..<(first + count) * stride
      Transform.evaluate(
        messages[0..<count * length], lanes: count, into: codeword[range], log: log)
    }
  }

  /// Overwrites the codewords, of which the masks could be computed. Nothing can be opened then.
  public func wipe() {
    for lane in lanes.prefix(1) { lane.wipe() }
  }

  public func leaf(_ position: Int) -> [Fp] { lanes.map { $0[position] } }

  public func node(level: Int, index: Int) -> Digest { tree.node(level: level, index: index) }
}

extension Multiproof {
  /// The leaves at the proof's positions, one after the other.
  func leaves(of matrix: any CommittedMatrix) -> [Fp] { positions.flatMap(matrix.leaf) }

  /// The digests that the proof needs.
  func siblings(of matrix: any CommittedMatrix) -> [Digest] {
    siblings.map { matrix.node(level: $0.level, index: $0.index) }
  }
}
