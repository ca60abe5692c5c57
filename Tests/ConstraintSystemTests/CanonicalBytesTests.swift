import Testing

@testable import ConstraintSystem

@Suite struct CanonicalBytesTests {
  @Test func roundTrips() throws {
    let circuit = sampleCircuit()
    #expect(try Circuit(canonicalBytes: circuit.canonicalBytes) == circuit)
    #expect(
      try ConstraintSystem(canonicalBytes: circuit.system.canonicalBytes) == circuit.system)
    #expect(
      try WitnessProgram(canonicalBytes: circuit.program.canonicalBytes) == circuit.program)
    #expect(
      circuit.canonicalBytes == circuit.system.canonicalBytes + circuit.program.canonicalBytes)
    #expect(circuit.digest != circuit.system.digest)
  }

  @Test func everyTruncationIsRefused() {
    let bytes = sampleCircuit().canonicalBytes
    for count in bytes.indices {
      #expect(throws: ConstraintSystemError.self) {
        try Circuit(canonicalBytes: Array(bytes[..<count]))
      }
    }
  }

  @Test func trailingBytesAreRefused() {
    let bytes = sampleCircuit().canonicalBytes
    #expect(throws: ConstraintSystemError(.trailingBytes)) {
      try ConstraintSystem(canonicalBytes: sampleCircuit().system.canonicalBytes + [0])
    }
    #expect(throws: ConstraintSystemError(.trailingBytes)) {
      try Circuit(canonicalBytes: bytes + [0])
    }
  }

  /// Whatever is accepted after a change is another circuit, with the changed bytes as its encoding.
  @Test func everyByteCounts() throws {
    let circuit = sampleCircuit()
    let bytes = circuit.canonicalBytes
    var refused = 0
    for place in bytes.indices {
      for mask in [0x01, 0x02, 0x40, 0x80, 0xff] as [UInt8] {
        var changed = bytes
        changed[place] ^= mask
        guard let other = try? Circuit(canonicalBytes: changed) else {
          refused += 1
          continue
        }
        #expect(other.canonicalBytes == changed)
        #expect(other.digest != circuit.digest)
      }
    }
    #expect(refused > 0)
  }

  @Test(arguments: [
    0, 1, -1, 63, 64, -64, -65, 127, 128, 16383, 1 << 47, -(1 << 48), Int.max, Int.min,
  ])
  func numbers(value: Int) throws {
    var writer = CanonicalWriter()
    writer.write(value)
    var reader = CanonicalReader(writer.bytes)
    #expect(try reader.integer() == value)
    try reader.finish()
  }

  @Test(
    arguments: [
      [0x80, 0x00], [0xff, 0x80, 0x00],
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02],
      [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
    ] as [[UInt8]])
  func numbersHaveOneForm(bytes: [UInt8]) {
    #expect(throws: ConstraintSystemError(.numberNotCanonical)) {
      var reader = CanonicalReader(bytes)
      _ = try reader.unsigned()
    }
  }

  /// A count beyond what follows is refused before anything is made of it.
  @Test func hugeCountsAreRefused() {
    var writer = CanonicalWriter()
    writer.write(unsigned: UInt64.max)
    #expect(throws: ConstraintSystemError(.truncated)) {
      try ConstraintSystem(canonicalBytes: writer.bytes)
    }
  }

  @Test func namesAreUTF8() {
    #expect(throws: ConstraintSystemError(.nameNotUTF8)) {
      try ConstraintSystem(canonicalBytes: [1, 2, 0xc3, 0x28, 0, 3, 0, 0, 0, 0, 0, 0])
    }
  }

  @Test func everyRoleHasItsByte() throws {
    let roles: [TensorRole] = [
      .publicInput, .publicOutput, .model, .witness, .privateInput, .privateOutput,
    ]
    for (byte, role) in roles.enumerated() {
      let system = ConstraintSystem(
        tensors: [TensorDeclaration(name: "t", shape: [], role: role, range: 0...0)])
      #expect(system.canonicalBytes == [1, 1, 0x74, 0, UInt8(byte), 0, 0, 0, 0, 0, 0])
      #expect(try ConstraintSystem(canonicalBytes: system.canonicalBytes) == system)
    }
  }

  @Test func emptyRangesAndUnknownRolesAreRefused() {
    #expect(throws: ConstraintSystemError(.emptyRange, "t")) {
      try ConstraintSystem(canonicalBytes: [1, 1, 0x74, 0, 3, 2, 0, 0, 0, 0, 0])
    }
    #expect(throws: ConstraintSystemError(.unknownTag, "t")) {
      try ConstraintSystem(canonicalBytes: [1, 1, 0x74, 0, 6, 0, 0, 0, 0, 0, 0])
    }
  }
}
