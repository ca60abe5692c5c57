import CircuitLanguage
import CommandSupport
import Equations

/// A circuit file with what it may use, and what of it is asked for.
struct CircuitText {
  let circuits: CircuitLibrary
  let operators: OperatorLibrary
  let chosenCircuits: [CircuitSignature]
  let chosenOperators: [OperatorDescription]

  /// - Parameter name: one circuit or operator; nil for all operators, and the circuits that are for
  ///   others to use: those that no other of the file calls.
  init(_ path: String, named name: String?) throws(CommandError) {
    let file = try CircuitFiles.read(path)
    circuits = try CircuitFiles.library([file])
    operators = try CircuitFiles.operators([file])
    let names = try CircuitFiles.names(of: file)
    let library = (circuits, operators)
    let all = names.circuits.compactMap { library.0.signature(of: $0) }
    let operations = names.operators.compactMap { library.1.description(of: $0) }
    guard let name else {
      let called = Set(all.flatMap(\.callees))
      chosenCircuits = all.filter { !called.contains($0.name) }
      chosenOperators = operations
      guard !chosenCircuits.isEmpty || !operations.isEmpty else {
        throw .input("\(file.name): there is no circuit and no operator in it")
      }
      return
    }
    chosenCircuits = all.filter { $0.name == name }
    chosenOperators = operations.filter { $0.name == name }
    guard !chosenCircuits.isEmpty || !chosenOperators.isEmpty else {
      let known = all.map(\.name) + operations.map(\.name)
      throw .input(
        "\(file.name): there is no circuit or operator '\(name)' in it, but "
          + (known.isEmpty ? "none" : known.joined(separator: ", ")))
    }
  }
}

extension CircuitSizeOptions {
  /// What is given, as it is meant by an operator.
  /// - Throws: for names that the operator does not have.
  func given(for operation: OperatorDescription) throws(CommandError) -> OperatorSample {
    var sample = OperatorSample()
    for (given, value) in try Self.pairs(sizes, "--sizes") {
      let name = given != "..." && given.hasSuffix("...") ? String(given.dropLast(3)) : given
      if operation.packs.contains(name) {
        sample.packs[name] = value == "none" ? [] : try Self.extents(value, name)
      } else if operation.sizes.contains(name) {
        sample.sizes[name] = try Self.size(value, name)
      } else {
        let known = operation.sizes + operation.packs.map { $0 == "..." ? $0 : $0 + "..." }
        throw .input(
          "--sizes: the operator \(operation.name) has no size '\(given)', but "
            + Self.list(known))
      }
    }
    for (name, value) in try Self.pairs(parameters, "--parameters") {
      guard operation.attributeNames.contains(name) else {
        throw .input(
          "--parameters: the operator \(operation.name) has no attribute '\(name)', but "
            + Self.list(operation.attributeNames))
      }
      sample.attributes[name] = try Self.attribute(
        value, name, isList: operation.listAttributes.contains(name))
    }
    return sample
  }

  private static func attribute(
    _ text: String, _ name: String, isList: Bool
  ) throws(CommandError) -> AttributeValue {
    if isList {
      let parts = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
      guard parts.allSatisfy({ $0 != nil }) else {
        throw .input("--parameters: \(name)=\(text) should be integers, as in \(name)=1x2")
      }
      return .ints(parts.compactMap { $0 })
    }
    if let integer = Int(text) { return .int(integer) }
    if let real = Double(text), real.isFinite { return .real(real) }
    return .text(text)
  }

  /// Refuses an operator whose sizes are not all given.
  func requireAll(
    _ given: OperatorSample, _ operation: OperatorDescription
  ) throws(CommandError) {
    let missing =
      operation.sizes.filter { given.sizes[$0] == nil }
      + operation.packs.filter { given.packs[$0] == nil }
    guard missing.isEmpty else {
      throw .input(
        "\(operation.name): say --sizes " + missing.map { "\($0)=…" }.joined(separator: ","))
    }
  }
}
