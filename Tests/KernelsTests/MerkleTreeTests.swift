import CKernels
import FieldArithmetic
import Hashing
import TestSupport
import Testing

@testable import Kernels

extension KernelTests {
  @Suite struct MerkleTrees {
    static let leafKey = Digest(hashing: Array("leaf".utf8))
    static let nodeKey = Digest(hashing: Array("node".utf8))

    @Test(arguments: [0, 1, 2, 3, 7, 8, 64, 65, 1023, 1024, 1025, 2048, 2049, 5120, 6145, 31_744])
    func messages(length: Int) {
      let message = (0..<length).map { UInt8($0 % 251) }
      var plain = [UInt8](repeating: 0, count: 32)
      ck_blake3(nil, message, length, &plain)
      #expect(plain == Digest(hashing: message).bytes)
      var keyed = plain
      ck_blake3(Self.leafKey.bytes, message, length, &keyed)
      var hasher = Blake3Hasher(key: Self.leafKey)
      hasher.update(message)
      #expect(keyed == hasher.digest().bytes)
    }

    /// From the official vectors: input byte i is i mod 251.
    @Test(arguments: [
      (0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"),
      (1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"),
      (1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7"),
    ])
    func officialVectors(length: Int, expected: String) {
      let message = (0..<length).map { UInt8($0 % 251) }
      var digest = [UInt8](repeating: 0, count: 32)
      ck_blake3(nil, message, length, &digest)
      #expect(digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == expected)
    }

    @Test(arguments: [0, 1, 3, 8, 9, 127, 128, 129, 256, 300, 700], [1, 16, 64])
    func columns(laneCount: Int, leafCount: Int) {
      var generator = SeededGenerator(seed: 51)
      let lanes = (0..<laneCount).map { _ in generator.base(leafCount) }
      let expected = (0..<leafCount).map { leaf(lanes, $0) }
      onEveryPath {
        let tree = MerkleTree(lanes: lanes, leafKey: Self.leafKey, nodeKey: Self.nodeKey)
        #expect(
          (0..<tree.leafCount).map { tree.node(level: 0, index: $0) }
            == Array(expected.prefix(tree.leafCount)))
      }
    }

    @Test(arguments: [1, 2, 4, 32, 512, 8192])
    func trees(leafCount: Int) {
      var generator = SeededGenerator(seed: 52)
      let lanes = (0..<3).map { _ in generator.base(leafCount) }
      var level = (0..<leafCount).map { leaf(lanes, $0) }
      var levels = [level]
      while level.count > 1 {
        level = (0..<level.count / 2).map {
          Digest(key: Self.nodeKey, left: level[2 * $0], right: level[2 * $0 + 1])
        }
        levels.append(level)
      }
      onEveryPath {
        for omitted in [0, 1, 3, MerkleTree.mostOmitted] {
          let tree = MerkleTree(
            lanes: lanes, leafKey: Self.leafKey, nodeKey: Self.nodeKey, omitting: omitted)
          #expect(tree.root == level[0])
          #expect(tree.depth == levels.count - 1)
          for (depth, level) in levels.enumerated() {
            let nodes = (0..<level.count).map { tree.node(level: depth, index: $0) }
            #expect(firstDifference(nodes, level) == nil)
          }
          let index = leafCount / 3
          #expect(tree.path(to: index) == (0..<tree.depth).map { levels[$0][(index >> $0) ^ 1] })
        }
      }
    }

    private func leaf(_ lanes: [BaseVector], _ index: Int) -> Digest {
      var hasher = Blake3Hasher(key: Self.leafKey)
      for lane in lanes { hasher.update(littleEndian: lane[index].canonical) }
      return hasher.digest()
    }
  }
}
