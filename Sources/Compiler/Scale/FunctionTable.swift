import CircuitLanguage
import ConstraintSystem
import Equations
import Foundation

/// A table of a function at the scales of its argument and its result (`Paper/` section 18.6).
///
/// Of an argument of more than 16 bits only every 2^step-th value is in the table; between two of them
/// the result is on the straight line.
struct FunctionTable: Hashable {
  let function: RealExpression
  let formula: RealFormula
  let argumentBits: Int
  let resultBits: Int
  /// 0 where each argument has a row.
  var step = 0
  /// What results are declared as.
  let results: ClosedRange<Int>

  /// The width of results that are finer than 16 bits, and of arguments between which tables have rows.
  static let widestResult = 24
  static let widestArgument = 24

  /// The arguments that there may be.
  static let arguments = -(1 << 15)...(1 << 15) - 1

  /// The fractional bits of the arguments that have rows.
  private var rowBits: Int { argumentBits - step }

  /// The least step with which a table has room for a domain.
  func step(for domain: FunctionDomain) -> Int {
    let integers = scalbn(domain.magnitude, argumentBits) + 2
    let rows = Double(Self.arguments.upperBound)
    guard integers.isFinite, integers > rows + 3 else { return 0 }
    return min(Int(log2(integers / (rows - 2)).rounded(.up)), Self.widestArgument - 16)
  }

  /// The table's request for some arguments that have rows.
  func request(_ domain: ClosedRange<Int>) -> RealTableRequest {
    RealTableRequest(
      [formula], argumentBits: rowBits, outputBits: resultBits,
      range: results, first: domain.lowerBound, rows: domain.count)
  }

  /// The rows for a domain, without those at its ends of which the result has no integer: whoever
  /// comes there has no proof, and no wrong result.
  func integers(_ domain: FunctionDomain) -> ClosedRange<Int> {
    func integer(_ value: Double) -> Int {
      let limits = Self.arguments
      return Int(min(max(value, Double(limits.lowerBound)), Double(limits.upperBound)))
    }
    let low = scalbn(domain.range.lowerBound, rowBits).rounded(.down) - 1
    let high = scalbn(domain.range.upperBound, rowBits).rounded(.up) + 1
    var ends = (low: integer(low), high: domain.isBelowZero ? 0 : integer(high))
    while ends.low < ends.high, !hasResult(ends.low) { ends.low += 1 }
    while ends.low < ends.high, !hasResult(ends.high) { ends.high -= 1 }
    return ends.low...ends.high
  }

  private func hasResult(_ argument: Int) -> Bool {
    let x = FixedPoint.real(argument, fractionalBits: rowBits)
    let result = scalbn(function.value(at: x), resultBits)
    return result > Double(results.lowerBound) - 0.5 && result < Double(results.upperBound) + 0.5
  }

  /// To what arguments are held, as `limits` has it for those with rows.
  func ends(_ rows: ClosedRange<Int>) -> (low: Int?, high: Int?) {
    let limits = limits(rows)
    guard step > 0 else { return limits }
    return (limits.low.map { $0 << step }, limits.high.map { ($0 << step) - 1 })
  }

  /// To what arguments are held so that they stay in the table: an end beyond which the function stays
  /// what it is there. Nil where it has none on that side.
  func limits(_ domain: ClosedRange<Int>) -> (low: Int?, high: Int?) {
    let tails = FunctionTails(function, tolerance: scalbn(0.5, -resultBits))
    func isFlat(_ side: FunctionTails.Side, _ end: Int) -> Bool {
      tails.isFlat(side, from: FixedPoint.real(end, fractionalBits: rowBits))
    }
    return (
      isFlat(.below, domain.lowerBound) ? domain.lowerBound : nil,
      isFlat(.above, domain.upperBound) ? domain.upperBound : nil
    )
  }
}

extension ScalePlan {
  /// The table that a node's function is looked up in, at the scales of the plan; nil for other nodes.
  func table(_ number: Int, of graph: FormGraph) -> FunctionTable? {
    table(number, of: graph, step: steps[number] ?? 0)
  }

  private func table(_ number: Int, of graph: FormGraph, step: Int) -> FunctionTable? {
    let node = graph.nodes[number]
    guard case .apply(let apply) = node.form, !node.keepsScale,
      let formula = apply.function.formula
    else { return nil }
    return FunctionTable(
      function: apply.function, formula: formula,
      argumentBits: self[graph.argument(of: node)].bits, resultBits: self[node.output].bits,
      step: step,
      results: results(node.output, of: graph))
  }

