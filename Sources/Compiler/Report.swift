import ConstraintSystem
import TensorGraph
import Witness

extension Compiler {
  /// A report for each input and each layer, without errors.
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
    let inputs = integers.inputs.map { input in
      let value = integers.values[input]
      let range = calibration.ranges[value.source.index] ?? 0...0
      return LayerReport(
        name: value.name, operation: LayerReport.input, shape: value.shape,
        fractionalBits: value.fractionalBits, minimum: range.lowerBound,
        maximum: range.upperBound, tensor: lowered.tensors[input], maximalError: nil, weights: 0,
        witnessCells: witnessCells[value.name] ?? 0, lookups: lookups[value.name] ?? 0)
    }
    return inputs
      + integers.layers.map { layer in
        let value = integers.values[layer.output]
        let range = calibration.ranges[value.source.index] ?? 0...0
        return LayerReport(
          name: layer.name, operation: operations[layer.name] ?? "Constant", shape: value.shape,
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
  /// - Parameter references: for each report the float value of its tensor, if it is known.
  fileprivate mutating func measureErrors(_ assignment: Assignment, references: [Tensor?]) {
    for (index, reference) in references.enumerated() {
      guard let reference, let tensor = layers[index].tensor else { continue }
      let bits = circuit.system.tensors[tensor].fractionalBits
      layers[index].maximalError = maximalDifference(
        assignment[tensor], bits, reference.reals)
    }
  }
}

extension Compilation {
  /// How many samples are compared: fewer where the outputs are so large that keeping them would
  /// take more than 2^26 values.
  static func samples(of graph: FloatGraph) -> Int {
    let size = graph.targets.reduce(0) { $0 + graph[$1.tensor].shape.reduce(1, *) }
    return min(judgedSamples, max(1, (1 << 26) / max(size, 1)))
  }

  /// Compares the first samples of a calibration, and the layers of the first one.
  mutating func measure(
    _ samples: [[String: Tensor]], _ calibration: Calibration, checks: Bool
  ) throws(CompileError) {
    var judge = Judge(compilation: self, given: samples.count)
    for (number, kept) in calibration.kept.enumerated() {
      let assignment = try model.evaluate(samples[number])
      var references = kept
      if number == 0 { try replaceByOriginal(&references, samples[0]) }
      try judge.add(assignment, reals(references), checks: checks || number == 0)
      guard number == 0 else { continue }
      let values = integers.inputs + integers.layers.map(\.output)
      model.measureErrors(
        assignment,
        references: values.map { calibration.reference[integers.values[$0].source.index] })
    }
    accuracy = judge.accuracy
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
