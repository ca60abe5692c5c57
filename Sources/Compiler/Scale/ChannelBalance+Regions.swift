import ConstraintSystem
import Equations
import TensorGraph

// What can be balanced.
extension ChannelBalance {
  /// Values that have the channels of the first one, and the sums that read these.
  struct Region {
    var source: ValueID
    var axis: Int
    /// Sums, each with the terms that read the region.
    var sums: [(node: Int, terms: [Int])] = []
    /// Sums that add constants to a value of the region, with these terms.
    var shifts: [(node: Int, terms: [Int])] = []
  }

  /// All that follows from a value along an axis; nil where something needs the channels as they are.
  func region(_ id: ValueID, _ axis: Int) -> Region? {
    var region = Region(source: id, axis: axis)
    guard canMake(id, axis) else { return nil }
    var open = [(id, axis)]
    while let (value, axis) = open.popLast() {
      guard !graph.kept.contains(value) else { return nil }
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
  func kept(_ read: FormRead, _ axis: Int) -> Int? { read.positions[axis].plainIndex }

  /// The index that runs through a value's channels in a sum that adds constants of each to it, and the
  /// terms of these; nil where that is not all that the sum does.
  func addition(
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
  func terms(
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
  func constantAxis(_ term: SumForm.Term, _ node: FormGraph.Node, _ index: Int) -> Int? {
    guard
      let read = term.factors.first(where: { graph.constants[node.operands[$0.operand]] != nil })
    else { return nil }
    return read.positions.firstIndex { $0.plainIndex == index }
  }

  /// Whether what makes a value can shift its channels.
  func canMake(_ id: ValueID, _ axis: Int) -> Bool {
    if let parts = parts(id, axis) {
      return parts.allSatisfy { part in
        graph.constants[part.id] == nil && readers[part.id]?.count == 1 && canMake(part.id, axis)
          && !graph.kept.contains(part.id)
      }
    }
    guard let number = producers[id], case .sum(let sum) = graph.nodes[number].form else {
      return producers[id] == nil && !graph[id].isState
    }
    let node = graph.nodes[number]
    if isDivisible(id) { return canDivide(sum, node, axis) }
    return sum.terms.allSatisfy { term in
      let size = sum.indices[axis].size
      guard let place = constantAxis(term, node, axis) else { return false }
      let read = term.factors.first { graph.constants[node.operands[$0.operand]] != nil }
      return read.map { graph[node.operands[$0.operand]].shape[place] == size } ?? false
    }
  }

  /// The parts of a concatenation along an axis, and where they begin; nil for another value.
  func parts(_ id: ValueID, _ axis: Int) -> [(id: ValueID, start: Int, count: Int)]? {
    guard let number = producers[id], graph.nodes[number].isConcatenation,
      case .view(.concatenate(let own)) = graph.nodes[number].form, own == axis,
      Set(graph.nodes[number].operands).count == graph.nodes[number].operands.count
    else { return nil }
    var start = 0
    return graph.nodes[number].operands.map { operand in
      let count = graph[operand].shape[axis]
      defer { start += count }
      return (operand, start, count)
    }
  }

  /// Whether each operand can be cut where an axis of the sum is: it does not depend on the axis, or has
  /// the same one.
  func canDivide(_ sum: SumForm, _ node: FormGraph.Node, _ axis: Int) -> Bool {
    sum.terms.flatMap(\.factors).allSatisfy { read in
      let shape = graph[node.operands[read.operand]].shape
      return read.positions.enumerated().allSatisfy { place, position in
        ![position].usedIndices.contains(axis)
          || position.plainIndex == axis && shape[place] == sum.indices[axis].size
      }
    }
  }

  /// The powers of two by which channels are multiplied, none above 0; nil where they are alike.
  func powers(_ region: Region) -> [Int]? {
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
    if isDivisible(region.source) {
      return -least >= Self.leastSpread && powers.runs().count <= Self.mostRuns ? powers : nil
    }
    if producers[region.source] != nil { return -least >= Self.leastSpread ? powers : nil }
    let isWorthIt = -least >= Self.leastSpreadOfInput && powers.runs().count <= Self.mostRuns
    // So that no run stays as it is, in all the width of the input.
    return isWorthIt ? powers.map { $0 - Self.step } : nil
  }

  /// Includes the magnitudes of a term's constants by channel.
  func collect(
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
  func channelConstant(
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