  /// Sixteen bits, or more where a value is to be finer than these.
  private func results(_ id: ValueID, of graph: FormGraph) -> ClosedRange<Int> {
    let (own, usual) = (self[id].range, CompileOptions.activationRange)
    let widest = IntegerWidth.range(FunctionTable.widestResult)
    return graph[id].kind == .real && own.contains(usual) && widest.contains(own) ? own : usual
  }

  /// Gives each node the arguments that all nodes need which look up the same function at the same
  /// scales.
  mutating func addTables(_ graph: FormGraph, _ domains: [Int: FunctionDomain]) {
    addSteps(graph, domains)
    var needed: [FunctionTable: ClosedRange<Int>] = [:]
    var users: [(node: Int, table: FunctionTable)] = []
    for number in graph.nodes.indices {
      guard let domain = domains[number], let table = table(number, of: graph) else { continue }
      let own = table.integers(domain)
      let known = needed[table] ?? own
      needed[table] =
        min(known.lowerBound, own.lowerBound)...max(known.upperBound, own.upperBound)
      users.append((number, table))
    }
    for (table, domain) in needed {
      let members = users.filter { $0.table == table }.map(\.node)
      needed[table] = widened(domain, table, members, graph)
    }
    for user in users { tables[user.node] = needed[user.table] }
  }

  /// Gives nodes that look up the same function at the same scales the step that the farthest of their
  /// arguments needs.
  private mutating func addSteps(_ graph: FormGraph, _ domains: [Int: FunctionDomain]) {
    var needed: [FunctionTable: (step: Int, nodes: [Int])] = [:]
    for number in graph.nodes.indices {
      guard let domain = domains[number], let table = table(number, of: graph, step: 0) else {
        continue
      }
      let known = needed[table] ?? (0, [])
      needed[table] = (max(known.step, table.step(for: domain)), known.nodes + [number])
    }
    for (step, nodes) in needed.values where step > 0 {
      for number in nodes { steps[number] = step }
    }
  }

  /// Holding an argument to an end of its table costs as much as so many rows, for each element.
  private static let rowsOfHolding = 3

  /// The arguments of a table that goes as far as what is looked up in it, where that is cheaper than
  /// holding all of these to its ends.
  private func widened(
    _ domain: ClosedRange<Int>, _ table: FunctionTable, _ nodes: [Int], _ graph: FormGraph
  ) -> ClosedRange<Int> {
    guard table.step == 0 else { return domain }
    let limits = table.limits(domain)
    let ranges = nodes.map { self[graph.argument(of: graph.nodes[$0])].range }
    guard let widest = ranges.widest, FunctionTable.arguments.contains(widest) else {
      return domain
    }
    let uses = nodes.reduce(0) { $0 + graph[graph.nodes[$1].output].shape.reduce(1, *) }
    var ends = (low: domain.lowerBound, high: domain.upperBound)
    if limits.low != nil, widest.lowerBound < ends.low,
      ends.low - widest.lowerBound < Self.rowsOfHolding * uses
    {
      ends.low = widest.lowerBound
    }
    if limits.high != nil, widest.upperBound > ends.high,
      widest.upperBound - ends.high < Self.rowsOfHolding * uses
    {
      ends.high = widest.upperBound
    }
    return ends.low...ends.high
  }

  /// Gives each node the arguments of the table that a system has for it.
  ///
  /// - Throws: `CompileError.different` where it has none.
  mutating func addTables(
    _ graph: FormGraph, of system: ConstraintSystem
  ) throws(CompileError) {
    for (number, node) in graph.nodes.enumerated() {
      guard let exact = table(number, of: graph, step: 0) else { continue }
      let limit = ConstraintSystemLimits.value
      var found: (step: Int, table: LookupTable)?
      for step in 0...FunctionTable.widestArgument - 16 where found == nil {
        var table = exact
        table.step = step
        let name = table.request(0...0).name
        found = system.tables.first { $0.name == name }.map { (step, $0) }
      }
      guard let found, (1...LookupTable.maximalRows).contains(found.table.rows),
        found.table.first.magnitude <= limit.magnitude
      else {
        throw .different(
          "it has no table \(exact.request(0...0).name), which "
            + "\"\(graph.layers[node.layer].name)\" is computed with")
      }
      if found.step > 0 { steps[number] = found.step }
      tables[number] = found.table.first...(found.table.first + found.table.rows - 1)
    }
  }
}
