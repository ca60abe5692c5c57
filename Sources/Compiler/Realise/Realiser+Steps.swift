import CircuitLanguage
import ConstraintSystem
import Equations
import Foundation

// Functions whose results are few integers: they are looked up in the model, where scales and zero points
// stay as private as weights.
extension Realiser {
  mutating func step(
    _ form: StepForm, _ node: FormGraph.Node, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let axes = StepAxes(form, site.shape)
    var arguments: [TensorView] = []
    for read in form.arguments {
      let view = try builder.read(
        try view(node.operands[read.operand]), sizes: axes.sizes,
        positions: axes.moved(read.positions), name: site.name)
      arguments.append(
        view.shape == axes.channelled
          ? view : try builder.reshape(view, to: axes.channelled, name: site.name))
    }
    let functions = form.functions(axes, node, graph)
    let result =
      form.isTabled(node, graph)
      ? try tabled(form, functions, arguments, site)
      : try stepped(
        form, functions, arguments[0], plan[node.operands[form.arguments[0].operand]].bits, site)
    relatives[node.output] = result.tensor
    let spread =
      axes.ordered == result.shape
      ? result : try builder.reshape(result, to: axes.ordered, name: site.name)
    return axes.back == Array(axes.back.indices)
      ? spread : try builder.transpose(spread, axes.back, name: site.name)
  }

  /// Every result is in the model.
  private mutating func tabled(
    _ form: StepForm, _ functions: [RealExpression], _ arguments: [TensorView], _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let ranges = arguments.map(\.range)
    let count = ranges.reduce(1) { $0 * $1.count }
    var results: [Int] = []
    for function in functions {
      for place in 0..<count {
        let last = ranges.count > 1 ? ranges[1].count : 1
        let values = [place / last, place % last].prefix(ranges.count).enumerated().map {
          Double(ranges[$0].lowerBound + $1)
        }
        results.append(form.result(function.value(of: values)))
      }
    }
    let list = try modelTensor(
      results, shape: [functions.count, count], most: form.limits.magnitude, bits: 0, site)
    var terms: [ViewSum.Term] = []
    var offset = 0
    for (number, view) in arguments.enumerated() {
      let factor = number == 0 && ranges.count > 1 ? ranges[1].count : 1
      let whole = ViewRead(
        operand: number, positions: view.shape.indices.map { AffineIndex(index: $0) })
      terms.append(.init(coefficient: factor, factors: [whole]))
      offset -= factor * ranges[number].lowerBound
    }
    if offset != 0 { terms.append(.init(coefficient: offset, factors: [])) }
    let shape = arguments[0].shape
    let places = try builder.sum(
      ViewSum(indices: Self.indices(shape), domainRank: shape.count, terms: terms), arguments,
      name: site.name, fractionalBits: 0)
    return try instantiate("tabled", [places, list], site)
  }

  /// The first argument of every result is in the model.
  private mutating func stepped(
    _ form: StepForm, _ functions: [RealExpression], _ x: TensorView, _ bits: Int, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    // More than a part are sought in two steps.
    let count = form.limits.count
    let part = min(count, 256)
    let padding = (part - count % part) % part
    let behind = x.range.upperBound + 1
    let edges = functions.flatMap {
      form.starts($0, x.range, bits: bits) + [Int](repeating: behind, count: padding + 1)
    }
    let tensor = try modelTensor(
      edges, shape: [functions.count, count + padding + 1],
      most: max(x.range.magnitude, behind), bits: bits, site)
    return try instantiate(
      "stepped", [x, tensor], site, ["low": form.limits.lowerBound, "part": part])
  }
}

extension StepForm {
  /// Whether its results are listed for all arguments: where these are few, or it does not rise.
  func isTabled(_ node: FormGraph.Node, _ graph: FormGraph) -> Bool {
    Self.isTabled(arguments.map { graph[node.operands[$0.operand]].bounds }, limits)
  }

  /// The function of the arguments alone, for each place of the constants.
  fileprivate func functions(
    _ axes: StepAxes, _ node: FormGraph.Node, _ graph: FormGraph
  ) -> [RealExpression] {
    let slots = arguments.indices.map { RealExpression.read(.init(operand: $0, positions: [])) }
    return axes.places.map { place in
      let numbers = constants.map { read -> RealExpression in
        let tensor = graph.constants[node.operands[read.operand]]
        let offset = zip(read.positions, tensor?.shape ?? []).reduce(0) { offset, axis in
          offset * axis.1 + axis.0.value(at: place)
        }
        return .constant(tensor.map { Elements($0)[offset] } ?? 0)
      }
      return function.substituting(slots + numbers)
    }
  }

  fileprivate func result(_ value: Double) -> Int {
    // Of 0 / 0 nobody says what becomes.
    value.isNaN
      ? limits.lowerBound
      : Int(min(max(value, Double(limits.lowerBound)), Double(limits.upperBound)))
  }

  /// The first argument of each result, and what is behind the range where a result has none.
  fileprivate func starts(
    _ function: RealExpression, _ range: ClosedRange<Int>, bits: Int
  ) -> [Int] {
    func isReached(_ result: Int, _ x: Int) -> Bool {
      function.value(at: scalbn(Double(x), -bits)) >= Double(result)
    }
    var starts = [range.lowerBound]
    var gap = 1
    for result in limits.dropFirst() {
      // From the last one on, doubling steps of about its distance, and then halving them.
      var low = starts[starts.count - 1] - 1
      var step = max(gap - 1, 1)
      while low + step <= range.upperBound, !isReached(result, low + step) {
        low += step
        step = step >= gap ? 2 * step : gap
      }
      var high = min(low + step, range.upperBound + 1)
      while high - low > 1 {
        let middle = low + (high - low) / 2
        if isReached(result, middle) { high = middle } else { low = middle }
      }
      gap = max(high - starts[starts.count - 1], 1)
      starts.append(high)
    }
    return starts
  }
}

/// The axes of a step's result: those of its constants come first, as one.
private struct StepAxes {
  private let order: [Int]
  private let channels: [Int]
  private let shape: [Int]

  init(_ form: StepForm, _ shape: [Int]) {
    let used = Set(form.constants.flatMap(\.positions.usedIndices))
    channels = shape.indices.filter { used.contains($0) && shape[$0] > 1 }
    order = channels + shape.indices.filter { !used.contains($0) || shape[$0] == 1 }
    self.shape = shape
  }

  /// The sizes in that order, with one of the constants at the least.
  var sizes: [Int] { (channels.isEmpty ? [1] : []) + ordered }
  var ordered: [Int] { order.map { shape[$0] } }
  /// The same with all axes of constants as one.
  var channelled: [Int] {
    [channels.reduce(1) { $0 * shape[$1] }] + order.dropFirst(channels.count).map { shape[$0] }
  }
  /// Where each axis of the result is in that order.
  var back: [Int] { shape.indices.map { axis in order.firstIndex(of: axis) ?? axis } }

  func moved(_ positions: [AffineIndex]) -> [AffineIndex] {
    let first = channels.isEmpty ? 1 : 0
    return positions.substituting { index in
      AffineIndex(index: first + (order.firstIndex(of: index) ?? index))
    }
  }

  /// All places of the constants, with zeros for the other axes.
  var places: [[Int]] {
    var result = [[Int](repeating: 0, count: shape.count)]
    for axis in channels {
      result = result.flatMap { place in
        (0..<shape[axis]).map { position in
          var next = place
          next[axis] = position
          return next
        }
      }
    }
    return result
  }
}
