import ConstraintSystem
import Equations
import Foundation
import TensorGraph

// How it is done.
extension ChannelBalance {
  mutating func apply(_ powers: [Int], to region: Region) throws(CompileError) {
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
    try make(region, powers)
  }

  /// Multiplies the region's source.
  private mutating func make(_ region: Region, _ powers: [Int]) throws(CompileError) {
    if let parts = parts(region.source, region.axis), let reader = producers[region.source] {
      for part in parts {
        let own = Array(powers[part.start..<part.start + part.count])
        var inner = Region(source: part.id, axis: region.axis)
        // The concatenation reads it.
        inner.sums = [(producers[region.source] ?? reader, [])]
        try make(inner, own)
        index()
      }
      return
    }
    guard let number = producers[region.source] else { return try shift(region, powers) }
    if isDivisible(region.source) { return try divide(number, region, powers) }
    guard case .sum(let sum) = graph.nodes[number].form else { return }
    for term in sum.terms.indices {
      if let axis = constantAxis(sum.terms[term], graph.nodes[number], region.axis) {
        try scale(number, term, axis, powers)
      }
    }
  }

  /// Multiplies a term's constant, along an axis, by powers of two.
  mutating func scale(
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
  mutating func shift(_ region: Region, _ powers: [Int]) throws(CompileError) {
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

  /// Replaces a sum by one for each run of channels, each multiplied by its power, and their
  /// concatenation.
  mutating func divide(
    _ number: Int, _ region: Region, _ powers: [Int]
  ) throws(CompileError) {
    let node = graph.nodes[number]
    guard case .sum(let sum) = node.form else { return }
    let name = graph[region.source].name
    var (nodes, parts): ([FormGraph.Node], [ValueID]) = ([], [])
    for run in powers.runs() {
      var form = sum
      form.indices[region.axis].size = run.count
      for term in form.terms.indices {
        form.terms[term].coefficient = scalbn(form.terms[term].coefficient, powers[run.start])
      }
      var operands = node.operands
      for read in sum.terms.flatMap(\.factors) {
        let axis = read.positions.firstIndex { $0.plainIndex == region.axis }
        guard let axis, operands[read.operand] == node.operands[read.operand] else { continue }
        operands[read.operand] = try cut(
          node.operands[read.operand], axis, run.start, run.count, node.layer, &nodes)
      }
      let shape = form.indices.prefix(form.domainRank).map(\.size)
      let part = try add("\(name)/\(run.start)", shape)
      nodes.append(.init(layer: node.layer, form: .sum(form), operands: operands, output: part))
      parts.append(part)
    }
    let whole = try add("\(name)/shifted", graph[region.source].shape)
    nodes.append(
      .init(
        layer: node.layer, form: .view(.concatenate(axis: region.axis)), operands: parts,
        output: whole))
    for reader in (region.sums + region.shifts).map(\.node) {
      graph.nodes[reader].operands = graph.nodes[reader].operands.map {
        $0 == region.source ? whole : $0
      }
    }
    graph.nodes.replaceSubrange(number...number, with: nodes)
  }

  /// A run of an operand along an axis.
  private mutating func cut(
    _ id: ValueID, _ axis: Int, _ start: Int, _ count: Int, _ layer: Int,
    _ nodes: inout [FormGraph.Node]
  ) throws(CompileError) -> ValueID {
    let shape = graph[id].shape
    var slices = shape.map { ViewStep.AxisSlice(start: 0, count: $0, step: 1) }
    slices[axis] = .init(start: start, count: count, step: 1)
    let name = "\(graph[id].name)/\(start)"
    if let constant = graph.constants[id] {
      let values: Tensor
      do throws(GraphError) {
        values = try ViewStep.slice(slices).apply([constant])
      } catch {
        throw CompileError(error)
      }
      return try add(name, values.shape, constant: values.reals)
    }
    let part = try add(name, slices.map(\.count))
    nodes.append(.init(layer: layer, form: .view(.slice(slices)), operands: [id], output: part))
    return part
  }

  mutating func add(
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
