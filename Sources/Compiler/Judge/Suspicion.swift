import Equations
import TensorGraph

extension Compilation {
  /// Whether no input's values are of less than a sixteenth of the magnitude that others have.
  public func areAlike(_ samples: [[String: Tensor]], _ others: [[String: Tensor]]) -> Bool {
    func magnitude(_ samples: [[String: Tensor]], _ name: String) -> Double {
      samples.reduce(0) { greatest, sample in
        max(greatest, sample[name].map { $0.doubles.reduce(0) { max($0, abs($1)) } } ?? 0)
      }
    }
    return source.inputs.allSatisfy { id in
      let name = source[id].name
      return magnitude(samples, name) * 16 >= magnitude(others, name)
    }
  }
}

extension FormGraph {
  /// What is not as exact as a network of integers may seem, in sentences for people.
  var notes: [String] {
    notesOfSteps + notesOfSums
  }

  private var notesOfSums: [String] {
    note(
      of: layers.filter(\.isSummedInSingle).map(\.name),
      "adds up exactly what ONNX Runtime adds up in single precision, in an order of its own, so that a "
        + "sum near the middle of two integers may become the other one; what it computes by integers "
        + "itself is the same here")
  }

  /// What is to be said of layers, the first of which is named; nothing of none.
  private func note(of layers: [String], _ words: String) -> [String] {
    guard let first = layers.first else { return [] }
    let others = layers.count == 1 ? "" : " and \(layers.count - 1) more"
    return ["layer \"\(first)\"\(others): \(words)"]
  }

  private var notesOfSteps: [String] {
    let producers = producers
    var found: [String] = []
    for node in nodes {
      guard case .step(let step) = node.form else { continue }
      let argument = node.operands[step.arguments[0].operand]
      let name = layers[node.layer].name
      guard self[argument].kind == .real, !found.contains(name),
        !isMovedInput(argument, { producers[$0] })
      else { continue }
      found.append(name)
    }
    return note(
      of: found,
      "makes integers of reals that are rounded to a scale of their own, so that one near the middle of "
        + "two integers may become the other one; integers that follow from integers are exact")
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
