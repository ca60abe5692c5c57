import ConstraintSystem
import Equations
import Foundation
import TensorGraph

/// Brings the channels of a value to like magnitudes where its constants allow it.
///
/// A value has one scale. Where all that reads it multiplies each channel by constants of its own, a
/// power of two can be moved from these into what makes the value: into the constants of a sum, or,
/// for an input, into a shift of each channel. What each channel adds to its readers' sums is then of
/// like magnitude for all, and so is what rounding it changes. The choice follows from the constants
/// alone, so that whoever has the network makes it again.
struct ChannelBalance {
  private(set) var graph: FormGraph
  private var readers: [ValueID: [Int]] = [:]
  private var producers: [ValueID: Int] = [:]

  /// Channels whose constants are this many bits apart are balanced: of a sum's result, which costs
  /// nothing, and of an input.
  private static let leastSpread = 5
  private static let leastSpreadOfInput = 9
  /// Powers are multiples of this, so that neighbouring channels share a shift.
  private static let step = 3
  /// No channel is moved by more.
  private static let mostBits = 24
  /// An input's channels are cut into so many runs at the most.
  private static let mostRuns = 64

  init(_ graph: FormGraph) {
    self.graph = graph
    index()
  }

  private mutating func index() {
    readers = [:]
    for (number, node) in graph.nodes.enumerated() {
      for operand in Set(node.operands) { readers[operand, default: []].append(number) }
    }
    producers = graph.producers
  }

  /// The graph with balanced channels.
  mutating func run() throws(CompileError) -> FormGraph {
    for id in graph.values.indices.map(ValueID.init) {
      guard isCandidate(id) else { continue }
      for axis in graph[id].shape.indices.reversed() where graph[id].shape[axis] > 1 {
        guard let region = region(id, axis), let powers = powers(region) else { continue }
        try apply(powers, to: region)
        index()
        break
      }
    }
    return graph
  }

  /// Whether a value's rounding is worth looking at: an input's, or a sum's.
  private func isCandidate(_ id: ValueID) -> Bool {
    guard graph[id].kind == .real, graph.constants[id] == nil else { return false }
    guard let number = producers[id] else { return graph.inputs.contains(id) }
    if case .sum(let sum) = graph.nodes[number].form { return !sum.isPlainRead }
    return false
  }
}

// What can be balanced.
extension ChannelBalance {
  /// Values that have the channels of the first one, and the sums that read these.
  private struct Region {
    var source: ValueID
    var axis: Int
    /// Sums, each with the terms that read the region.
    var sums: [(node: Int, terms: [Int])] = []
    /// Sums that add constants to a value of the region, with these terms.
    var shifts: [(node: Int, terms: [Int])] = []
  }

  /// All that follows from a value along an axis; nil where something needs the channels as they are.
  private func region(_ id: ValueID, _ axis: Int) -> Region? {
    var region = Region(source: id, axis: axis)
    guard canMake(id, axis) else { return nil }
    var open = [(id, axis)]
    while let (value, axis) = open.popLast() {
      guard !graph.outputs.contains(where: { $0.value == value }) else { return nil }
      for number in readers[value] ?? [] {
        let node = graph.nodes[number]
        switch node.form {
        case .sum(let sum):
          if let (place, constants) = addition(sum, node, to: value, axis) {
            region.shifts.append((number, constants))
            open.append((node.output, place))
            continue
          }
          guard let terms = terms(of: sum, node, reading: value, axis) else { return nil }
          region.sums.append((number, terms))
        case .apply(let apply) where apply.slopes != nil:
          guard let place = kept(apply.argument, axis) else { return nil }
          open.append((node.output, place))
        case .extreme(let extreme):
          guard let first = extreme.candidates.first, extreme.candidates.count == 1,
            let place = kept(first, axis), place < extreme.domainRank
          else { return nil }
          open.append((node.output, place))
        default: return nil
        }
      }
    }
    return region.sums.isEmpty ? nil : region
  }

  /// The index that runs through the channels of a read.
  private func kept(_ read: FormRead, _ axis: Int) -> Int? { read.positions[axis].plainIndex }

  /// The index that runs through a value's channels in a sum that adds constants of each to it, and the
  /// terms of these; nil where that is not all that the sum does.
  private func addition(
    _ sum: SumForm, _ node: FormGraph.Node, to value: ValueID, _ axis: Int
  ) -> (index: Int, constants: [Int])? {
    var found: Int?
    for term in sum.terms where term.factors.count == 1 && term.summed.isEmpty {
      guard node.operands[term.factors[0].operand] == value else { continue }
      guard found == nil, let index = kept(term.factors[0], axis) else { return nil }
      found = index
    }
    guard let index = found, sum.indices[index].size == graph[value].shape[axis] else { return nil }
    var constants: [Int] = []
    for (number, term) in sum.terms.enumerated() {
      if let read = term.factors.first, node.operands[read.operand] == value { continue }
      guard term.factors.count == 1, term.summed.isEmpty, constantAxis(term, node, index) != nil
      else { return nil }
      constants.append(number)
    }
    return (index, constants)
  }

