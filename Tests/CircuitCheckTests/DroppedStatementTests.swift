import CircuitLanguage
import CircuitTestSupport
import Testing

@testable import CircuitCheck

@Suite("Without one of its statements a circuit leaves a prover a choice, and the finder sees it")
struct DroppedStatementTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var circuit: String
    var sizes: TrialSizes
    var form = TrialCircuit.Form.tensor

    var testDescription: String { "\(circuit) \(sizes) \(form)" }
  }

  private static func pool(_ kernel: Int) -> TrialSizes {
    TrialSizes(
      sizes: ["batch": 1, "channels": 1, "length": 2, "kernel": kernel], parameters: ["low": 0])
  }

  static let cases: [Case] =
    TrialCircuit.Form.allCases.map {
      Case(circuit: "rescale", sizes: .init(rest: [3], parameters: ["shift": 3]), form: $0)
    } + [
      Case(circuit: "rescale", sizes: .init(rest: [2], parameters: ["shift": 18]), form: .product),
      Case(circuit: "divide", sizes: .init(rest: [3], parameters: ["divisor": 3])),
      Case(circuit: "divide", sizes: .init(rest: [3], parameters: ["divisor": 7]), form: .product),
      Case(circuit: "relu", sizes: .init(rest: [3])),
      Case(circuit: "copy", sizes: .init(rest: [3])),
      Case(circuit: "private_input", sizes: .init(rest: [3])),
      Case(circuit: "argmax", sizes: .init(sizes: ["size": 2], parameters: ["last": 0])),
      Case(circuit: "argmax", sizes: .init(sizes: ["size": 3], parameters: ["last": 1])),
      Case(circuit: "argmax", sizes: .init(sizes: ["size": 5], rest: [2], parameters: ["last": 0])),
      Case(
        circuit: "max_square",
        sizes: .init(
          sizes: ["batch": 1, "channels": 1, "height": 2, "width": 3],
          parameters: ["stride_h": 1, "stride_w": 1, "dilation_h": 1, "dilation_w": 1])),
    ] + [2, 3, 4, 5].map { Case(circuit: "max_last", sizes: pool($0)) }

  @Test(arguments: cases)
  func everyStatementIsNeeded(_ test: Case) throws {
    let trial = try TrialCircuit(
      test.circuit, of: .withExamples(), test.sizes, form: test.form)
    for (number, name) in trial.circuit.statementNames.enumerated() {
      #expect(
        try found(trial, without: number), "\(name) is dropped, and nothing is found")
    }
  }

  /// Whether an attack succeeds for one of the inputs that are hard on the circuit.
  private func found(_ trial: TrialCircuit, without statement: Int) throws -> Bool {
    let circuit = trial.circuit.without(statement)
    for inputs in TrialInputs(trial).candidates() {
      guard var finder = try? WrongHintFinder(circuit, inputs: inputs), finder.refusals.isEmpty
      else { continue }
      if !finder.run().isPinned { return true }
    }
    return false
  }
}
