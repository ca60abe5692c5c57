import TensorGraph
import Witness

/// Compares sample by sample.
struct Judge {
  let compilation: Compilation
  private(set) var accuracy: Accuracy
  private let targets: [JudgedOutput]
  /// By output, how far the best score is above the next one where that may be within what the scores are
  /// off.
  private var gaps: [[Double]]

  init(compilation: Compilation, given: Int) {
    self.compilation = compilation
    targets = compilation.judgedOutputs
    gaps = .init(repeating: [], count: targets.count)
    accuracy = Accuracy(
      outputs: targets.map { .init(name: $0.name, isLabel: $0.label != nil) }, given: given)
    if targets.contains(where: \.isClass) { accuracy.unchanged = 0 }
  }

  /// - Parameters:
  ///   - assignment: what the integer network makes of a sample.
  ///   - references: what each output is compared with; nil where that is not known.
  ///   - checks: whether the assignment must satisfy every statement.
  mutating func add(
    _ assignment: Assignment, _ references: [[Double]?], checks: Bool
  ) throws(CompileError) {
    if checks { try check(assignment) }
    var isUnchanged = true
    for (number, target) in targets.enumerated() {
      guard let reference = references[number] else { continue }
      guard reference.allSatisfy(\.isFinite) else {
        throw .output(
          name: target.name, reason: "the float network's own value is infinite or not a number")
      }
      let found = compilation.values(of: number, assignment)
      guard found.count == target.count else {
        throw .output(name: target.name, reason: "its circuit gives \(found.count) values")
      }
      let kept = add(found, reference, target, number)
      if let label = target.label {
        addGaps(compilation.scores(of: number, assignment), reference, label, number)
      }
      isUnchanged = isUnchanged && kept
    }
    if isUnchanged, let unchanged = accuracy.unchanged { accuracy.unchanged = unchanged + 1 }
    accuracy.samples += 1
  }

  /// Returns whether the class is that of the float network.
  private mutating func add(
    _ found: [Double], _ reference: [Double], _ target: JudgedOutput, _ number: Int
  ) -> Bool {
    if let label = target.label { return addLabels(found, reference, label, number) }
    widen(number, reference.reduce(0) { max($0, abs($1)) })
    for (position, value) in found.enumerated() {
      note(number, position, value, reference[position])
    }
    return !target.isClass || firstMaximum(found) == firstMaximum(reference)
  }

  /// Labels are as wrong as the score of what they choose is below the best.
  private mutating func addLabels(
    _ found: [Double], _ scores: [Double], _ label: JudgedOutput.Label, _ number: Int
  ) -> Bool {
    var isUnchanged = true
    accuracy.outputs[number].labels += found.count
    for (position, chosen) in found.enumerated() {
      let column = label.column(position, scores)
      let best = label.best(column)
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

  /// Counts the labels that the circuit chooses by differences that are within what its scores are off.
  ///
  /// - Parameter found: the circuit's scores; nil where it has none as they are.
  private mutating func addGaps(
    _ found: [Double]?, _ scores: [Double], _ label: JudgedOutput.Label, _ number: Int
  ) {
    guard let found, found.count == scores.count, label.choices > 1 else { return }
    let noise = zip(found, scores).reduce(0) { max($0, abs($1.0 - $1.1)) }
    accuracy.outputs[number].noise = max(accuracy.outputs[number].noise, noise)
    let limit = accuracy.outputs[number].range * Self.nearness
    for position in label.starts.indices {
      let gap = label.gap(label.column(position, scores))
      if gap <= limit { gaps[number].append(gap) }
    }
    let reach = 2 * accuracy.outputs[number].noise
    accuracy.outputs[number].close = gaps[number].count { $0 <= reach }
  }

  /// The part of a score's range within which two of them are near each other.
  private static let nearness = 0x1p-5

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

  /// What a statement that does not hold belongs to, as the network calls it.
  private func layer(of violation: StatementViolation) -> String {
    let model = compilation.model
    return model.circuit.layerName(of: violation) { model.layer(of: $0) } ?? "circuit"
  }

  private func firstMaximum(_ values: [Double]) -> Int {
    values.indices.max { (values[$0], $1) < (values[$1], $0) } ?? 0
  }

  private func check(_ assignment: Assignment) throws(CompileError) {
    do throws(StatementViolation) {
      try StatementChecker.check(compilation.model.circuit.system, assignment)
    } catch {
      throw .node(
        name: layer(of: error),
        reason: "what its hints compute for calibration sample \(accuracy.samples + 1) contradicts "
          + "its own statements, so that nothing could be proven: \(error)")
    }
  }
}

/// What is compared for an output: its own values, or the scores that it has the labels of.
struct JudgedOutput {
  var name: String
  /// How many values it has.
  var count: Int
  /// Whether it says a class: it is of labels, or of scores along the last axis and no other.
  var isClass: Bool
  var label: Label?

  /// How the positions of greatest, or least, scores follow from the scores.
  struct Label {
    /// For each label where its first score is, and how far the next ones are.
    var starts: [Int]
    var stride: Int
    /// How many scores a label chooses among.
    var choices: Int
    var isMaximum = true
    /// Of equal ones the last, instead of the first.
    var isLast = false
  }
}

extension JudgedOutput.Label {
  /// The scores that a label chooses among; the greatest is the best one.
  func column(_ position: Int, _ scores: [Double]) -> [Double] {
    (0..<choices).map { (isMaximum ? 1 : -1) * scores[starts[position] + $0 * stride] }
  }

  /// How far the best one is above the next one.
  func gap(_ column: [Double]) -> Double {
    let best = best(column)
    let others = column.indices.filter { $0 != best }.map { column[$0] }
    return column[best] - (others.max() ?? -.infinity)
  }

  /// Where the best one is.
  func best(_ column: [Double]) -> Int {
    column.indices.max {
      (column[$0], isLast ? $0 : $1) < (column[$1], isLast ? $1 : $0)
    } ?? 0
  }
}

extension Compilation {
  /// The integer network's values of an output as real numbers.
  func values(of number: Int, _ assignment: Assignment) -> [Double] {
    let tensor = outputs[number]
    let bits = model.circuit.system.tensors[tensor].fractionalBits
    return assignment[tensor].values.map { FixedPoint.real($0, fractionalBits: bits) }
  }

  /// The integer network's scores that an output has the labels of; nil where no tensor holds them.
  func scores(of number: Int, _ assignment: Assignment) -> [Double]? {
    guard let tensor = forms.tensors[forms.targets[number].value] else { return nil }
    let bits = model.circuit.system.tensors[tensor].fractionalBits
    return assignment[tensor].values.map { FixedPoint.real($0, fractionalBits: bits) }
  }

  /// One for each output.
  var judgedOutputs: [JudgedOutput] { forms.judgedOutputs }
}

extension [Int] {
  /// Whether values of this shape are scores: along the last axis and no other.
  var isScores: Bool { (last ?? 1) > 1 && dropLast().allSatisfy { $0 == 1 } }
}
