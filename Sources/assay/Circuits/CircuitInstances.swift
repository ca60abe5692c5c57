import ArgumentParser
import CircuitCheck
import CircuitLanguage
import CommandSupport
import Equations
import OperatorCheck

/// Options of commands that show one instance of each circuit.
struct CircuitInstanceOptions: ParsableArguments {
  @OptionGroup var choice: CircuitSizeOptions

  @Flag(
    help: ArgumentHelp(
      "Take arguments of the types small and any to be products of two tensors, which can't be looked "
        + "up as they are."))
  var accumulators = false

  /// What is shown of a file.
  struct Instances {
    var circuits: [TrialCircuit] = []
    var operators: [OperatorTrial] = []
  }

  /// The instances of the file's circuits and operators at the given sizes.
  func instances(of path: String) throws -> Instances {
    let text = try CircuitText(path, named: choice.circuit)
    var result = Instances()
    for signature in text.chosenCircuits {
      let given = try choice.given().sizes
      try CircuitSizeOptions.check(given, signature)
      try requireAll(given, signature)
      do throws(TrialCircuit.Failure) {
        result.circuits.append(
          try TrialCircuit(
            signature.name, of: text.circuits, given, form: accumulators ? .product : .tensor))
      } catch {
        throw CommandError.input("\(error.error)")
      }
    }
    for operation in text.chosenOperators {
      result.operators.append(try instance(of: operation, text))
    }
    return result
  }

  private func instance(
    of operation: OperatorDescription, _ text: CircuitText
  ) throws(CommandError) -> OperatorTrial {
    let given = try choice.given(for: operation)
    try choice.requireAll(given, operation)
    do throws(OperatorCheckError) {
      return try OperatorTrial(operation.name, of: text.operators, text.circuits, given)
    } catch {
      throw .input("\(operation.name): \(error)")
    }
  }

  private func requireAll(
    _ given: TrialSizes, _ signature: CircuitSignature
  ) throws(CommandError) {
    let sizes = signature.sizes.filter { given.sizes[$0] == nil }
    guard sizes.isEmpty else {
      throw .input(
        "\(signature.name): say --sizes " + sizes.map { "\($0)=…" }.joined(separator: ","))
    }
    let parameters = signature.parameters.map(\.name).filter { given.parameters[$0] == nil }
    guard parameters.isEmpty else {
      throw .input(
        "\(signature.name): say --parameters "
          + parameters.map { "\($0)=…" }.joined(separator: ","))
    }
  }
}
