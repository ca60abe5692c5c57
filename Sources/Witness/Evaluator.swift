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
    for run in circuit.program.runs {
      switch run {
      case .step(let number): try evaluation.run(number)
      case .loop(let loop): try evaluation.run(loop)
      }
    }
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
    forget(after: number...number)
  }

  /// Lets go of temporaries that are read by these steps for the last time.
  private mutating func forget(after steps: ClosedRange<Int>) {
    for tensor in circuit.system.tensors.count..<tensors.declarations.count {
      if let last = lastUse[tensor], steps.contains(last) { tensors[tensor] = nil }
    }
  }

  /// Runs the steps of a loop for one part of their targets after the other, which are zero up to then.
  ///
  /// The targets' buffers are there from the start, as steps read what others of the loop have computed;
  /// each part is written once, by one step, before any other step runs.
  mutating func run(_ loop: WitnessProgram.Loop) throws(EvaluationError) {
    let steps = circuit.program.steps[loop.steps]
    var targets: [UnsafeMutablePointer<Int64>] = []
    for step in steps {
      let count = tensors.declarations[step.target].count
      tensors[step.target] = IntegerBuffer(width: .int64, count: count) { bytes in
        let target = bytes.bindMemory(to: Int64.self)
        target.initialize(repeating: 0)
        if let base = target.baseAddress { targets.append(base) }
      }
    }
    tensors.incomplete = Set(steps.map(\.target))
    var prepared: [PreparedStep] = []
    for step in steps { prepared.append(try prepare(step, parts: loop.count)) }
    for part in 0..<loop.count {
      for (step, target) in zip(prepared, targets) {
        try step.write(part: part, to: target + part * step.count)
      }
    }
    tensors.incomplete = []
    forget(after: loop.steps.lowerBound...loop.steps.upperBound - 1)
  }

  private func values(
    of step: WitnessProgram.Step, count: Int
  ) throws(EvaluationError) -> IntegerBuffer {
    var failure: EvaluationError?
    let buffer = IntegerBuffer(width: .int64, count: count) { bytes in
      guard let target = bytes.bindMemory(to: Int64.self).baseAddress else { return }
      do throws(EvaluationError) {
        try prepare(step).values.write(to: target, part: 0)
      } catch { failure = error }
    }
    if let failure { throw failure }
    return buffer
  }

  /// A step, or one part of it after the other, ready to be computed.
  private func prepare(
    _ whole: WitnessProgram.Step, parts: Int = 1
  ) throws(EvaluationError) -> PreparedStep {
    let step = parts == 1 ? whole : whole.split(into: parts)
    let declaration = tensors.declarations[step.target]
    let count = declaration.count / parts
    let domain = StepDomain(
      indices: step.indices, rank: try domainRank(of: step, count: count), step: step.name,
      shape: declaration.shape, fixed: parts == 1 ? nil : step.indices.count - 1)
    let values: PreparedStep.Values =
      switch step.computation {
      case .sumOfProducts(let terms):
        .sum(try SumOfProducts(terms, over: domain, tensors: tensors, tables: tables))
      case .expression(let expression):
        .expression(
          try ExpressionEvaluation(expression, over: domain, tensors: tensors, tables: tables))
      }
    return PreparedStep(name: step.name, target: declaration, count: count, values: values)
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
