import Equations
import Foundation
import TensorGraph

/// Finds the fractional bits of every value of a form graph.
///
/// Each wants as many as its calibrated magnitude allows. Forms that do not round keep those of their
/// operands, so values fall into classes. Where a form has too few bits for its result, or too many
/// for one rounding, the class that has more bits than are worth something gives way. Bits only ever
/// fall, so the search ends.
struct FormScaleSolver {
  let graph: FormGraph
  let options: CompileOptions
  let classes: ValueClasses
  /// The sums, by node.
  let sums: [Int: SumFacts]
  let tables: TableGroups
  /// What a value must hold, headroom included.
  let room: [Double]
  /// Values with elements that are beyond all measure, and of which nobody can tell how far.
  let saturated: Set<ValueID>
  let blindness: Blindness
  let rooms: SquareRoom
  let effort: ScaleEffort
  /// By value. Of what is not committed the bits that it would have.
  var bits: [Int] { didSet { ranges.known.removeAll(keepingCapacity: true) } }
  /// Fractional bits and magnitudes of the sums that are not committed.
  var exact: [ValueID: SumScales.Operand] = [:]
  var producers: [Int: Int] = [:]
  /// The inputs of which the options demand their fractional bits, by class.
  var fixed: [Int: ValueID] = [:] { didSet { ranges.known.removeAll(keepingCapacity: true) } }
  let ranges = Ranges()
  /// The first demand that fixed bits do not meet.
  var conflict: String?

  /// A value that would take so many bits is so small that it counts as zero.
  static let maximalBits = 60
  static let maximalRounds = 4000
  /// What an input that needs more than 16 bits has above what it needs.
  static let spareBitsOfInput = 4
  /// No real number that is single precision needs so few: the search does not end.
  static let boundlessBits = 1024

  /// - Throws: `CompileError.input` where bits that are demanded of an input do not hold what its
  ///   calibration has.
  init(
    _ graph: FormGraph, _ options: CompileOptions, _ whole: FormCalibration,
    _ effort: ScaleEffort = .standard
  ) throws(CompileError) {
    self.effort = effort
    self.graph = graph
    self.options = options
    classes = ValueClasses(graph)
    let headroom = Double(1 << options.headroomBits)
    let blindness = Blindness(graph)
    self.blindness = blindness
    rooms = SquareRoom(graph, options)
    let (calibration, beyond) = whole.held(graph, blindness)
    let rectified = graph.rectified.filter {
      calibration[$0].high > 0 && -calibration[$0].low > 64 * calibration[$0].high
    }
    saturated = beyond.union(rectified)
    var rooms = graph.values.indices.map { index in
      let id = ValueID(index)
      if let constant = graph.constants[id] { return constant.greatestMagnitude }
      if rectified.contains(id) { return calibration[id].high * headroom }
      let least = beyond.contains(id) ? scalbn(blindness.compared[id] ?? 0, -10) : 0
      return max(calibration[id].magnitude * headroom, least)
    }
    for node in graph.nodes {
      guard case .extreme = node.form else { continue }
      // Candidates are rounded to the result's bits, in its width.
      for operand in node.operands
      where graph.constants[operand] == nil && !graph[operand].isCommitted
        && !saturated.contains(node.output)
      {
        rooms[node.output.index] = max(rooms[node.output.index], rooms[operand.index])
      }
    }
    // Rows that no sample picks are there as well.
    for node in graph.nodes {
      guard case .pick = node.form,
        let constant = node.movedOperands.first.flatMap({ graph.constants[$0] })
      else { continue }
      rooms[node.output.index] = constant.greatestMagnitude
    }
    // A state holds whatever is handed on.
    for state in graph.loops.flatMap(\.states) {
      for id in [state.given, state.left] {
        rooms[state.value.index] = max(rooms[state.value.index], rooms[id.index])
      }
    }
    let room = rooms
    self.room = room
    tables = TableGroups(graph, effort) { id in
      let span = whole[id].low * headroom...whole[id].high * headroom
      return beyond.contains(id) ? span.reaching(blindness[id]) : span
    } magnitude: {
      room[$0.index]
    }
    var sums: [Int: SumFacts] = [:]
    for (number, node) in graph.nodes.enumerated() {
      producers[node.output.index] = number
      if case .sum(let form) = node.form { sums[number] = SumFacts(form, node, graph) }
    }
    self.sums = sums
    bits = []
    bits = graph.values.indices.map { wanted(ValueID($0), calibration) }
    let usual = graph.values.indices.map { self.usual(ValueID($0)) }
    let wantedResults = tables.wantedResults(graph) { usual[$0.index] }
    joinClasses(
      PrecisionNeeds(
        graph, calibration, usual: usual, slack: effort.slack, tables: tables.groups,
        blindness: blindness, wanted: wantedResults.merging(effort.wanted) { max($0, $1) }),
      calibration)
    for group in tables.groups { limit(group) }
    for input in graph.inputs {
      guard let wanted = options.inputBits[graph[input].name] else { continue }
      guard !graph[input].isOrdered else {
        throw .input(
          name: graph[input].name,
          reason: "has no fractional bits: nothing but its order is asked, which is exact")
      }
      try fix(input, wanted, calibration)
    }
  }

  /// The bits that 16 bits leave a value.
  func usual(_ id: ValueID) -> Int {
    guard graph[id].kind == .real else { return 0 }
    let most = IntegerWidth.mostBits(magnitude: room[id.index], width: 16) ?? Self.maximalBits
    return min(most, Self.maximalBits)
  }

  /// The bits that a value has if nothing else wants anything.
  func wanted(_ id: ValueID, _ calibration: FormCalibration) -> Int {
    guard graph[id].kind == .real, graph.constants[id] == nil, !saturated.contains(id) else {
      return usual(id)
    }
    return min(usual(id) + calibration[id].outlierBits, Self.maximalBits)
  }

