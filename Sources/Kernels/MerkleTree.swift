import CKernels
import FieldArithmetic
import Hashing

/// A binary tree of digests over 2^k leaves, all levels in one piece of memory.
public struct MerkleTree: Sendable {
  /// The number of leaves, a power of two.
  public let leafCount: Int
  private let nodes: Storage

  /// Hashes columns: leaf j is the keyed hash of the concatenation over m of the canonical integer
  /// of lanes[m][j] in eight bytes, least significant first; a node is the keyed hash of its two
  /// children.
  /// - Parameter lanes: vectors of equal lengths, a power of two.
  public init(lanes: [BaseVector], leafKey: Digest, nodeKey: Digest) {
    let count = lanes.first?.count ?? 1
    precondition(count > 0 && count & (count - 1) == 0, "the number of leaves is a power of two")
    precondition(lanes.allSatisfy { $0.count == count }, "lengths differ")
    leafCount = count
    nodes = Storage(byteCount: Digest.byteCount * (2 * count - 1))
    let bytes = nodes.base.assumingMemoryBound(to: UInt8.self)
    let pointers: [UnsafePointer<UInt64>?] = lanes.map { UnsafePointer($0.words) }
    withExtendedLifetime(lanes) {
      ck_hash_columns(leafKey.bytes, pointers, pointers.count, count, bytes)
    }
    ck_merkle_tree(nodeKey.bytes, bytes, count)
  }

  /// The root.
  public var root: Digest { digest(2 * leafCount - 2) }

  /// The number of levels above the leaves.
  public var depth: Int { leafCount.trailingZeroBitCount }

  /// Node `index` of a level; level 0 holds the leaves.
  public func node(level: Int, index: Int) -> Digest {
    precondition(level >= 0 && level <= depth, "no such level")
    precondition(index >= 0 && index < leafCount >> level, "no such node")
    return digest(2 * leafCount - 2 * (leafCount >> level) + index)
  }

  /// The siblings on the way from leaf `index` to the root, lowest first.
  public func path(to index: Int) -> [Digest] {
    (0..<depth).map { node(level: $0, index: (index >> $0) ^ 1) }
  }

  private func digest(_ index: Int) -> Digest {
    let words = (nodes.base + Digest.byteCount * index).assumingMemoryBound(to: UInt32.self)
    var digest = SIMD8<UInt32>()
    for i in 0..<8 { digest[i] = UInt32(littleEndian: words[i]) }
    return Digest(words: digest)
  }
}
