import Equations
import TensorGraph

/// What the values of a form graph were seen to hold.
struct FormCalibration {
  /// Of one value.
  struct Statistics: Equatable {
    /// Zero included.
    var low = 0.0
    var high = 0.0
    /// Of all elements of all samples that are not zero, the sum of magnitudes.
    var total = 0.0
    var count = 0
    /// The least magnitude that is not zero; infinite where all are.
    var least = Double.infinity
    /// The greatest magnitude at each position along the asked axis, where one was asked.
    var channels: [Double] = []
    /// Magnitudes by their binary exponents, where they were asked.
    var spread = MagnitudeSpread()

    var magnitude: Double { max(-low, high) }

    /// The mean magnitude of what is not zero.
    var typical: Double { count == 0 ? 0 : total / Double(count) }
  }

  /// By value; of constants nothing is known.
  private(set) var values: [Statistics]
  /// The values of the first sample, for those that were asked.
  private(set) var reference: [ValueID: [Double]] = [:]
  /// The values that are compared, of the first samples.
  private(set) var kept: [[ValueID: [Double]]] = []

  /// Statistics that somebody made up.
  init(_ values: [Statistics]) { self.values = values }

  /// Evaluates the network on every sample.
  ///
  /// - Parameters:
  ///   - samples: for each input its elements; at least one sample.
  ///   - channels: for values whose channels are told apart the axis of these.
  ///   - spread: of which values magnitudes are told apart.
  ///   - keeping: of which values those of the first sample are kept.
  ///   - targets: of which values those of as many samples as `limit` says are kept.
  /// - Throws: `CompileError.node` where a value is not a finite number.
  init(
    _ graph: FormGraph, samples: [[ValueID: [Double]]], channels: [ValueID: Int] = [:],
    spread: Set<ValueID> = [], keeping: Set<ValueID> = [], targets: Set<ValueID> = [],
    limit: Int = 0
  ) throws(CompileError) {
    var collected = [Statistics](repeating: Statistics(), count: graph.values.count)
    var first: [ValueID: [Double]] = [:]
    var compared: [[ValueID: [Double]]] = []
    for (number, sample) in samples.enumerated() {
      if number < limit { compared.append([:]) }
      var evaluation = FormEvaluator(graph)
      try evaluation.run(sample) { id, value throws(CompileError) in
        try collected[id.index].include(value, graph[id].name)
        if let axis = channels[id] {
          collected[id.index].includeChannels(value, shape: graph[id].shape, axis: axis)
        }
        if spread.contains(id) { collected[id.index].spread.include(value) }
        if number == 0, keeping.contains(id) { first[id] = value }
        if number < limit, targets.contains(id) { compared[number][id] = value }
      }
    }
    values = collected
    reference = first
    kept = compared
  }

  subscript(_ id: ValueID) -> Statistics { values[id.index] }

  /// What is left of values' statistics without elements that are beyond all measure on a side where
  /// nobody can tell, and the values that have such elements.
  func held(
    _ graph: FormGraph, _ blindness: Blindness
  ) -> (calibration: FormCalibration, values: Set<ValueID>) {
    var result = self
    var found: Set<ValueID> = []
    for id in masked(graph, blindness) {
      let own = values[id.index]
      guard let limit = own.spread.limit(blindness[id]) else { continue }
      let inner = own.spread.inner(limit)
      result.values[id.index].low = max(own.low, -inner.magnitude)
      result.values[id.index].high = min(own.high, inner.magnitude)
      (result.values[id.index].total, result.values[id.index].count) = (inner.total, inner.count)
      found.insert(id)
    }
    return (result, found)
  }
}

extension FormCalibration {
  /// The values that a mask is added to, far greater than all else there, and what is made of them.
  private func masked(_ graph: FormGraph, _ blindness: Blindness) -> Set<ValueID> {
    var found: Set<ValueID> = []
    for node in graph.nodes where blindness[node.output] != .none {
      let isPassed: Bool
      switch node.form {
      case .sum(let form): isPassed = hasMask(SumFacts(form, node, graph), graph)
      case .view:
        let inner = node.operands.filter { graph.constants[$0] == nil }
        let greatest = inner.reduce(0) { max($0, self[$1].magnitude) }
        isPassed = node.operands.contains {
          isMask(graph.constants[$0]?.greatestMagnitude ?? 0, beside: greatest)
        }
      case .extreme, .apply, .pick: isPassed = false
      default: continue
      }
      if isPassed || node.operands.contains(where: found.contains) { found.insert(node.output) }
    }
    return found
  }

