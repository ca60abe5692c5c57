import CircuitTestSupport
import ConstraintSystem
import Testing

@testable import CircuitLanguage
@testable import Compiler

@Suite struct IntervalAnalysisTests {
  @Test func knownWeightsAreTighter() throws {
    var harness = try LayerHarness()
    let (x, _) = harness.tensor("x", [1, 3])
    let (w, _) = harness.tensor("w", [2, 3], role: .model, values: [1, -2, 3, 0, 0, 10])
    let acc = try harness.builder.instantiate(
      "gemm_no_bias", [x, w], name: "fc", fractionalBits: 0)
    _ = try harness.builder.instantiate(
      "rescale", acc, parameters: ["shift": 4], name: "r", fractionalBits: 0)
    let circuit = try harness.builder.finish()
    let worst = analyseIntervals(circuit)
    // Three products of two numbers from -32768 to 32767.
    #expect(worst[0].high == "3221225472" && worst[0].low == "-3221127168")
    #expect(worst[0].magnitudeBits == 32 && worst[0].isSmall && worst[0].remedy == nil)
    let known = analyseIntervals(circuit) { $0 == 1 ? [1, -2, 3, 0, 0, 10] : nil }
    #expect(known[0].low == "-327680" && known[0].high == "327670")
    #expect(known.count == worst.count)
  }

  @Test func tooLargeAccumulatorsAreNamed() throws {
    var builder = CircuitBuilder(library: try .withExamples())
    let x = builder.addTensor(
      .init(name: "x", shape: [1, 1 << 19], role: .publicInput, range: -32768...32767))
    let w = builder.addTensor(
      .init(name: "w", shape: [2, 1 << 19], role: .model, range: -32768...32767))
    let error = #expect(throws: CircuitLanguageError.self) {
      try builder.instantiate("gemm_no_bias", [x, w], name: "fc7", fractionalBits: 0)
    }
    #expect(error?.instance == "fc7")
    #expect(error?.message.contains("562949953421312") == true)
    #expect(error?.message.contains("narrower weights") == true)
  }
}
