import CircuitLanguage
import TensorGraph
import Testing

@testable import Equations

/// Texts that mean harm are errors, quickly.
@Suite struct HostileOperatorTests {
  private static func operation(_ value: String, functions: String = "") -> String {
    functions + "\noperator F(x: real[n]) -> (y: real[n]) custom \"lab\" { y[i] = \(value) }"
  }

  private static func repeated(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
  }

  static let texts: [String] = [
    operation(repeated("(", 10_000) + "1"),
    operation(repeated("-", 10_000) + "1"),
    operation(repeated("sin(", 10_000) + "1"),
    operation(repeated("x[", 10_000) + "1"),
    operation(repeated("1 ^ ", 10_000) + "1"),
    operation(repeated("1 + ", 10_000) + "1"),
    operation("max(" + repeated("1, ", 10_000) + "1)"),
    operation(repeated("sum(k in 4) ", 10_000) + "x[i]"),
    operation("x[i] + y[", functions: ""),
    operation("1e999"), operation("99999999999999999999"), operation("\u{1F600}"),
    operation("f(x[i])", functions: "function f(a) = g(a)\nfunction g(a) = f(a)"),
    // A function whose argument stands twice, within itself.
    operation(repeated("f(", 30) + "x[i]" + repeated(")", 30), functions: "function f(a) = a * a"),
    operation(
      "f9(x[i])",
      functions: "function f0(a) = a * a\n"
        + (1..<10).map { "function f\($0)(a) = f\($0 - 1)(f\($0 - 1)(a))" }.joined(separator: "\n")),
    repeated("operator ", 10_000),
    "operator F(" + repeated("x: real[n], ", 10_000) + ") -> (y: real) onnx { y = 1 }",
    "operator F(x: real[" + repeated("n * ", 10_000) + "n]) -> (y: real) onnx { y = 1 }",
    "operator F(x: real) -> (y: real) onnx {" + repeated("let a = 1 ", 10_000) + "}",
    "operator F(x: real) -> (y: real) " + repeated("onnx \"a\" 1 ", 10_000) + "{ y = x }",
  ]

  @Test(arguments: texts.indices)
  func refused(place: Int) {
    var library = OperatorLibrary()
    #expect(throws: CircuitLanguageError.self) {
      try library.add(files: [SourceFile(name: "f", text: Self.texts[place])])
    }
  }

  struct Growth: Sendable {
    var operation: String
    var message: String
  }

  /// What is sound as a text and too much for any node.
  static let growths = [
    Growth(
      operation: "y[i] = sum(k in 1000000000, l in 1000000000) x[i] for i in n", message: "terms"),
    Growth(operation: "z[j] = 1 for j in 10 ^ 18\ny[i] = z[i] + x[i]", message: "more than"),
    Growth(operation: "z[j] = 1 for j in 10 ^ 30\ny[i] = z[i] + x[i]", message: "64 bits"),
    Growth(
      operation: "y[i] = sum(k in 10 ^ 10, l in 10 ^ 10) x[i] for i in n", message: "terms"),
    Growth(operation: "y[i] = mean(k in 10 ^ 18, l in 10 ^ 18) x[i] for i in n", message: "terms"),
    Growth(
      operation: "z[g * 10 ^ 10 + o] = 1 for g in 10 ^ 10, o in 10 ^ 10\ny[i] = z[i] + x[i]",
      message: "too many places"),
    Growth(
      operation: "y[i] = sum(k in 10 ^ 18) inside(x[k * 10 ^ 12]) * x[i] for i in n",
      message: "terms"),
    Growth(operation: "y[i] = x[i * 10 ^ 12]", message: "reaches too far"),
    Growth(operation: "z[j] = 1 for j in 0 - 1\ny[i] = z[i] + x[i]", message: "has the size -1"),
    Growth(operation: "z[j] = 1 for j in n / 0\ny[i] = z[i] + x[i]", message: "divided by zero"),
  ]

  @Test(arguments: growths.indices)
  func growthIsRefused(place: Int) throws {
    let growth = Self.growths[place]
    var library = OperatorLibrary()
    let text = "operator F(x: real[n]) -> (y: real[n]) custom \"lab\" { \(growth.operation) }"
    try library.add(files: [SourceFile(name: "f", text: text)])
    var builder = EquationGraphBuilder()
    let x = builder.addConstant(named: "x", try Tensor(shape: [2], real: [1, 2]))
    let node = OperatorNode(
      operation: "F", domain: "lab", opset: 1,
      layer: builder.addLayer(named: "n", operation: "F"), name: "n", operands: [x],
      outputs: ["y"])
    let error = #expect(throws: GraphError.self) {
      try library.instantiate(node, into: &builder)
    }
    #expect(error?.description.contains(growth.message) == true, "\(error.map { "\($0)" } ?? "")")
  }
}
