import Testing

@testable import RealFunctions

@Suite("Integers of any size") struct BigIntegerTests {
  @Test func productsAndDigits() {
    let big = BigInteger(Int.max) * BigInteger(Int.max)
    #expect(big.decimal == "85070591730234615847396907784232501249")
    #expect(big.bits == 126)
    #expect((big * BigInteger(-1) + big).decimal == "0")
    #expect(BigInteger(0).bits == 0)
    #expect((BigInteger(Int.min) * BigInteger(1000)).decimal == "-9223372036854775808000")
    #expect(
      (BigInteger(1_000_000_000_000) * BigInteger(1_000_000_000_000)).decimal
        == "1000000000000000000000000")
    #expect((big + big).decimal == (big * BigInteger(2)).decimal)
  }
}
