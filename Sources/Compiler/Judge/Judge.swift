import TensorGraph
import Witness

/// Compares sample by sample.
struct Judge {
  let compilation: Compilation
  private(set) var accuracy: Accuracy
  private let targets: [Compilation.Target]

  init(compilation: Compilation, given: Int) {
    self.compilation = compilation
    targets = compilation.targets
    accuracy = Accuracy(
      outputs: targets.map { .init(name: $0.name, isLabel: $0.label != nil) }, given: given)
    if targets.contains(where: isClass) { accuracy.unchanged = 0 }
  }

  /// - Parameters:
  ///   - assignment: what the integer network makes of a sample.
  ///   - references: the float values of all targets, by tensor.
  ///   - checks: whether the assignment must satisfy every statement.
  mutating func add(
    _ assignment: Assignment, _ references: [TensorID: Tensor], checks: Bool
  ) throws(CompileError) {
    if checks { try check(assignment) }
    var isUnchanged = true
    for (number, target) in targets.enumerated() {
      guard let reference = references[target.tensor]?.reals else { continue }
      guard reference.allSatisfy(\.isFinite) else {
        throw .output(
          name: target.name, reason: "the float network's own value is infinite or not a number")
      }
      let found = compilation.values(of: number, assignment)
      guard found.count == compilation.size(of: number) else {
        throw .output(name: target.name, reason: "its circuit gives \(found.count) values")
      }
      let kept = add(found, reference, target, number)
      isUnchanged = isUnchanged && kept
    }
    if isUnchanged, let unchanged = accuracy.unchanged { accuracy.unchanged = unchanged + 1 }
    accuracy.samples += 1
  }

  private func isClass(_ target: Compilation.Target) -> Bool {
    if target.label != nil { return true }
    let shape = compilation.graph[target.tensor].shape
    return (shape.last ?? 1) > 1 && shape.dropLast().allSatisfy { $0 == 1 }
  }

  /// Returns whether the class is that of the float network.
  private mutating func add(
    _ found: [Double], _ reference: [Float], _ target: Compilation.Target, _ number: Int
  ) -> Bool {
    if let label = target.label { return addLabels(found, reference, label, number) }
    widen(number, reference.reduce(0) { max($0, abs(Double($1))) })
    for (position, value) in found.enumerated() {
      note(number, position, value, Double(reference[position]))
    }
    return !isClass(target) || firstMaximum(found) == firstMaximum(reference.map(Double.init))
  }

  /// Labels are as wrong as the score of what they choose is below the best.
  private mutating func addLabels(
    _ found: [Double], _ scores: [Float], _ label: FloatGraph.Node, _ number: Int
  ) -> Bool {
    guard case .argMax(let axis, _) = label.operation else { return true }
    let shape = compilation.graph[label.inputs[0]].shape
    let inner = shape[(axis + 1)...].reduce(1, *)
    var isUnchanged = true
    accuracy.outputs[number].labels += found.count
    for (position, chosen) in found.enumerated() {
      let start = position / inner * inner * shape[axis] + position % inner
      let column = (0..<shape[axis]).map { Double(scores[start + $0 * inner]) }
      let best = firstMaximum(column)
      widen(number, column[best] - (column.min() ?? 0))
      if Int(chosen) == best { continue }
      isUnchanged = false
      accuracy.outputs[number].changed += 1
      // A circuit of somebody's own may choose what is not there.
      let isThere = column.indices.contains(Int(chosen))
      note(number, position, isThere ? column[Int(chosen)] : -column[best], column[best])
    }
    return isUnchanged
  }

  private mutating func widen(_ number: Int, _ range: Double) {
    accuracy.outputs[number].range = max(accuracy.outputs[number].range, range)
  }

  private mutating func note(
    _ number: Int, _ position: Int, _ value: Double, _ reference: Double
  ) {
    let error = abs(value - reference)
    guard error > accuracy.outputs[number].error else { return }
    accuracy.outputs[number].error = error
    accuracy.outputs[number].sample = accuracy.samples
    accuracy.outputs[number].position = position
    accuracy.outputs[number].value = value
    accuracy.outputs[number].reference = reference
  }

  private func firstMaximum(_ values: [Double]) -> Int {
    values.indices.max { (values[$0], $1) < (values[$1], $0) } ?? 0
  }

  private func check(_ assignment: Assignment) throws(CompileError) {
    do throws(StatementViolation) {
      try StatementChecker.check(compilation.model.circuit.system, assignment)
    } catch {
      throw .node(
        name: "circuit",
        reason: "what its hints compute for calibration sample \(accuracy.samples + 1) contradicts "
          + "its own statements, so that nothing could be proven: \(error)")
    }
  }
}

extension Compilation {
  /// The integer network's values of an output as real numbers.
  func values(of number: Int, _ assignment: Assignment) -> [Double] {
    let tensor = outputs[number]
    let bits = model.circuit.system.tensors[tensor].fractionalBits
    return assignment[tensor].values.map { FixedPoint.real($0, fractionalBits: bits) }
  }

  /// How many values an output has.
  func size(of number: Int) -> Int { graph[graph.outputs[number].tensor].shape.reduce(1, *) }

  /// The tensor of the system that holds exactly a tensor of the float graph.
  func tensor(of id: TensorID) -> Int? {
    integers.values.firstIndex { $0.source == id }.flatMap { tensors[$0] }
  }
}
