import ConstraintSystem
import Witness

extension CompiledModel {
  /// Checks that the parts belong together.
  func checkConsistency() throws(CompileError) {
    try checkCircuit()
    let tensors = circuit.system.tensors
    let expected = tensors.indices.filter { tensors[$0].role == .model }
    guard Set(expected) == Set(model.keys) else {
      throw .file("the compiled model is damaged: its weights are not those of its circuit")
    }
    for (tensor, values) in model { try check(values, tensors[tensor]) }
    for layer in layers {
      guard let tensor = layer.tensor else { continue }
      guard tensors.indices.contains(tensor) else {
        throw .file("the compiled model is damaged: \"\(layer.name)\" has no tensor")
      }
    }
  }

  /// A circuit that breaks a rule can be neither shown nor counted nor evaluated.
  private func checkCircuit() throws(CompileError) {
    do throws(ConstraintSystemError) {
      try circuit.system.validate()
    } catch {
      throw .file(
        "the compiled model is damaged: its circuit breaks a rule: \(error.subject): "
          + error.explanation)
    }
    do throws(EvaluationError) {
      try circuit.checkProgram()
    } catch {
      throw .file("the compiled model is damaged: \(error)")
    }
  }

  private func check(
    _ values: IntegerBuffer, _ declaration: TensorDeclaration
  ) throws(CompileError) {
    let inRange = values.withInt64 { integers in
      integers.allSatisfy {
        $0 >= declaration.range.lowerBound && $0 <= declaration.range.upperBound
      }
    }
    guard values.count == declaration.count, inRange else {
      throw .file("the compiled model is damaged: the weights of \"\(declaration.name)\"")
    }
  }
}
