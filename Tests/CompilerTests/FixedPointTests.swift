import Foundation
import Testing

@testable import Compiler

@Suite struct FixedPointTests {
  @Test("A number has fractional bits however small it is") func subnormal() {
    for magnitude in [0x1p-1074, 0x1p-1022, 1e-300, 1, 32767, 1e300] {
      let bits = FixedPoint.fractionalBits(magnitude: magnitude, limit: 32767)
      let most = bits.map { [scalbn(magnitude, $0), scalbn(magnitude, $0 + 1)] }
      #expect(most.map { $0[0] <= 32767 && $0[1] > 32767 } == true)
    }
    #expect(FixedPoint.fractionalBits(magnitude: 0, limit: 32767) == nil)
  }
}
