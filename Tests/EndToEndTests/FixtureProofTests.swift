import TestSupport
import Testing
import Transcript
import Verifier

@Suite("Proofs of earlier days keep verifying")
struct FixtureProofTests {
  static let names = Fixture.names(in: "proofs", ending: ".proof")

  private func bytes(_ name: String) throws -> [UInt8] {
    try Fixture.bytes(Fixture.path("proofs/\(name)"))
  }

  @Test("there are some, each with its key")
  func exist() {
    #expect(Self.names.count >= 2)
    #expect(Self.names == Fixture.names(in: "proofs", ending: ".vk"))
  }

  @Test(arguments: names)
  func verifies(name: String) throws {
    let key = try VerifyingKey(try bytes("\(name).vk"))
    let isPlain = name.contains("-plain-")
    let verified = try Verifier.verify(
      key: key, proof: try bytes("\(name).proof"), allowsPlain: isPlain)
    #expect(verified.securityBits >= 128)
    #expect(verified.zeroKnowledge == !isPlain)
    #expect(verified.isKeyProven)
    let expected = try String(decoding: bytes("\(name).values"), as: UTF8.self)
    let values = verified.tensors.sorted { $0.name < $1.name }.map { tensor in
      tensor.name + " " + tensor.values.map(String.init).joined(separator: " ") + "\n"
    }
    #expect(values.joined() == expected)
  }

  @Test(arguments: names)
  func isRejectedWhenChanged(name: String) throws {
    let key = try Verifier.verify(certificateOf: VerifyingKey(try bytes("\(name).vk")))
    let proof = try bytes("\(name).proof")
    for position in stride(from: 0, to: proof.count, by: proof.count / 40) {
      var changed = proof
      changed[position] ^= 1 << UInt8(position % 8)
      #expect(throws: ProofError.self, "byte \(position)") {
        try Verifier.verify(key: key, proof: changed, allowsPlain: true)
      }
    }
    #expect(throws: ProofError.trailingBytes(1)) {
      try Verifier.verify(key: key, proof: proof + [0], allowsPlain: true)
    }
  }
}
