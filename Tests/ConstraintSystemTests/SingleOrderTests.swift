import Testing

@testable import ConstraintSystem

/// Numbers of single precision by their places in their order.
@Suite struct SingleOrderTests {
  private static let numbers: [Float] = [
    -.greatestFiniteMagnitude, -1e9, -1, Float(-1).nextUp, -1e-6, -Float.leastNormalMagnitude,
    -.leastNonzeroMagnitude, 0, .leastNonzeroMagnitude, .leastNormalMagnitude, 1e-6, 0.1,
    Float(0.1).nextUp, 1, 16_777_216, 1e9, .greatestFiniteMagnitude,
  ]

  @Test func placesKeepTheOrder() throws {
    let places = try Self.numbers.map { try #require(SingleOrder.place(of: $0)) }
    #expect(zip(places, places.dropFirst()).allSatisfy { $0 < $1 })
    #expect(places.map(SingleOrder.number) == Self.numbers)
    #expect(places.first == SingleOrder.range.lowerBound)
    #expect(places.last == SingleOrder.range.upperBound)
  }

  @Test func neighboursAreNeighbours() throws {
    for number in Self.numbers.dropLast() {
      let place = try #require(SingleOrder.place(of: number))
      #expect(SingleOrder.number(at: place + 1) == number.nextUp)
    }
  }

  @Test func bothZerosAreOne() {
    #expect(SingleOrder.place(of: 0) == 0)
    #expect(SingleOrder.place(of: -0.0) == 0)
  }

  @Test func whatIsNotFiniteHasNoPlace() {
    #expect(SingleOrder.place(of: .nan) == nil)
    #expect(SingleOrder.place(of: .infinity) == nil)
    #expect(SingleOrder.place(of: -.infinity) == nil)
    #expect(SingleOrder.number(at: SingleOrder.range.upperBound + 1) == nil)
    #expect(SingleOrder.number(at: .min) == nil)
  }

  private func system(_ range: ClosedRange<Integer>, _ bits: Int) -> ConstraintSystem {
    ConstraintSystem(tensors: [
      TensorDeclaration(
        name: "x", shape: [2], role: .publicInput, range: range, fractionalBits: bits)
    ])
  }

  @Test func systemsMayDeclarePlaces() throws {
    try system(SingleOrder.range, SingleOrder.scale).validate()
    let bytes = system(0...5, SingleOrder.scale).canonicalBytes
    #expect(try ConstraintSystem(canonicalBytes: bytes).tensors[0].isOrdered)
    for (range, bits) in [
      (SingleOrder.range.lowerBound - 1...0, SingleOrder.scale),
      (0...SingleOrder.range.upperBound + 1, SingleOrder.scale), (0...5, 1026), (0...5, -1025),
    ] {
      #expect(throws: ConstraintSystemError.self) { try system(range, bits).validate() }
    }
  }
}
