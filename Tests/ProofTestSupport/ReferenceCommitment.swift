import Commitment
import FieldArithmetic
import Hashing

/// A commitment computed the plain way: each position of each codeword by Horner's rule, and the
/// tree level by level.
struct ReferenceCommitment {
  let leaves: [[Fp]]
  let levels: [[Digest]]

  var root: Digest { levels[levels.count - 1][0] }

  /// - Parameters:
  ///   - lanes: each lane's message.
  ///   - corrupt: changes the codewords before they are hashed.
  init(lanes: [[Fp]], domainLog: Int, corrupt: ((inout [[Fp]]) -> Void)? = nil) {
    let domain = EvaluationDomain(log: domainLog)
    let points = (0..<1 << domainLog).map { domain.point($0) }
    var words = lanes.map { lane in
      points.map { x in lane.reversed().reduce(.zero) { $0 * x + $1 } }
    }
    corrupt?(&words)
    leaves = points.indices.map { position in words.map { $0[position] } }
    levels = ReferenceCommitment.tree(leaves)
  }

  init(lanes: [[Fp3]], domainLog: Int) {
    let coordinates =
      lanes.map { $0.map(\.c0) } + lanes.map { $0.map(\.c1) }
      + lanes.map { $0.map(\.c2) }
    self.init(lanes: coordinates, domainLog: domainLog)
  }

  private static func tree(_ leaves: [[Fp]]) -> [[Digest]] {
    var levels = [leaves.map { MerkleHash.leaf($0[...]) }]
    while let last = levels.last, last.count > 1 {
      levels.append(
        stride(from: 0, to: last.count, by: 2).map { MerkleHash.node(last[$0], last[$0 + 1]) })
    }
    return levels
  }

  func siblings(_ proof: Multiproof) -> [Digest] {
    proof.siblings.map { levels[$0.level][$0.index] }
  }
}
