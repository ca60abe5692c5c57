import CKernels
import FieldArithmetic
import Hashing

/// A binary tree of digests over 2^k leaves, in one piece of memory. The lowest levels, which are most
/// of it, may be left out: their nodes are hashed again where they are asked for.
public struct MerkleTree: Sendable {
  /// The number of leaves, a power of two.
  public let leafCount: Int
  /// The number of levels that are not kept.
  private let omitted: Int
  private let nodes: Storage
  private let leafKey: Digest
  private let nodeKey: Digest
  // What the leaves are hashes of, if they are omitted.
  private let lanes: [BaseVector]

  /// The most levels that can be left out.
  public static let mostOmitted = Int(CK_SUBTREE_HEIGHT)

  /// Hashes columns: leaf j is the keyed hash of the concatenation over m of the canonical integer
  /// of lanes[m][j] in eight bytes, least significant first; a node is the keyed hash of its two
  /// children.
  /// - Parameters:
  ///   - lanes: vectors of equal lengths, a power of two. They must not change if levels are omitted.
  ///   - levels: how many of the lowest levels not to keep, in `0...mostOmitted`; never the root.
  public init(
    lanes: [BaseVector], leafKey: Digest, nodeKey: Digest, omitting levels: Int = 0
  ) {
    let count = lanes.first?.count ?? 1
    precondition(count > 0 && count & (count - 1) == 0, "the number of leaves is a power of two")
    precondition(lanes.allSatisfy { $0.count == count }, "lengths differ")
    precondition((0...Self.mostOmitted).contains(levels), "too many levels are omitted")
    leafCount = count
    omitted = min(levels, count.trailingZeroBitCount)
    self.lanes = omitted == 0 ? [] : lanes
    (self.leafKey, self.nodeKey) = (leafKey, nodeKey)
    let kept = count >> omitted
    nodes = Storage(byteCount: Digest.byteCount * (2 * kept - 1))
    let bytes = nodes.base.assumingMemoryBound(to: UInt8.self)
    let pointers: [UnsafePointer<UInt64>?] = lanes.map { UnsafePointer($0.words) }
    withExtendedLifetime(lanes) {
      if omitted == 0 {
        ck_hash_columns(leafKey.bytes, pointers, pointers.count, count, bytes)
      } else {
        ck_hash_subtrees(
          leafKey.bytes, nodeKey.bytes, pointers, pointers.count, count, UInt32(omitted), bytes)
      }
    }
    ck_merkle_tree(nodeKey.bytes, bytes, kept)
  }

  /// The root.
  public var root: Digest { node(level: depth, index: 0) }

  /// The number of levels above the leaves.
  public var depth: Int { leafCount.trailingZeroBitCount }

  /// Node `index` of a level; level 0 holds the leaves.
  public func node(level: Int, index: Int) -> Digest {
    precondition(level >= 0 && level <= depth, "no such level")
    precondition(index >= 0 && index < leafCount >> level, "no such node")
    guard level < omitted else {
      return digest(2 * (leafCount >> omitted) - 2 * (leafCount >> level) + index)
    }
    return level == 0
      ? leaf(index)
      : Digest(
        key: nodeKey, left: node(level: level - 1, index: 2 * index),
        right: node(level: level - 1, index: 2 * index + 1))
  }

  /// The siblings on the way from leaf `index` to the root, lowest first.
  public func path(to index: Int) -> [Digest] {
    (0..<depth).map { node(level: $0, index: (index >> $0) ^ 1) }
  }

  private func leaf(_ index: Int) -> Digest {
    var hasher = Blake3Hasher(key: leafKey)
    for lane in lanes { hasher.update(littleEndian: lane[index].canonical) }
    return hasher.digest()
  }

  private func digest(_ index: Int) -> Digest {
    let words = (nodes.base + Digest.byteCount * index).assumingMemoryBound(to: UInt32.self)
    var digest = SIMD8<UInt32>()
    for i in 0..<8 { digest[i] = UInt32(littleEndian: words[i]) }
    return Digest(words: digest)
  }
}
