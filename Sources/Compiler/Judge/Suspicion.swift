import Equations
import TensorGraph

extension Compilation {
  /// Whether no input's values are of less than a sixteenth of the magnitude that others have.
  public func areAlike(_ samples: [[String: Tensor]], _ others: [[String: Tensor]]) -> Bool {
    func magnitude(_ samples: [[String: Tensor]], _ name: String) -> Double {
      samples.reduce(0) { max($0, $1[name].map(ScaleSolver.magnitude) ?? 0) }
    }
    return graph.inputs.allSatisfy { id in
      let name = graph[id].name
      return magnitude(samples, name) * 16 >= magnitude(others, name)
    }
  }
}

extension Calibration {
  /// What makes samples a poor choice to find scales by, in sentences for people.
  func warnings(_ graph: FloatGraph, _ samples: [[String: Tensor]]) -> [String] {
    var warnings: [String] = []
    for id in graph.inputs {
      let name = graph[id].name
      guard graph[id].shape.reduce(1, *) > 0 else { continue }
      let values = samples.compactMap { $0[name]?.reals }
      if magnitude(id) == 0 {
        warnings.append("the input \"\(name)\" is zero in all calibration samples")
      } else if let first = values.first?.first,
        values.allSatisfy({ $0.allSatisfy { $0 == first } }),
        values.count > 1 || values[0].count > 1
      {
        warnings.append(
          "the input \"\(name)\" is \(Readable.number(Double(first))) everywhere in all calibration "
            + "samples")
      } else if samples.count > 1, values.allSatisfy({ $0 == values[0] }) {
        warnings.append("the input \"\(name)\" is the same in all calibration samples")
      }
    }
    for target in graph.targets where magnitude(target.tensor) == 0 {
      guard graph[target.tensor].shape.reduce(1, *) > 0, !graph.inputs.isEmpty else { continue }
      warnings.append("the output \"\(target.name)\" is zero for all calibration samples")
    }
    return warnings
  }
}

extension FormCalibration {
  /// What makes samples a poor choice to find scales by, in sentences for people.
  func warnings(_ graph: FormGraph, _ samples: [[String: Tensor]]) -> [String] {
    var warnings = graph.inputs.compactMap { id in
      inputWarning(graph[id].name, self[id].magnitude, samples)
    }
    for (output, target) in zip(graph.outputs, graph.targets)
    where graph.constants[target.value] == nil && self[target.value].magnitude == 0
      && !graph.inputs.isEmpty
    {
      warnings.append("the output \"\(output.name)\" is zero for all calibration samples")
    }
    return warnings
  }

  private func inputWarning(
    _ name: String, _ magnitude: Double, _ samples: [[String: Tensor]]
  ) -> String? {
    let values = samples.compactMap { $0[name]?.reals }
    if magnitude == 0 { return "the input \"\(name)\" is zero in all calibration samples" }
    if let first = values.first?.first,
      values.allSatisfy({ $0.allSatisfy { $0 == first } }),
      values.count > 1 || values[0].count > 1
    {
      return "the input \"\(name)\" is \(Readable.number(Double(first))) everywhere in all "
        + "calibration samples"
    }
    guard samples.count > 1, values.allSatisfy({ $0 == values[0] }) else { return nil }
    return "the input \"\(name)\" is the same in all calibration samples"
  }
}
