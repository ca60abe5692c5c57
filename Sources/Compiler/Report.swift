import ConstraintSystem
import TensorGraph
import Witness

extension Compiler {
  /// A report for each layer, without errors.
  func reports(
    _ integers: IntegerGraph, _ lowered: Lowering.Result, _ normal: FloatGraph,
    _ calibration: Calibration
  ) -> [LayerReport] {
    var operations: [String: String] = [:]
    for node in normal.nodes { operations[node.name] = node.operation.name }
    var witnessCells: [String: Int] = [:]
    var lookups: [String: Int] = [:]
    for cost in lowered.costs {
      for name in owners(of: cost.name) {
        witnessCells[name, default: 0] += cost.witnessCells
        lookups[name, default: 0] += cost.lookups
      }
    }
    return integers.layers.map { layer in
      let value = integers.values[layer.output]
      let range = calibration.ranges[value.source.index] ?? 0...0
      return LayerReport(
        name: layer.name, operation: operations[layer.name] ?? "", shape: value.shape,
        fractionalBits: value.fractionalBits, minimum: range.lowerBound,
        maximum: range.upperBound, tensor: lowered.tensors[layer.output], maximalError: nil,
        weights: integers.weights(of: layer),
        witnessCells: witnessCells[layer.name] ?? 0, lookups: lookups[layer.name] ?? 0)
    }
  }

  /// The layers that a cost belongs to: itself, and those of which it is a part, which is called
  /// `layer/part`.
  private func owners(of name: String) -> [String] {
    name.indices.filter { name[$0] == "/" }.map { String(name[..<$0]) } + [name]
  }
}

extension IntegerGraph {
  fileprivate func weights(of layer: Layer) -> Int {
    layer.inputs.reduce(0) { sum, operand in
      guard case .constant(let index) = operand else { return sum }
      return sum + constants[index].values.count
    }
  }
}

extension CompiledModel {
  /// Compares the circuit's evaluation of a sample with the float evaluation, layer by layer.
  ///
  /// - Parameter references: for each layer the float value of its result, if it is known.
  mutating func measureErrors(
    sample: [String: Tensor], references: [Tensor?]
  ) throws(CompileError) {
    let assignment = try evaluate(sample)
    for (index, reference) in references.enumerated() {
      guard let reference, let tensor = layers[index].tensor else { continue }
      let bits = circuit.system.tensors[tensor].fractionalBits
      layers[index].maximalError = maximalDifference(
        assignment[tensor], bits, reference.reals)
    }
  }
}

/// The greatest difference between fixed-point values and what they approximate.
func maximalDifference(
  _ values: IntegerBuffer, _ fractionalBits: Int, _ reference: [Float]
) -> Double {
  let unit = FixedPoint.real(1, fractionalBits: fractionalBits)
  return values.withInt64 { integers in
    zip(integers, reference).reduce(0) { max($0, abs(Double($1.0) * unit - Double($1.1))) }
  }
}