  /// The terms of a sum that read a value, if each multiplies every channel by its own constants.
  private func terms(
    of sum: SumForm, _ node: FormGraph.Node, reading value: ValueID, _ axis: Int
  ) -> [Int]? {
    var found: [Int] = []
    for (number, term) in sum.terms.enumerated() {
      guard let read = term.factors.first(where: { node.operands[$0.operand] == value }) else {
        continue
      }
      guard term.factors.count == 2, let index = kept(read, axis),
        sum.indices[index].size == graph[value].shape[axis],
        constantAxis(term, node, index) != nil
      else { return nil }
      found.append(number)
    }
    return found
  }

  /// The axis of a term's constant that an index runs through.
  private func constantAxis(_ term: SumForm.Term, _ node: FormGraph.Node, _ index: Int) -> Int? {
    guard
      let read = term.factors.first(where: { graph.constants[node.operands[$0.operand]] != nil })
    else { return nil }
    return read.positions.firstIndex { $0.plainIndex == index }
  }

  /// Whether what makes a value can shift its channels.
  private func canMake(_ id: ValueID, _ axis: Int) -> Bool {
    guard let number = producers[id], case .sum(let sum) = graph.nodes[number].form else {
      return producers[id] == nil
    }
    let node = graph.nodes[number]
    return sum.terms.allSatisfy { term in
      let size = sum.indices[axis].size
      guard let place = constantAxis(term, node, axis) else { return false }
      let read = term.factors.first { graph.constants[node.operands[$0.operand]] != nil }
      return read.map { graph[node.operands[$0.operand]].shape[place] == size } ?? false
    }
  }

  /// The powers of two by which channels are multiplied, none above 0; nil where they are alike.
  private func powers(_ region: Region) -> [Int]? {
    var magnitudes = [Double](repeating: 0, count: graph[region.source].shape[region.axis])
    for (number, terms) in region.sums {
      guard case .sum(let sum) = graph.nodes[number].form else { continue }
      for term in terms { collect(sum.terms[term], graph.nodes[number], region, &magnitudes) }
    }
    let exponents = magnitudes.map { $0 > 0 ? Int($0.exponent) : Int.min }
    guard let greatest = exponents.max(), greatest > Int.min else { return nil }
    let powers = exponents.map { exponent -> Int in
      let distance = exponent == Int.min ? Self.mostBits : min(greatest - exponent, Self.mostBits)
      return -(distance / Self.step * Self.step)
    }
    // Constants that are all zero say nothing of a channel's magnitude.
    let told = zip(powers, magnitudes).filter { $0.1 > 0 }.map(\.0)
    guard let least = told.min() else { return nil }
    if producers[region.source] != nil { return -least >= Self.leastSpread ? powers : nil }
    let isWorthIt = -least >= Self.leastSpreadOfInput && powers.runs().count <= Self.mostRuns
    // So that no run stays as it is, in all the width of the input.
    return isWorthIt ? powers.map { $0 - Self.step } : nil
  }

  /// Includes the magnitudes of a term's constants by channel.
  private func collect(
    _ term: SumForm.Term, _ node: FormGraph.Node, _ region: Region, _ magnitudes: inout [Double]
  ) {
    guard let (constant, axis) = channelConstant(term, node, magnitudes.count) else { return }
    let inner = constant.shape[(axis + 1)...].reduce(1, *)
    for (position, value) in constant.doubles.enumerated() {
      let channel = position / inner % magnitudes.count
      magnitudes[channel] = max(magnitudes[channel], abs(value * term.coefficient))
    }
  }

  /// A term's constant, and the axis of it that its other factor's channels are.
  private func channelConstant(
    _ term: SumForm.Term, _ node: FormGraph.Node, _ channels: Int
  ) -> (Tensor, Int)? {
    guard
      let read = term.factors.first(where: { graph.constants[node.operands[$0.operand]] != nil }),
      let other = term.factors.first(where: { $0.operand != read.operand }),
      let constant = graph.constants[node.operands[read.operand]]
    else { return nil }
    for (axis, position) in read.positions.enumerated() where constant.shape[axis] == channels {
      guard let index = position.plainIndex,
        other.positions.contains(where: { $0.plainIndex == index })
      else { continue }
      return (constant, axis)
    }
    return nil
  }
}

// How it is done.
extension ChannelBalance {
  private mutating func apply(_ powers: [Int], to region: Region) throws(CompileError) {
    for (number, terms) in region.sums {
      guard case .sum(let sum) = graph.nodes[number].form else { continue }
      for term in terms {
        guard let (_, axis) = channelConstant(sum.terms[term], graph.nodes[number], powers.count)
        else { continue }
        try scale(number, term, axis, powers.map { -$0 })
      }
    }
    for (number, terms) in region.shifts {
      guard case .sum(let sum) = graph.nodes[number].form else { continue }
      for term in terms {
        let node = graph.nodes[number]
        guard let read = sum.terms[term].factors.first else { continue }
        let shape = graph[node.operands[read.operand]].shape
        guard let axis = shape.indices.first(where: { shape[$0] == powers.count }) else { continue }
        try scale(number, term, axis, powers)
      }
    }
    guard let number = producers[region.source] else { return try shift(region, powers) }
    guard case .sum(let sum) = graph.nodes[number].form else { return }
    for term in sum.terms.indices {
      if let axis = constantAxis(sum.terms[term], graph.nodes[number], region.axis) {
        try scale(number, term, axis, powers)
      }
    }
  }

