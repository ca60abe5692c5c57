import CommandSupport
import Compiler

/// A compiled model for people and for programs.
struct ModelReport {
  let model: CompiledModel
  /// How far it is from its network, where that was found out.
  let accuracy: AccuracyReport?

  init(_ model: CompiledModel, _ accuracy: AccuracyReport? = nil) {
    self.model = model
    self.accuracy = accuracy
  }

  private var weights: Int {
    model.model.values.reduce(0) { $0 + $1.count }
  }

  private var witnessCells: Int {
    model.circuit.system.tensors.reduce(0) { $0 + ($1.role.isWitness ? $1.count : 0) }
  }

  private var lookups: Int {
    let system = model.circuit.system
    return system.lookups.reduce(0) { $0 + system.tupleCount(of: $1) }
  }

  func json(_ clock: StageClock) -> JSONValue {
    let members: KeyValuePairs<String, JSONValue> = [
      "inputs": ports(model.interface.inputs),
      "outputs": ports(model.interface.outputs),
      "model": .string(visibility(model.isPublic)),
      "secret": .boolean(!model.isPublic),
      "layers": .array(model.layers.filter { $0.operation != LayerReport.input }.map(json)),
      "weights": .integer(weights),
      "witness_cells": .integer(witnessCells),
      "lookups": .integer(lookups),
      "timings": clock.json,
      "peak_rss_bytes": .integer(Console.peakResidentBytes),
    ]
    return .object(members.map { .init($0.key, $0.value) } + (accuracy?.json ?? []))
  }

  private func ports(_ ports: [ModelInterface.Port]) -> JSONValue {
    .object(
      ports.map { port in
        .init(
          port.name,
          .object([
            "shape": .integers(port.shape), "fractional_bits": .integer(port.fractionalBits),
            "least": .number(port.limits.lowerBound), "greatest": .number(port.limits.upperBound),
            "visibility": .string(visibility(port.isPublic)),
          ]))
      })
  }

  /// What each input may be, a line for each.
  private var holds: String {
    model.interface.inputs.map { port in
      "input \(Text.ownName(port.name)): \(Scale(port).text); what is beyond is refused"
    }.joined(separator: "\n")
  }

  private func visibility(_ isPublic: Bool) -> String { isPublic ? "public" : "private" }

  /// Who sees what, in a sentence.
  var visibilityText: String {
    let ports = model.interface.inputs + model.interface.outputs
    func names(_ isPublic: Bool) -> String {
      let names = ports.filter { $0.isPublic == isPublic }.map { Text.ownName($0.name) }
      let all = (model.isPublic == isPublic ? ["the model"] : []) + names
      return all.isEmpty ? "nothing" : all.joined(separator: ", ")
    }
    return "public: \(names(true)); private: \(names(false))"
  }

  private func json(_ layer: LayerReport) -> JSONValue {
    .object([
      "name": .string(layer.name), "operator": .string(layer.operation),
      "shape": .integers(layer.shape), "fractional_bits": .integer(layer.fractionalBits),
      "minimum": .number(layer.minimum), "maximum": .number(layer.maximum),
      "max_abs_error": layer.maximalError.map(JSONValue.number) ?? .null,
      "weights": .integer(layer.weights), "witness_cells": .integer(layer.witnessCells),
      "lookups": .integer(layer.lookups),
    ])
  }

  private static let secrecy =
    "the compiled model holds the private weights in the clear: keep it as secret as the proving key"

  /// A table of the layers, and the sums.
  var text: String {
    var table = TextTable([
      ("layer", .left), ("operator", .left), ("shape", .left), ("range", .right),
      ("unit", .right), ("error", .right), ("weights", .right), ("activations", .right),
      ("lookups", .right),
    ])
    for layer in model.layers {
      let low = Quantity.text(layer.minimum, digits: 3)
      let high = Quantity.text(layer.maximum, digits: 3)
      table.append([
        Text.ownName(layer.name), layer.operation,
        layer.shape.map(String.init).joined(separator: "×"), "\(low)…\(high)",
        Quantity.unit(layer.fractionalBits),
        layer.maximalError.map { Quantity.text($0, digits: 2) } ?? "-", "\(layer.weights)",
        "\(layer.witnessCells)", "\(layer.lookups)",
      ])
    }
    return table.text + "\n\n" + holds
      + (accuracy.map { "\n" + $0.text } ?? "") + "\n\n\(visibilityText)"
      + "\n\(weights) weights, \(witnessCells) committed activations and \(lookups) lookups"
      + (model.isPublic ? "" : "\n" + Self.secrecy)
  }
}

extension StageClock {
  /// Seconds by stage.
  var json: JSONValue { .object(seconds.map { .init($0.stage, .number($0.seconds)) }) }
}
