import ConstraintSystem
import TensorGraph
import Witness

/// What goes into a model and what comes out: the inputs and outputs of its constraint system, between
/// real numbers and integers.
public struct ModelInterface: Sendable {
  /// An input or output of the network.
  public struct Port: Equatable, Sendable {
    /// As the network calls it.
    public var name: String
    /// As the constraint system, and so a verifier, calls it: another name only for an output that
    /// the network calls like an input.
    public var systemName: String
    /// Position in the system's tensors.
    public var tensor: Int
    public var shape: [Int]
    public var fractionalBits: Int
    public var range: ClosedRange<Int>
    /// Whether verifiers see the values.
    public var isPublic: Bool
    /// The words that its integers are the places of, where that is known.
    public var words: [String]?

    /// The real numbers that the scale holds.
    public var limits: ClosedRange<Double> {
      let low = FixedPoint.real(range.lowerBound, fractionalBits: fractionalBits)
      return low...max(low, FixedPoint.real(range.upperBound, fractionalBits: fractionalBits))
    }
  }

  /// Both in the network's order.
  public let inputs: [Port]
  public let outputs: [Port]

  public init(
    _ system: ConstraintSystem, words: CompiledModel.Vocabularies = .init()
  ) {
    let inputNames = Set(system.tensors.filter { $0.role.isInput }.map(\.name))
    func ports(_ belongs: (TensorRole) -> Bool) -> [Port] {
      system.tensors.enumerated().filter { belongs($0.element.role) }.map {
        Port(
          name: $0.element.role.isInput
            ? $0.element.name
            : PortNames.networkName(ofOutput: $0.element.name, inputs: inputNames),
          systemName: $0.element.name, tensor: $0.offset, shape: $0.element.shape,
          fractionalBits: $0.element.fractionalBits, range: $0.element.range,
          isPublic: $0.element.role.isPublic)
      }
    }
    func named(_ ports: [Port], _ words: [String: [String]]) -> [Port] {
      ports.map { port in
        var port = port
        port.words = words[port.name]
        return port
      }
    }
    inputs = named(ports { $0.isInput }, words.inputs)
    outputs = named(ports { $0.isOutput }, words.outputs)
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
    for name in values.keys.sorted()
    where !known.contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
      throw .input(name: name, reason: "the network has no such input; it has \(known)")
    }
    var result: [Int: IntegerBuffer] = [:]
    for port in inputs {
      guard let value = values[port.name] else {
        throw .input(name: port.name, reason: "no value is given")
      }
      guard value.shape == port.shape else {
        throw .input(name: port.name, reason: "has the shape \(value.shape), not \(port.shape)")
      }
      let integers = try FixedPoint.quantise(
        value.elements, fractionalBits: port.fractionalBits, range: port.range, tensor: port.name,
        shape: port.shape)
      result[port.tensor] = IntegerBuffer(integers, within: port.range)
    }
    return result
  }

  /// A tensor of the network, in real numbers.
  public struct RealTensor: Equatable, Sendable {
    public var shape: [Int]
    public var values: [Double]

    public init(shape: [Int], values: [Double]) {
      self.shape = shape
      self.values = values
    }
  }

  /// The network's outputs as real numbers, by name.
  ///
  /// - Parameter values: the integers of a tensor of the system.
  public func outputs(_ values: (Int) -> [Int]) -> [String: RealTensor] {
    var result: [String: RealTensor] = [:]
    for port in outputs {
      let reals = values(port.tensor).map {
        FixedPoint.real($0, fractionalBits: port.fractionalBits)
      }
      result[port.name] = RealTensor(shape: port.shape, values: reals)
    }
    return result
  }
}

extension CompiledModel {
  /// The layer that a step is called after.
  func layer(of step: String) -> LayerReport? {
    layers.filter {
      step == $0.name || step.hasPrefix($0.name + ".") || step.hasPrefix($0.name + "/")
    }.max { $0.name.count < $1.name.count }
  }

  /// All tensors of the circuit for the given inputs.
  ///
  /// - Throws: as `ModelInterface.quantise`, and `CompileError.overflow` where a value leaves its
  ///   declared range.
  public func evaluate(_ values: [String: Tensor]) throws(CompileError) -> Assignment {
    let integers = try interface.quantise(values)
    do throws(EvaluationError) {
      return try Evaluator.evaluate(circuit, model: model, inputs: integers)
    } catch {
      if let overflow = circuit.overflow(error, layer: layer) { throw .overflow(overflow) }
      throw .node(
        name: "evaluation", reason: circuit.missingQuotient(error) ?? error.description)
    }
  }
}