  /// Multiplies a term's constant, along an axis, by powers of two.
  private mutating func scale(
    _ number: Int, _ term: Int, _ axis: Int, _ powers: [Int]
  ) throws(CompileError) {
    guard case .sum(var sum) = graph.nodes[number].form else { return }
    let node = graph.nodes[number]
    guard
      let place = sum.terms[term].factors.firstIndex(where: {
        graph.constants[node.operands[$0.operand]] != nil
      }), let constant = graph.constants[node.operands[sum.terms[term].factors[place].operand]]
    else { return }
    let old = node.operands[sum.terms[term].factors[place].operand]
    let inner = constant.shape[(axis + 1)...].reduce(1, *)
    let values = constant.doubles.enumerated().map { position, value in
      Float(scalbn(value, powers[position / inner % powers.count]))
    }
    let id = try add(graph[old].name, constant.shape, constant: values)
    sum.terms[term].factors[place].operand = node.operands.count
    graph.nodes[number].operands.append(id)
    graph.nodes[number].form = .sum(sum)
    graph.nodes[number].removeUnusedOperands()
  }

  /// Gives the region's sums an input with shifted channels.
  private mutating func shift(_ region: Region, _ powers: [Int]) throws(CompileError) {
    let source = region.source
    let runs = powers.runs()
    var nodes: [FormGraph.Node] = []
    let layer = graph.nodes[region.sums[0].node].layer
    var parts: [ValueID] = []
    for run in runs {
      let shape = graph[source].shape
      var slices = shape.map { ViewStep.AxisSlice(start: 0, count: $0, step: 1) }
      slices[region.axis] = .init(start: run.start, count: run.count, step: 1)
      let part = try add("\(graph[source].name)/\(run.start)", slices.map(\.count))
      nodes.append(
        .init(layer: layer, form: .view(.slice(slices)), operands: [source], output: part))
      let shifted = try add("\(graph[source].name)/\(run.start)/shifted", slices.map(\.count))
      let form = SumForm.scaling(slices.map(\.count), by: scalbn(1.0, powers[run.start]))
      nodes.append(.init(layer: layer, form: .sum(form), operands: [part], output: shifted))
      parts.append(shifted)
    }
    let whole = try add("\(graph[source].name)/shifted", graph[source].shape)
    nodes.append(
      .init(
        layer: layer, form: .view(.concatenate(axis: region.axis)), operands: parts,
        output: whole))
    for number in (region.sums + region.shifts).map(\.node) {
      graph.nodes[number].operands = graph.nodes[number].operands.map { $0 == source ? whole : $0 }
    }
    let first = (region.sums + region.shifts).map(\.node).min() ?? 0
    graph.nodes.insert(contentsOf: nodes, at: first)
  }

  private mutating func add(
    _ name: String, _ shape: [Int], constant: [Float]? = nil
  ) throws(CompileError) -> ValueID {
    let taken = Set(graph.values.map(\.name))
    var unique = name
    var suffix = 2
    while taken.contains(unique) {
      unique = "\(name)#\(suffix)"
      suffix += 1
    }
    graph.values.append(.init(name: unique, shape: shape, kind: .real))
    let id = ValueID(graph.values.count - 1)
    guard let constant else { return id }
    do throws(GraphError) {
      graph.constants[id] = try Tensor(shape: shape, real: constant)
    } catch {
      throw CompileError(error)
    }
    return id
  }
}

extension [Int] {
  /// Maximal runs of equal values.
  func runs() -> [(start: Int, count: Int)] {
    var runs: [(start: Int, count: Int)] = []
    for index in indices {
      if let last = runs.last, self[last.start] == self[index] {
        runs[runs.count - 1].count += 1
      } else {
        runs.append((index, 1))
      }
    }
    return runs
  }
}

extension SumForm {
  /// Each element times a number.
  static func scaling(_ shape: [Int], by factor: Double) -> SumForm {
    SumForm(
      indices: shape.enumerated().map { .init(name: "i\($0.offset)", size: $0.element) },
      domainRank: shape.count,
      terms: [
        .init(
          coefficient: factor,
          factors: [
            .init(operand: 0, positions: shape.indices.map { AffineIndex(index: $0) })
          ])
      ])
  }
}

extension FormGraph.Node {
  /// Leaves out operands that the form does not read.
  mutating func removeUnusedOperands() {
    let used = Set(form.reads.map(\.operand)).sorted()
    var places: [Int: Int] = [:]
    for (place, operand) in used.enumerated() { places[operand] = place }
    operands = used.map { operands[$0] }
    form = form.mapReads {
      FormRead(operand: places[$0.operand] ?? 0, positions: $0.positions)
    }
  }
}
