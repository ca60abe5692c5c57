import ConstraintSystem
import Evaluation

/// Runs a circuit's witness program.
public enum Evaluator {
  /// Computes every tensor of the system.
  ///
  /// - Parameters:
  ///   - model: the values of every tensor of the model, by number. They are shared, not copied.
  ///   - inputs: the values of every other tensor that no step computes.
  /// - Returns: an assignment in which every value is in its declared range. Computed tensors are
  ///   stored as 64-bit integers. It does not depend on the number of threads.
  /// - Throws: what is wrong with the inputs, or the first step that fails and where.
  public static func evaluate(
    _ circuit: Circuit, model: [Int: IntegerBuffer], inputs: [Int: IntegerBuffer]
  ) throws(EvaluationError) -> Assignment {
    var evaluation = try WitnessRun(circuit)
    try evaluation.load(model, isModel: true)
    try evaluation.load(inputs, isModel: false)
    try evaluation.requireInputs()
    for number in circuit.program.steps.indices { try evaluation.run(number) }
    return try evaluation.assignment()
  }
}

/// A run of a witness program.
private struct WitnessRun {
  let circuit: Circuit
  let tables: TableColumns
  var tensors: TensorElements
  /// The step that computes each tensor.
  var computedBy: [Int?]
  /// The last step that reads each tensor.
  var lastUse: [Int?]

  init(_ circuit: Circuit) throws(EvaluationError) {
    try circuit.checkProgram()
    self.circuit = circuit
    tables = try TableColumns(of: circuit.system.tables)
    tensors = TensorElements(circuit.system.tensors + circuit.program.temporaries)
    computedBy = Array(repeating: nil, count: tensors.declarations.count)
    lastUse = computedBy
    for (number, step) in circuit.program.steps.enumerated() {
      guard computedBy.indices.contains(step.target), computedBy[step.target] == nil,
        tensors.declarations[step.target].role != .model
      else {
        throw .malformed(step: step.name, reason: "tensor \(step.target) can't be its target")
      }
      computedBy[step.target] = number
      for tensor in step.computation.readTensors where lastUse.indices.contains(tensor) {
        lastUse[tensor] = number
      }
    }
  }

  /// Takes given values after checking their number and range.
  mutating func load(
    _ given: [Int: IntegerBuffer], isModel: Bool
  ) throws(EvaluationError) {
    for (tensor, buffer) in given.sorted(by: { $0.key < $1.key }) {
      guard circuit.system.tensors.indices.contains(tensor) else {
        throw .unexpectedTensor(name: "tensor \(tensor)")
      }
      let declaration = circuit.system.tensors[tensor]
      guard (declaration.role == .model) == isModel, computedBy[tensor] == nil else {
        throw .unexpectedTensor(name: declaration.name)
      }
      guard buffer.count == declaration.count else {
        throw .wrongCount(
          tensor: declaration.name, expected: declaration.count, found: buffer.count)
      }
      if let position = buffer.firstPosition(outside: declaration.range) {
        throw .inputOutOfRange(
          tensor: declaration.name, position: coordinates(of: position, shape: declaration.shape),
          value: buffer[position], range: declaration.range)
      }
      tensors[tensor] = buffer
    }
  }

  func requireInputs() throws(EvaluationError) {
    for (tensor, declaration) in circuit.system.tensors.enumerated()
    where computedBy[tensor] == nil && tensors[tensor] == nil {
      throw .missingTensor(name: declaration.name)
    }
  }

  /// Runs a step, checks what it computed, and lets go of temporaries that nobody reads any more.
  mutating func run(_ number: Int) throws(EvaluationError) {
    let step = circuit.program.steps[number]
    let declaration = tensors.declarations[step.target]
    let buffer = try values(of: step, count: declaration.count)
    if let position = buffer.firstPosition(outside: declaration.range) {
      throw .outOfRange(
        step: step.name, tensor: declaration.name,
        position: coordinates(of: position, shape: declaration.shape), value: buffer[position],
        range: declaration.range)
    }
    tensors[step.target] = buffer
    for tensor in circuit.system.tensors.count..<tensors.declarations.count
    where lastUse[tensor] == number { tensors[tensor] = nil }
  }

  private func values(
    of step: WitnessProgram.Step, count: Int
  ) throws(EvaluationError) -> IntegerBuffer {
    let rank = try domainRank(of: step, count: count)
    let shape = tensors.declarations[step.target].shape
    var failure: EvaluationError?
    let buffer = IntegerBuffer(width: .int64, count: count) { bytes in
      guard let target = bytes.bindMemory(to: Int64.self).baseAddress else { return }
      do throws(EvaluationError) {
        switch step.computation {
        case .sumOfProducts(let terms):
          try SumOfProducts(
            terms, indices: step.indices, domainRank: rank, step: step.name, shape: shape,
            tensors: tensors, tables: tables
          ).write(to: target)
        case .expression(let expression):
          try ExpressionEvaluation(
            expression, indices: step.indices, domainRank: rank, step: step.name, shape: shape,
            tensors: tensors, tables: tables
          ).write(to: target)
        }
      } catch { failure = error }
    }
    if let failure { throw failure }
    return buffer
  }

  /// The target's values are the first indices, in row-major order, that are as many as they. They
  /// may split an axis of the target.
  private func domainRank(
    of step: WitnessProgram.Step, count: Int
  ) throws(EvaluationError) -> Int {
    var size = 1
    if let empty = step.indices.first(where: { $0.size < 1 }) {
      throw .malformed(step: step.name, reason: "the index \(empty.name) has no values")
    }
    for (rank, index) in step.indices.enumerated() {
      if size == count { return rank }
      guard size < count else { break }
      size *= index.size
    }
    guard size == count else {
      throw .malformed(step: step.name, reason: "its indices do not span its target")
    }
    return step.indices.count
  }

  func assignment() throws(EvaluationError) -> Assignment {
    var buffers: [IntegerBuffer] = []
    for (tensor, declaration) in circuit.system.tensors.enumerated() {
      guard let buffer = tensors[tensor] else { throw .missingTensor(name: declaration.name) }
      buffers.append(buffer)
    }
    return Assignment(buffers)
  }
}
