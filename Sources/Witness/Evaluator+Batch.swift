import ConstraintSystem

extension Evaluator {
  /// Computes every tensor of a batch of inferences.
  ///
  /// - Parameters:
  ///   - batched: `circuit.system.batched(samples.count)`.
  ///   - samples: for each inference the values of the tensors that no step computes.
  /// - Returns: an assignment of the batched system: the samples' tensors one behind the other, and
  ///   once what they have in common.
  /// - Throws: as `evaluate`, for the first sample that fails.
  public static func evaluate(
    _ circuit: Circuit, batched: ConstraintSystem, model: [Int: IntegerBuffer],
    samples: [[Int: IntegerBuffer]]
  ) throws(EvaluationError) -> Assignment {
    var assignments: [Assignment] = []
    for inputs in samples {
      assignments.append(try evaluate(circuit, model: model, inputs: inputs))
    }
    return try Assignment(batch: assignments, of: batched)
  }
}

extension Assignment {
  /// Assignments of a system as one assignment of that system in a batch.
  ///
  /// - Throws: `EvaluationError.wrongCount` unless the batch is of so many samples.
  public init(
    batch samples: [Assignment], of batched: ConstraintSystem
  ) throws(EvaluationError) {
    var buffers: [IntegerBuffer] = []
    for (tensor, declaration) in batched.tensors.enumerated() {
      let parts = samples.compactMap { $0.tensors.indices.contains(tensor) ? $0[tensor] : nil }
      let isCommon = parts.first?.count == declaration.count
      let buffer = isCommon ? parts[0] : IntegerBuffer(concatenating: parts)
      guard buffer.count == declaration.count else {
        throw .wrongCount(
          tensor: declaration.name, expected: declaration.count, found: buffer.count)
      }
      buffers.append(buffer)
    }
    self.init(buffers)
  }
}

extension IntegerBuffer {
  /// The values of all buffers one behind the other, in the widest of their widths.
  init(concatenating parts: [IntegerBuffer]) {
    let width = parts.max { $0.width.rawValue < $1.width.rawValue }?.width ?? .int64
    guard parts.allSatisfy({ $0.width == width }) else {
      self.init(parts.flatMap(\.values))
      return
    }
    self.init(width: width, count: parts.reduce(0) { $0 + $1.count }) { bytes in
      var start = 0
      for part in parts {
        part.withUnsafeBytes { source in
          UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + source.count])
            .copyMemory(from: source)
          start += source.count
        }
      }
    }
  }
}