  private func hasMask(_ facts: SumFacts, _ graph: FormGraph) -> Bool {
    let masks = facts.terms.filter { $0.isConstant || facts.isOfTruths($0) }
    let rest = facts.terms.filter { !$0.isConstant && !facts.isOfTruths($0) }
    let greatest = rest.reduce(0.0) { sum, term in
      sum
        + term.values.reduce(term.magnitude) { $0 * self[facts.node.operands[$1]].magnitude }
        * Double(term.count)
    }
    return masks.contains { isMask($0.magnitude, beside: greatest) }
      // A multiple of 1 − p, beside p.
      || rest.contains { $0.magnitude >= Saturation.mask }
        && masks.contains { $0.magnitude >= Saturation.mask }
  }

  private func isMask(_ constant: Double, beside other: Double) -> Bool {
    constant >= Saturation.mask && constant >= 4 * Saturation.dominance * other
  }
}

/// The magnitudes of a value's elements by sign and binary exponent.
struct MagnitudeSpread: Equatable {
  fileprivate struct Part: Equatable {
    var greatest = 0.0
    var total = 0.0
    var count = 0
  }

  private var negative: [Int: Part] = [:]
  private var positive: [Int: Part] = [:]

  mutating func include(_ elements: [Double]) {
    for value in elements where value != 0 && value.isFinite {
      let exponent = Int(value.exponent)
      if value < 0 {
        negative[exponent, default: Part()].include(-value)
      } else {
        positive[exponent, default: Part()].include(value)
      }
    }
  }

  /// The exponent from which on magnitudes are beyond all measure: so much greater than all others, and
  /// on sides where nobody can tell. Nil where there are none, or no others.
  func limit(_ sides: Blindness.Sides) -> Int? {
    guard sides != .none else { return nil }
    let exponents = Set(negative.keys).union(positive.keys).sorted()
    for (last, next) in zip(exponents, exponents.dropFirst()) {
      guard next - last >= Saturation.gap, next >= Saturation.leastExponent else { continue }
      let isTold =
        !sides.below && negative.keys.contains { $0 >= next }
        || !sides.above && positive.keys.contains { $0 >= next }
      if !isTold { return next }
    }
    return nil
  }

  /// What is below the limit.
  func inner(_ limit: Int) -> (magnitude: Double, total: Double, count: Int) {
    let parts = [negative, positive].flatMap { $0.filter { $0.key < limit }.values }
    return (
      parts.reduce(0) { max($0, $1.greatest) }, parts.reduce(0) { $0 + $1.total },
      parts.reduce(0) { $0 + $1.count }
    )
  }
}

extension MagnitudeSpread.Part {
  fileprivate mutating func include(_ magnitude: Double) {
    greatest = max(greatest, magnitude)
    total += magnitude
    count += 1
  }
}

extension FormCalibration.Statistics {
  fileprivate mutating func include(_ elements: [Double], _ name: String) throws(CompileError) {
    // What is beyond single precision is as good as infinite to a network.
    let limit = Double(Float.greatestFiniteMagnitude)
    for value in elements {
      guard value.magnitude <= limit else {
        throw .node(
          name: name,
          reason:
            "the tensor \"\(name)\" is infinite or not a number for a calibration sample: it leaves "
            + "single precision, or the sample does")
      }
      low = min(low, value)
      high = max(high, value)
      guard value != 0 else { continue }
      total += value.magnitude
      least = min(least, value.magnitude)
      count += 1
    }
  }

  fileprivate mutating func includeChannels(_ elements: [Double], shape: [Int], axis: Int) {
    let size = shape[axis]
    let inner = shape[(axis + 1)...].reduce(1, *)
    if channels.isEmpty { channels = [Double](repeating: 0, count: size) }
    for (position, value) in elements.enumerated() {
      let channel = position / inner % size
      channels[channel] = max(channels[channel], value.magnitude)
    }
  }
}
