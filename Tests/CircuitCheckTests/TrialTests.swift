import CircuitLanguage
import CircuitTestSupport
import ConstraintSystem
import Testing

@testable import CircuitCheck

@Suite("Trials of circuits")
struct TrialTests {
  private func library(_ source: String) throws -> CircuitLibrary {
    var library = try CircuitLibrary.standard()
    try library.add(source: source, file: "c.circuit")
    return library
  }

  @Test("narrow values stand for 16 bits, in powers too, and lines keep their numbers")
  func narrowed() throws {
    let library = try library(
      """
      table double(x: i16) = 2 * x   # 2^16

      circuit c(x: i16[n], z: u8[n]) -> (y: small[n]) {
        lookup x[i] in i16
        y[i] := x[i] + z[i] + 2^15 - 2 ^ 16 + 2^17
      }
      """
    ).narrowed(toBits: 3)
    #expect(library.source(of: "c")?.contains("x: i3[n], z: u8[n]") == true)
    #expect(library.source(of: "c")?.contains("2^2 - 2^3 + 2^17") == true)
    #expect(library.signature(of: "c")?.line == 3)
    #expect(library.circuitNames.contains("argmax"))
    let ranges = try library.ranges(of: "c", sizes: ["n": 1], parameters: [:])
    #expect(ranges == [-4...3, 0...255])
  }

  @Test("given sizes and parameters are kept")
  func fixed() throws {
    let fixed = TrialSizes(sizes: ["inputs": 4], rest: [2, 2])
    let verdict = try CircuitTester(.withExamples()).verdict(
      on: "gemm", fixed: fixed, isRestFixed: true)
    #expect(!verdict.trials.isEmpty)
    for trial in verdict.trials {
      #expect(trial.sizes.sizes["inputs"] == 4 && trial.sizes.rest == [2, 2])
    }
  }

  @Test("where no sizes fit, the reason is told with its place")
  func noSizes() throws {
    let library = try library(
      "circuit c(x: i16[n]) -> (y: i16[n]) {\n  require n == 77\n  y := relu(x)\n}")
    let error = #expect(throws: CircuitCheckError.self) {
      try CircuitTester(library).verdict(on: "c")
    }
    #expect(error?.description.contains("c.circuit:2:") == true, "\(error?.description ?? "")")
    let verdict = try CircuitTester(library).verdict(
      on: "c", fixed: TrialSizes(sizes: ["n": 77]))
    #expect(verdict.isAccepted)
  }

  @Test("cost counts cells, tuples, equalities and rows")
  func cost() throws {
    let sizes = TrialSizes(rest: [3, 5], parameters: ["shift": 4])
    let linear = CircuitCost(
      try TrialCircuit("rescale", of: .withExamples(), sizes).circuit.system)
    // A remainder of 4 bits for each result, and the result itself in 4 limbs, of which 3 are committed.
    #expect(linear.cells == 15 * (1 + 3) && linear.equalities == 0)
    #expect(linear.tables.map(\.rows) == [16])
    #expect(linear.tables.map(\.lookups) == [15 * (1 + 4)])
    #expect(linear.lookups == 15 * (1 + 4))
    let product = CircuitCost(
      try TrialCircuit("rescale", of: .withExamples(), sizes, form: .product).circuit.system)
    // Of a product the remainder is committed, too.
    #expect(product.cells == 15 * (2 + 3) && product.equalities == 15)
    #expect(product.lookups == linear.lookups && product.statements == 6)
  }

  @Test("texts that would take for ever are left at some point")
  func hostile() throws {
    // Each circuit calls the next one twice, 30 levels deep.
    var source = "circuit c30(x: i16[n]) -> (y: i16[n]) { y := relu(x) }\n"
    for level in (0..<30).reversed() {
      source += """
        circuit c\(level)(x: i16[n]) -> (y: i16[n]) {
          a := c\(level + 1)(x)
          y := c\(level + 1)(a)
        }

        """
    }
    let bomb = try library(source)
    let error = #expect(throws: CircuitCheckError.self) {
      try CircuitTester(bomb).verdict(on: "c0")
    }
    #expect(error?.description.contains("more work than is allowed") == true)
    for body in [
      "assert sum(k in 1000000000) x[k] == x[0]", "let k = 2^(2^62)",
      "assert sum(i in 4000000, j in 4000000, k in 4000000) x[i + j + k] == 0",
      "hint h[i]: any = 1 for i in 2^60\n  assert h[i] == 1",
    ] {
      let library = try library(
        "circuit c(x: i16[n]) -> (y: i16[n]) {\n  \(body)\n  y := relu(x)\n}")
      // It can't be put together, or is no constraint system.
      let verdict = try? CircuitTester(library).verdict(on: "c")
      #expect(verdict?.isAccepted != true, "\(body)")
    }
    #expect(throws: CircuitCheckError.self) {
      try CircuitTester(.withExamples()).verdict(
        on: "gemm", fixed: TrialSizes(sizes: ["inputs": 1 << 22, "outputs": 1 << 22]))
    }
  }
}
