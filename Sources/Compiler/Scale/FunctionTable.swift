import CircuitLanguage
import ConstraintSystem
import Equations
import Foundation

/// A table of a function at the scales of its argument and its result (`Paper/` section 18.6).
struct FunctionTable: Hashable {
  let function: RealExpression
  let formula: RealFormula
  let argumentBits: Int
  let resultBits: Int

  /// The arguments that there may be.
  static let arguments = -(1 << 15)...(1 << 15) - 1

  /// The table's request for some arguments.
  func request(_ domain: ClosedRange<Int>) -> RealTableRequest {
    RealTableRequest(
      [formula], argumentBits: argumentBits, outputBits: resultBits,
      range: CompileOptions.activationRange, first: domain.lowerBound, rows: domain.count)
  }

  /// The integers of a domain, without those at its ends of which the result has no integer: whoever
  /// comes there has no proof, and no wrong result.
  func integers(_ domain: FunctionDomain) -> ClosedRange<Int> {
    func integer(_ value: Double) -> Int {
      let limits = Self.arguments
      return Int(min(max(value, Double(limits.lowerBound)), Double(limits.upperBound)))
    }
    let low = scalbn(domain.range.lowerBound, argumentBits).rounded(.down) - 1
    let high = scalbn(domain.range.upperBound, argumentBits).rounded(.up) + 1
    var ends = (low: integer(low), high: domain.isBelowZero ? 0 : integer(high))
    while ends.low < ends.high, !hasResult(ends.low) { ends.low += 1 }
    while ends.low < ends.high, !hasResult(ends.high) { ends.high -= 1 }
    return ends.low...ends.high
  }

  private func hasResult(_ argument: Int) -> Bool {
    let x = FixedPoint.real(argument, fractionalBits: argumentBits)
    let result = scalbn(function.value(at: x), resultBits)
    let range = CompileOptions.activationRange
    return result > Double(range.lowerBound) - 0.5 && result < Double(range.upperBound) + 0.5
  }

  /// To what arguments are held so that they stay in the table: an end beyond which the function stays
  /// what it is there. Nil where it has none on that side.
  func limits(_ domain: ClosedRange<Int>) -> (low: Int?, high: Int?) {
    let tails = FunctionTails(function, tolerance: scalbn(0.5, -resultBits))
    func isFlat(_ side: FunctionTails.Side, _ end: Int) -> Bool {
      tails.isFlat(side, from: FixedPoint.real(end, fractionalBits: argumentBits))
    }
    return (
      isFlat(.below, domain.lowerBound) ? domain.lowerBound : nil,
      isFlat(.above, domain.upperBound) ? domain.upperBound : nil
    )
  }
}

extension ScalePlan {
  /// The table that a node's function is looked up in, at the scales of the plan; nil for other nodes.
  func table(_ node: FormGraph.Node, of graph: FormGraph) -> FunctionTable? {
    guard case .apply(let apply) = node.form, !node.keepsScale,
      let formula = apply.function.formula
    else { return nil }
    return FunctionTable(
      function: apply.function, formula: formula,
      argumentBits: self[graph.argument(of: node)].bits, resultBits: self[node.output].bits)
  }

  /// Gives each node the arguments that all nodes need which look up the same function at the same
  /// scales.
  mutating func addTables(_ graph: FormGraph, _ domains: [Int: FunctionDomain]) {
    var needed: [FunctionTable: ClosedRange<Int>] = [:]
    var users: [(node: Int, table: FunctionTable)] = []
    for (number, node) in graph.nodes.enumerated() {
      guard let domain = domains[number], let table = table(node, of: graph) else { continue }
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

  /// Holding an argument to an end of its table costs as much as so many rows, for each element.
  private static let rowsOfHolding = 3

  /// The arguments of a table that goes as far as what is looked up in it, where that is cheaper than
  /// holding all of these to its ends.
  private func widened(
    _ domain: ClosedRange<Int>, _ table: FunctionTable, _ nodes: [Int], _ graph: FormGraph
  ) -> ClosedRange<Int> {
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
      guard let table = table(node, of: graph) else { continue }
      let name = table.request(0...0).name
      let limit = ConstraintSystemLimits.value
      guard let found = system.tables.first(where: { $0.name == name }),
        (1...LookupTable.maximalRows).contains(found.rows), found.first.magnitude <= limit.magnitude
      else {
        throw .different(
          "it has no table \(name), which \"\(graph.layers[node.layer].name)\" is computed with")
      }
      tables[number] = found.first...(found.first + found.rows - 1)
    }
  }
}
