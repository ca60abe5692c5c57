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
    // Lanes an odd number of cache lines apart do not compete for the same cache sets when one
    // position of all of them is hashed.
    let stride = 1 << domainLog + 8
    let codeword = BaseVector(zeros: parts.count * count * stride)
    for (k, part) in parts.enumerated() {
      let range = k * count * stride..<(k + 1) * count * stride
      Transform.evaluate(part, lanes: count, into: codeword[range], log: domainLog)
    }
    let lanes = (0..<parts.count * count).map {
      codeword[$0 * stride..<$0 * stride + 1 << domainLog]
    }
    self.domainLog = domainLog
    self.lanes = lanes
    tree = MerkleTree(lanes: lanes, leafKey: MerkleHash.leafKey, nodeKey: MerkleHash.nodeKey)
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
