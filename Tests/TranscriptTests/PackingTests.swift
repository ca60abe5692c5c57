import FieldArithmetic
import Testing
import Transcript

@Suite struct PackingTests {
  private func elements(_ count: Int) -> [Fp] {
    (0..<count).map { Fp(UInt64($0) &* 0x9E37_79B9_7F4A_7C15 &+ 12345) }
  }

  /// 50 bits each, least significant first, without the kernels of the library.
  private func bits(_ values: [UInt64]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: (values.count * 50 + 7) / 8)
    for (i, value) in values.enumerated() {
      for bit in 0..<50 where value >> UInt64(bit) & 1 == 1 {
        bytes[(50 * i + bit) / 8] |= 1 << UInt8((50 * i + bit) % 8)
      }
    }
    return bytes
  }

  @Test func everyCountSurvives() {
    for count in 0..<30 {
      let elements = elements(count)
      let bytes = Packing.pack(elements)
      #expect(bytes == bits(elements.map(\.canonical)))
      #expect(bytes.count == Packing.byteCount(elements: count))
      #expect(Packing.unpack(bytes[...], count: count) == elements)
    }
  }

  @Test func theEdgesOfTheFieldSurvive() {
    let edges: [UInt64] = [0, 1, Fp.modulus - 1, Fp.modulus - 2, 1 << 49, (1 << 49) - 1, 1 << 38]
    let elements = edges.map { Fp($0) }
    #expect(Packing.unpack(bits(edges)[...], count: edges.count) == elements)
    #expect(Packing.pack(elements) == bits(edges))
  }

  /// V + p is no second name of v.
  @Test func integersFromTheModulusUpAreRefused() {
    let largest: UInt64 = (1 << 50) - 1
    for excess in [Fp.modulus, Fp.modulus + 1, Fp.modulus + 12345, largest] {
      for place in 0..<5 {
        var values = elements(5).map(\.canonical)
        values[place] = excess
        #expect(Packing.unpack(bits(values)[...], count: 5) == nil)
      }
    }
  }

  @Test func nonzeroPaddingIsRefused() {
    for count in 1..<12 where count % 4 != 0 {
      let bytes = Packing.pack(elements(count))
      for bit in 50 * count..<8 * bytes.count {
        var changed = bytes
        changed[bit / 8] |= 1 << UInt8(bit % 8)
        #expect(Packing.unpack(changed[...], count: count) == nil, "\(count) elements, bit \(bit)")
      }
    }
  }

  @Test func otherLengthsAreRefused() {
    for count in 0..<9 {
      let bytes = Packing.pack(elements(count))
      #expect(Packing.unpack((bytes + [0])[...], count: count) == nil)
      #expect(Packing.unpack(bytes.dropLast(), count: count) == nil || count == 0)
      #expect(Packing.unpack(bytes[...], count: count + 1) == nil)
      #expect(Packing.unpack(bytes[...], count: count - 1) == nil || count == 0)
    }
  }

  @Test func aSliceIsReadFromItsOwnBeginning() {
    let bytes = [0xFF, 0xFF] + Packing.pack(elements(3)) + [0xFF]
    #expect(Packing.unpack(bytes[2..<bytes.count - 1], count: 3) == elements(3))
  }

  @Test func extensionElementsAreThreeCoordinates() {
    let base = elements(6)
    let triples = [Fp3(base[0], base[1], base[2]), Fp3(base[3], base[4], base[5])]
    #expect(Packing.pack(triples) == Packing.pack(base))
    #expect(Packing.triples(base) == triples)
    #expect(Packing.triples([]) == [])
  }
}
