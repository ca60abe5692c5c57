import FieldArithmetic
import Hashing

/// The hashes of Merkle trees (`Paper/` section 9): leaves and inner nodes have keys of their own,
/// so that neither can be taken for the other.
public enum MerkleHash {
  public static let leafKey = Digest(hashing: Array("Assay v1 Merkle leaf".utf8))
  public static let nodeKey = Digest(hashing: Array("Assay v1 Merkle node".utf8))

  /// The hash of a leaf: of each element's canonical integer, 8 bytes, least significant first.
  public static func leaf(_ elements: ArraySlice<Fp>) -> Digest {
    var hasher = Blake3Hasher(key: leafKey)
    for element in elements { hasher.update(littleEndian: element.canonical) }
    return hasher.digest()
  }

  /// The hash of an inner node.
  public static func node(_ left: Digest, _ right: Digest) -> Digest {
    Digest(key: nodeKey, left: left, right: right)
  }
}

/// The opening of several leaves of one tree. A sibling is given only where it cannot be computed,
/// level by level from the leaves up, from left to right, so that there is one encoding only.
public struct Multiproof: Equatable, Sendable {
  /// The logarithm of the number of leaves.
  public let depth: Int
  /// The opened positions, ascending, without repetition.
  public let positions: [Int]

  /// - Parameters:
  ///   - positions: in any order, each in `0..<2^depth`.
  public init(depth: Int, positions: [Int]) {
    self.depth = depth
    var distinct: [Int] = []
    for position in positions.sorted() where position != distinct.last {
      distinct.append(position)
    }
    self.positions = distinct
  }

  /// The nodes whose digests the opening needs: `level` 0 holds the leaves.
  public var siblings: [(level: Int, index: Int)] {
    var result: [(level: Int, index: Int)] = []
    var nodes = positions
    for level in 0..<depth {
      var parents: [Int] = []
      var i = 0
      while i < nodes.count {
        let isPair = i + 1 < nodes.count && nodes[i + 1] == nodes[i] ^ 1
        if !isPair { result.append((level, nodes[i] ^ 1)) }
        parents.append(nodes[i] >> 1)
        i += isPair ? 2 : 1
      }
      nodes = parents
    }
    return result
  }

  /// The root that the leaves and the siblings lead to; nil when they are not as many as needed.
  /// - Parameter leaves: the digests of the leaves at `positions`.
  public func root(leaves: [Digest], siblings: [Digest]) -> Digest? {
    guard leaves.count == positions.count, !leaves.isEmpty else { return nil }
    var nodes = Array(zip(positions, leaves))
    var next = siblings.startIndex
    for _ in 0..<depth {
      var parents: [(Int, Digest)] = []
      var i = 0
      while i < nodes.count {
        let (index, digest) = nodes[i]
        i += 1
        if i < nodes.count, nodes[i].0 == index ^ 1 {
          parents.append((index >> 1, MerkleHash.node(digest, nodes[i].1)))
          i += 1
          continue
        }
        guard next < siblings.endIndex else { return nil }
        let sibling = siblings[next]
        next += 1
        let isLeft = index & 1 == 0
        parents.append(
          (
            index >> 1,
            isLeft ? MerkleHash.node(digest, sibling) : MerkleHash.node(sibling, digest)
          ))
      }
      nodes = parents
    }
    return next == siblings.endIndex ? nodes[0].1 : nil
  }
}