  /// The most bits that a value can have in any width.
  func mostBits(_ id: ValueID) -> Int {
    let isMoved = producers[id.index].map { graph.nodes[$0].isMove } ?? !graph[id].isState
    var width = isMoved ? IntegerWidth.ofInput : IntegerWidth.ofResult
    // What is beyond all measure must stay so.
    if saturated.contains(id) { width = Saturation.innerWidth }
    let most = IntegerWidth.mostBits(magnitude: room[id.index], width: width)
    return min(most ?? Self.maximalBits, Self.maximalBits)
  }

  private func isView(_ id: ValueID) -> Bool {
    guard let number = producers[id.index], case .view = graph.nodes[number].form else {
      return false
    }
    return true
  }

  mutating func joinClasses(_ needs: PrecisionNeeds, _ calibration: FormCalibration) {
    let desired = bits
    // What is moved wants what it is moved from; a concatenation follows its parts.
    for index in bits.indices where classes.root(index) == index && isView(ValueID(index)) {
      bits[index] = Self.maximalBits - 1
    }
    var need: [Int: Int] = [:]
    var most: [Int: Int] = [:]
    for index in desired.indices {
      let (id, root) = (ValueID(index), classes.root(index))
      // A difference is in its class for its bits, whatever it is worth.
      if !isView(id), root == index || graph[id].isCommitted {
        bits[root] = min(bits[root], desired[index])
      }
      guard graph[id].kind == .real, graph[id].isCommitted, graph.constants[id] == nil else {
        continue
      }
      most[root] = min(most[root] ?? Int.max, mostBits(id))
      if let own = needs.bits[index] {
        let wanted = Int(own.rounded(.up))
        // What an input has more costs nothing but its own range.
        let spare =
          wanted > desired[index] && producers[index] == nil && !graph[id].isState
          ? Self.spareBitsOfInput : 0
        need[root] = max(need[root] ?? Int.min, wanted + spare)
      }
    }
    let balanced = effort.isBalanced ? bitsBesideWeights(calibration) : [:]
    for (root, wanted) in need {
      let limit = min(most[root] ?? wanted, balanced[root] ?? wanted)
      bits[root] = max(bits[root], min(wanted, limit))
    }
    for index in bits.indices where bits[index] == Self.maximalBits {
      bits[index] = CompileOptions.bitsOfZero
    }
  }

  mutating func limit(_ group: TableGroup) {
    for number in group.nodes {
      let node = graph.nodes[number]
      lower(graph.argument(of: node), to: group.argumentBits)
      lower(node.output, to: group.resultBits)
    }
  }

  /// Gives an input the bits that are demanded, without any headroom but what they have themselves.
  mutating func fix(
    _ input: ValueID, _ wanted: Int, _ calibration: FormCalibration
  ) throws(CompileError) {
    let name = graph[input].name
    let root = classes.root(input.index)
    if let other = fixed[root], bits[root] != wanted {
      throw .input(
        name: name,
        reason: "has the scale of \"\(graph[other].name)\", and \(wanted) and \(bits[root]) "
          + "fractional bits are demanded of them")
    }
    for index in graph.values.indices where classes.root(index) == root {
      let id = ValueID(index)
      guard graph.constants[id] == nil, graph[id].isCommitted else { continue }
      let magnitude = calibration[id].magnitude
      let most = IntegerWidth.mostBits(magnitude: magnitude, width: 16) ?? Self.maximalBits
      guard wanted > most || wanted < -Self.maximalBits else { continue }
      throw .input(
        name: name,
        reason: "can't have \(wanted) fractional bits: \"\(graph[id].name)\" reaches "
          + "\(magnitude) in calibration, which takes between \(-Self.maximalBits) and \(most)")
    }
    bits[root] = wanted
    fixed[root] = input
  }

  /// The plan.
  mutating func solve() throws(CompileError) -> ScalePlan {
    for _ in 0..<Self.maximalRounds {
      let before = bits
      for (id, own) in graph.exactBits({ bits(of: $0) }) { bits[id.index] = own }
      for number in graph.nodes.indices {
        try relax(number)
        let name = graph.layers[graph.nodes[number].layer].name
        if let conflict { throw .demand(node: name, reason: conflict) }
        if bits(of: graph.nodes[number].output) < -Self.boundlessBits { throw circular(name) }
      }
      if bits == before { return plan() }
    }
    throw circular(graph.layers.first?.name ?? "")
  }

  func circular(_ node: String) -> CompileError {
    .scales(
      node: node,
      reason:
        "something, such as a concatenation, gives a layer's result the scale of its operand, "
        + "and what it multiplies by is too large for that; bring the two to like magnitudes")
  }

  func plan() -> ScalePlan {
    let chosen = graph.values.indices.map { choice(ValueID($0)) }
    var plan = ScalePlan(graph, chosen, options)
    plan.addTables(graph, tables.domains)
    return plan
  }
}

extension ClosedRange<Double> {
  /// The range up to what is beyond all measure, on sides where nobody can tell and calibration saw
  /// nothing of it.
  fileprivate func reaching(_ sides: Blindness.Sides) -> Self {
    let (near, far) = (Saturation.mask / 8, 0x1p20)
    let low = sides.below && lowerBound > -near ? -far : lowerBound
    return low...(sides.above && upperBound < near ? far : upperBound)
  }
}

extension FormCalibration.Statistics {
  /// How many bits more than 16 hold a value's outliers without making the others coarse.
  fileprivate var outlierBits: Int {
    let usual = 128 * typical
    guard typical > 0, magnitude > usual else { return 0 }
    return min(Int(log2(magnitude / usual).rounded(.up)), 16)
  }
}
