import ConstraintSystem
import TensorGraph
import Witness

extension CompiledModel {
  /// A tensor of the network, in real numbers.
  public struct RealTensor: Equatable, Sendable {
    public var shape: [Int]
    public var values: [Double]

    public init(shape: [Int], values: [Double]) {
      self.shape = shape
      self.values = values
    }
  }

  /// The description of an input or output.
  public func declaration(of port: Port) -> TensorDeclaration {
    circuit.system.tensors[port.tensor]
  }

  /// The integers nearest to the given values, halves away from zero, by tensor of the system.
  ///
  /// - Parameter values: a tensor for each input, by name.
  /// - Throws: `CompileError.input` where an input is missing, unknown or has another shape,
  ///   `CompileError.outOfRange` where a value is beyond what the input's scale holds.
  public func quantise(
    _ values: [String: Tensor]
  ) throws(CompileError) -> [Int: IntegerBuffer] {
    let known = inputs.map(\.name)
    for name in values.keys.sorted() where !known.contains(name) {
      throw .input(name: name, reason: "the network has no such input; it has \(known)")
    }
    var result: [Int: IntegerBuffer] = [:]
    for port in inputs {
      let declaration = declaration(of: port)
      guard let value = values[port.name] else {
        throw .input(name: port.name, reason: "no value is given")
      }
      guard value.shape == declaration.shape else {
        throw .input(
          name: port.name, reason: "has the shape \(value.shape), not \(declaration.shape)")
      }
      let integers = try FixedPoint.quantise(
        value.reals, fractionalBits: declaration.fractionalBits, range: declaration.range,
        tensor: port.name)
      result[port.tensor] = IntegerBuffer(integers, within: declaration.range)
    }
    return result
  }

  /// All tensors of the circuit for the given inputs.
  ///
  /// - Throws: as `quantise`, and `CompileError.node` where a value leaves its declared range.
  public func evaluate(_ values: [String: Tensor]) throws(CompileError) -> Assignment {
    let integers = try quantise(values)
    do throws(EvaluationError) {
      return try Evaluator.evaluate(circuit, model: model, inputs: integers)
    } catch {
      throw .node(name: "evaluation", reason: error.description)
    }
  }

  /// The network's outputs in an assignment, as real numbers, by name.
  public func outputs(of assignment: Assignment) -> [String: RealTensor] {
    var result: [String: RealTensor] = [:]
    for port in outputs {
      let declaration = declaration(of: port)
      let values = assignment[port.tensor].values.map {
        FixedPoint.real($0, fractionalBits: declaration.fractionalBits)
      }
      result[port.name] = RealTensor(shape: declaration.shape, values: values)
    }
    return result
  }
}
