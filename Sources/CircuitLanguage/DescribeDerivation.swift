import ConstraintSystem

extension DerivationAudit {
  /// How a layer is made, a line for each step: `round(shift = 8, …) of conv1/sum`.
  public func steps(of layer: Layer) -> [String] {
    layer.additions.map { text(derived.additions[$0]) }
  }

  /// The statements of a layer, with the tensors that it adds.
  public func statements(of layer: Layer) -> [String] {
    let printer = SystemPrinter(Circuit(system: derived.system, program: WitnessProgram()))
    return layer.additions.flatMap { place in
      let addition = derived.additions[place]
      return addition.tensors.map { printer.text(derived.system.tensors[$0], $0) }
        + addition.equalities.map { printer.text(derived.system.equalities[$0]) }
        + addition.lookups.map { printer.text(derived.system.lookups[$0]) }
    }
  }

  /// The system's tables, which layers share.
  public var tables: [String] {
    let printer = SystemPrinter(Circuit(system: derived.system, program: WitnessProgram()))
    return derived.system.tables.map { printer.text($0) }
      + derived.system.rowTables.map { printer.text($0) }
  }

  /// The circuits of a layer, in order: `round`, `relu`.
  public func circuits(of layer: Layer) -> [String] {
    layer.additions.compactMap { place in
      guard case .instance(let instance) = derived.additions[place].step.action else { return nil }
      return instance.circuit
    }
  }

  /// What the layer's last step gives.
  public func result(of layer: Layer) -> DerivedSystem.View? {
    layer.additions.reversed().lazy.compactMap { derived.additions[$0].results.last }
      .first.map { derived.views[$0] }
  }

  private func text(_ addition: DerivedSystem.Addition) -> String {
    let step = addition.step
    let views = step.operands.map { derived.views[$0] }
    if case .sum(let sum, let fractionalBits) = step.action {
      return sum.text(step.name, of: views, fractionalBits: fractionalBits)
    }
    let operands = views.map(\.name).joined(separator: ", ")
    return step.action.text + (operands.isEmpty ? "" : " of " + operands)
      + factor(step.action, of: views)
  }

  /// What a divisor multiplies by over real numbers: of all circuits it alone has units of its own.
  private func factor(_ action: Derivation.Action, of views: [DerivedSystem.View]) -> String {
    guard case .instance(let instance) = action, instance.circuit == "divided",
      let divisor = instance.parameters["divisor"], let acc = views.first
    else { return "" }
    let power = ViewSum.number(1, acc.fractionalBits - instance.fractionalBits)
    return ", times \(power) / \(divisor)"
  }
}

extension Derivation.Action {
  fileprivate var text: String {
    switch self {
    case .tensor(let declaration):
      return "\(declaration.role == .model ? "model" : "input") \(declaration.name)"
        + "\(declaration.shape), 2^\(-declaration.fractionalBits)"
    case .instance(let instance):
      let parameters = instance.parameters.sorted { $0.key < $1.key }
        .map { "\($0.key) = \($0.value)" }.joined(separator: ", ")
      return instance.circuit + (parameters.isEmpty ? "" : "(\(parameters))")
        + " in units of 2^\(-instance.fractionalBits)"
    case .broadcast(let shape): return "repeated to \(shape)"
    case .reshape(let shape): return "reshaped to \(shape)"
    case .transpose(let order): return "axes \(order)"
    case .slice(let axis, let start, let count, let step):
      return "\(count) elements of axis \(axis) from \(start) in steps of \(step)"
    case .pad(let before, let after): return "zeros \(before) before and \(after) after"
    case .concat(let axis): return "concatenation along axis \(axis)"
    case .copy: return "copy"
    case .sum: return "sum"
    case .table(let request, let fractionalBits):
      return "table \(request.text) in units of 2^\(-fractionalBits)"
    case .output(let isPublic): return "\(isPublic ? "public" : "private") output"
    }
  }
}
