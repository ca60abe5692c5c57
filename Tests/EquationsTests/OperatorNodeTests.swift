import CircuitLanguage
import TensorGraph
import Testing

@testable import Equations

/// What is wrong with a node is an error that says what it is and what it should be.
@Suite struct OperatorNodeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var operation: String
    var operands: [Operand?]
    var attributes: [String: AttributeValue] = [:]
    var opset = 21
    var outputs = 1
    var domain = ""
    /// A part of the message.
    var message: String

    var testDescription: String { message }
  }

  enum Operand: Sendable {
    case real([Int])
    case integer([Int])
    case boolean([Int])
    case constant([Int])
  }

  static let cases = [
    Case(
      operation: "Conv", operands: [.real([1, 2, 5]), .real([4, 3, 3])],
      message: "axis 1 of w is 3 and should be c = 2  Circuits/operators/convolution.circuit:6:"),
    Case(
      operation: "Conv", operands: [.real([1, 2, 5]), .real([3, 1, 3])],
      attributes: ["group": .int(2)],
      message: "axis 0 of w is 3 and should be group * m with group = 2"),
    Case(
      operation: "Conv", operands: [.real([1, 2, 5]), .real([3, 2, 3, 3])],
      message: "tap has 2 axes where at has 1"),
    Case(
      operation: "Conv", operands: [.real([1]), .real([3, 2, 3])],
      message: "x has the shape [1] and should have the axes [batch, group * c, at...]"),
    Case(
      operation: "Conv", operands: [.real([1, 2, 5]), .real([3, 2, 3])],
      attributes: ["strides": .ints([1, 2])],
      message: "the attribute \"strides\" is [1, 2] and should be a positive integer for each of 1"),
    Case(
      operation: "Conv", operands: [.real([1, 2, 5]), .real([3, 2, 3])],
      attributes: ["strides": .ints([0])],
      message: "the attribute \"strides\" is [0] and should be a positive integer"),
    Case(
      operation: "Conv", operands: [.real([1, 2, 5]), .real([3, 2, 3])],
      attributes: ["kernel_shape": .ints([4])], message: "it requires all(kernel_shape == tap...)"),
    Case(
      operation: "Conv", operands: [.real([1, 2, 2]), .real([3, 2, 3])],
      message: "a kernel that spans 3 does not fit the padded size 2"),
    Case(
      operation: "Conv", operands: [.real([1, 2, 5]), .real([3, 2, 3])],
      attributes: ["auto_pad": .text("SOME")], message: "the padding \"SOME\" is not one of ONNX's"),
    Case(
      operation: "Conv", operands: [.real([1, 2, 5]), .real([3, 2, 3])],
      attributes: ["pads": .ints([-1, 0])], message: "the pads [-1, 0] for 1 axes"),
    Case(
      operation: "Conv", operands: [.real([1, 2, 5]), .real([3, 2, 3])],
      attributes: ["group": .int(0)],
      message: "the attribute \"group\" is 0 and should be a positive integer"),
    Case(
      operation: "Conv", operands: [.real([1, 2, 5])], message: "the operand w is missing"),
    Case(
      operation: "MaxPool", operands: [.real([1, 2, 5])],
      message: "the attribute \"kernel_shape\" is missing"),
    Case(
      operation: "MaxPool", operands: [.real([1, 2, 5])],
      attributes: ["kernel_shape": .ints([2])], outputs: 2, message: "its output 1 is used"),
    Case(
      operation: "Relu", operands: [.real([2])], attributes: ["slope": .real(1)],
      message: "the attribute \"slope\" is not known"),
    Case(
      operation: "Sigmoid", operands: [.integer([2])], message: "x is integer and should be real"),
    Case(
      operation: "Add", operands: [.integer([2]), .real([2])],
      message: "b is real and should be integer, as another operand is"),
    Case(
      operation: "Add", operands: [.real([2, 3]), .real([4])],
      message: "b has the shape [4] and should have the axes [...] with ... = [2, 3]"),
    Case(
      operation: "Add", operands: [.real([2]), .real([2]), .real([2])],
      message: "it has 3 operands, and takes 2"),
    Case(
      operation: "GlobalLpPool", operands: [.real([1, 1, 2])], opset: 1,
      message: "version 1 of its operators is not supported"),
    Case(
      operation: "MatMul", operands: [.real([2, 3]), .real([4, 2])],
      message: "axis 0 of b is 4 and should be k = 3"),
    Case(
      operation: "Softmax", operands: [.real([2, 3])], attributes: ["axis": .int(2)],
      message: "axis 2 is outside a tensor of rank 2"),
    Case(
      operation: "Softmax", operands: [.real([2, 3])], attributes: ["axis": .text("x")],
      message: "the attribute \"axis\" is \"x\" and should be an axis"),
    Case(
      operation: "ReduceSum", operands: [.real([2, 3]), .integer([1])],
      message: "axes depends on an input; it must be a constant"),
    Case(
      operation: "ReduceSum", operands: [.real([2, 3])], attributes: ["axes": .ints([0, -2])],
      opset: 11, message: "an axis stands twice in [0, 0]"),
    Case(
      operation: "Gelu", operands: [.real([2])], attributes: ["approximate": .text("best")],
      message: "the attribute \"approximate\" is \"best\"; supported: none, tanh"),
    Case(
      operation: "BatchNormalization",
      operands: [.real([1, 2]), .real([2]), .real([2]), .real([2]), .real([2])],
      attributes: ["spatial": .int(0)], message: "it requires spatial == 1"),
    Case(operation: "Cast", operands: [.real([2])], attributes: ["to": .int(8)], message: "type 8"),
    Case(operation: "Max", operands: [], message: "it has no operands"),
    Case(
      operation: "Range", operands: [.real([]), .constant([]), .constant([])], message: "start"),
    Case(
      operation: "GlobalAveragePool", operands: [.real([2])],
      message: "x has the shape [2] and should have the axes [batch, c, at...]"),
    Case(
      operation: "GroupNormalization", operands: [.real([1, 5, 2]), .real([5]), .real([5])],
      attributes: ["num_groups": .int(2)],
      message: "axis 1 of x is 5 and should be num_groups * m with num_groups = 2"),
  ]

  @Test(arguments: cases)
  func wrongNodes(example: Case) throws {
    let library = try OperatorLibrary.standard()
    var builder = EquationGraphBuilder()
    var operands: [ValueID?] = []
    for (place, operand) in example.operands.enumerated() {
      let name = "x\(place)"
      switch operand {
      case nil: operands.append(nil)
      case .real(let shape): operands.append(try builder.addInput(named: name, shape: shape))
      case .integer(let shape):
        operands.append(try builder.addInput(named: name, shape: shape, kind: .integer))
      case .boolean(let shape):
        operands.append(try builder.addInput(named: name, shape: shape, kind: .boolean))
      case .constant(let shape):
        let count = shape.reduce(1, *)
        operands.append(
          builder.addConstant(
            named: name, try Tensor(shape: shape, real: [Float](repeating: 1, count: count))))
      }
    }
    let node = OperatorNode(
      operation: example.operation, domain: example.domain, opset: example.opset,
      layer: builder.addLayer(named: "c1", operation: example.operation), name: "c1",
      operands: operands, attributes: example.attributes,
      outputs: (0..<example.outputs).map { "y\($0)" })
    let error = #expect(throws: GraphError.self) {
      try library.instantiate(node, into: &builder)
    }
    let text = error?.description ?? ""
    #expect(text.hasPrefix("node \"c1\": \(example.operation): "), "\(text)")
    #expect(text.contains(example.message), "\(text)")
  }
}
