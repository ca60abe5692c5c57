import ConstraintSystem

extension WeightCertificate {
  /// The certificate's system with the program that computes copies and limbs from the weights.
  public var circuit: Circuit {
    var program = WitnessProgram()
    for part in parts {
      let range = system.tensors[part.model].range
      program.steps.append(step(part.copy, .read(read(part.model))))
      let above = HintExpression.subtract(.read(read(part.copy)), .constant(range.lowerBound))
      let below = HintExpression.subtract(.constant(range.upperBound), .read(read(part.copy)))
      for (limbs, distance) in [(part.above, above), (part.below, below)] {
        for (place, limb) in limbs.enumerated() {
          let shifted = HintExpression.floorDivide(
            distance, .constant(1 << (Self.limbBits * place)))
          program.steps.append(
            step(limb, .remainder(shifted, .constant(1 << Self.limbBits))))
        }
      }
    }
    return Circuit(system: system, program: program)
  }

  /// The values of all tensors of the certificate's system.
  ///
  /// - Parameter model: the weights, by number of the tensor in the model's own system.
  /// - Throws: where weights are missing, or outside of their declared range.
  public func assignment(model: [Int: IntegerBuffer]) throws(EvaluationError) -> Assignment {
    var weights: [Int: IntegerBuffer] = [:]
    for part in parts { weights[part.model] = model[part.original] }
    return try Evaluator.evaluate(circuit, model: weights, inputs: [:])
  }

  private func step(_ target: Int, _ value: HintExpression) -> WitnessProgram.Step {
    let tensor = system.tensors[target]
    let indices = tensor.shape.map { StatementIndex(name: "i", size: $0) }
    return .init(
      name: tensor.name, target: target, indices: indices, computation: .expression(value))
  }

  private func read(_ tensor: Int) -> TensorRead {
    TensorRead(
      tensor: tensor,
      positions: system.tensors[tensor].shape.indices.map { AffineIndex(index: $0) })
  }
}
