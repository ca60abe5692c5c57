import Equations
import Foundation
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
  var values: [Statistics]
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

  /// The power of two that the least magnitude is of; infinite where there is none.
  var least: Double {
    let exponents = Set(negative.keys).union(positive.keys)
    return exponents.min().map { scalbn(1.0, $0) } ?? .infinity
  }

  /// Whether a magnitude is on a side where somebody can tell it.
  func isTold(_ sides: Blindness.Sides) -> Bool {
    !sides.below && !negative.isEmpty || !sides.above && !positive.isEmpty
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
            value.isNaN
            ? "the tensor \"\(name)\" is not a number for a calibration sample, as the root of a negative "
              + "number is, or 0/0: let the network choose another argument there, or give samples "
              + "without such numbers"
            : "the tensor \"\(name)\" is infinite for a calibration sample, as log(0) and 1/0 are: it "
              + "leaves single precision, or the sample does")
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
