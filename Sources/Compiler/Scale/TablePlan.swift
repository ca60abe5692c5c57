import Equations
import Foundation

/// The function, the argument's scale and the result's that applications of one function share, so
/// that they share a table.
struct TableGroup: Equatable {
  let function: RealExpression
  /// The nodes that apply it.
  var nodes: [Int]
  /// Most fractional bits of the arguments and of the results.
  var argumentBits: Int
  var resultBits: Int
  /// Whether nothing may join it that makes either coarser.
  var isRefined = false
}

/// Finds which applications share a table.
struct TableGroups {
  private(set) var groups: [TableGroup] = []
  /// The arguments that tables are needed for, by node.
  private(set) var domains: [Int: FunctionDomain] = [:]

  /// Arguments of which the finest has so many more bits than the coarsest still share a table.
  private static let tolerated = 3
  private static let decisiveDigits = 4
  private let effort: ScaleEffort
  /// Whose argument is what a value is less than the greatest one.
  private let differences: Set<Int>
  /// Whose results are added up to what labels are chosen by.
  private let decisive: Set<Int>

  /// - Parameters:
  ///   - span: what calibration and headroom say that a value may be, zero included.
  ///   - magnitude: what a value's integers must hold.
  init(
    _ graph: FormGraph, _ effort: ScaleEffort, span: (ValueID) -> ClosedRange<Double>,
    magnitude: (ValueID) -> Double
  ) {
    self.effort = effort
    differences = Set(graph.greatestDifferences.values.map(\.function))
    decisive = graph.decisiveFunctions
    var nodes: [RealExpression: [Int]] = [:]
    var order: [RealExpression] = []
    for (number, node) in graph.nodes.enumerated() {
      guard case .apply(let apply) = node.form, !node.keepsScale else { continue }
      if nodes[apply.function] == nil { order.append(apply.function) }
      nodes[apply.function, default: []].append(number)
      let usual = Self.bits(graph, node.output, magnitude(node.output), width: 16)
      let bits = max(usual + spareDigits(number), effort.wanted[node.output] ?? usual)
      domains[number] = FunctionDomain(
        apply.function, span: span(graph.argument(of: node)), unit: scalbn(1, -bits),
        isBelowZero: differences.contains(number))
    }
    for function in order {
      let members = nodes[function] ?? []
      let uses = members.reduce(0) { $0 + graph[graph.nodes[$1].output].shape.reduce(1, *) }
      add(function, members, (4 * uses).ceilingLog2, graph, magnitude)
    }
  }

  /// An application with the scales that it would have alone.
  private struct Member {
    var node: Int
    var argument: Int
    var result: Int
    var isRefined: Bool
  }

  private func member(
    _ number: Int, _ function: RealExpression, _ cheap: Int, _ graph: FormGraph,
    _ magnitude: (ValueID) -> Double
  ) -> Member {
    let node = graph.nodes[number]
    let (argument, output) = (graph.argument(of: node), node.output)
    let reach = domains[number]?.magnitude ?? 0
    let result = magnitude(output)
    let decisiveWidth = min(digits(number, function, result) + spareDigits(number), cheap + 2)
    let width = max(cheap, digits(number, function, result), decisiveWidth)
    func bits(_ width: Int) -> Int { Self.bits(graph, argument, reach, width: width) }
    var own = Member(
      node: number,
      argument: bits(
        min(max(width, effort.tableWidths.lowerBound), effort.tableWidths.upperBound)),
      result: Self.bits(graph, output, result, width: 16) + spareDigits(number),
      isRefined: false)
    if let wanted = effort.wanted[argument], wanted > own.argument {
      let widest = differences.contains(number) ? 16 : FunctionTable.widestArgument
      own.argument = max(own.argument, min(wanted, bits(widest)))
      own.isRefined = true
    }
    if let wanted = effort.wanted[output], wanted > own.result {
      own.result = min(
        wanted, Self.bits(graph, output, result, width: FunctionTable.widestResult))
      own.isRefined = true
    }
    return own
  }

  /// What the argument and the result have more of a function whose results choose labels.
  func spareDigits(_ number: Int) -> Int {
    decisive.contains(number) ? Self.decisiveDigits : 0
  }

  /// Makes groups of applications whose arguments' own scales are alike.
  private mutating func add(
    _ function: RealExpression, _ members: [Int], _ cheap: Int, _ graph: FormGraph,
    _ magnitude: (ValueID) -> Double
  ) {
    let own = members.map { member($0, function, cheap, graph, magnitude) }
    let start = groups.endIndex
    let least = leastBits(own.map(\.result))
    for member in own.sorted(by: {
      (least($0.result), $0.argument, $0.node) < (least($1.result), $1.argument, $1.node)
    }) {
      if let last = groups.indices.last, last >= start,
        least(groups[last].resultBits) == least(member.result), joins(member, groups[last])
      {
        groups[last].nodes.append(member.node)
        groups[last].resultBits = min(groups[last].resultBits, member.result)
      } else {
        groups.append(
          TableGroup(
            function: function, nodes: [member.node], argumentBits: member.argument,
            resultBits: member.result, isRefined: member.isRefined))
      }
    }
  }

  private func joins(_ member: Member, _ group: TableGroup) -> Bool {
    if group.isRefined, member.result < group.resultBits { return false }
    if member.isRefined, member.result > group.resultBits { return false }
    return member.argument - group.argumentBits <= (member.isRefined ? 0 : Self.tolerated)
  }

  /// The least of the bits of results that have a scale in common, by a result's bits: those of unlike
  /// magnitude have none.
  private func leastBits(_ results: [Int]) -> (Int) -> Int {
    var starts: [Int] = []
    for bits in results.sorted() where starts.last.map({ bits - $0 > Int(effort.slack) }) ?? true {
      starts.append(bits)
    }
    return { bits in starts.last { $0 <= bits } ?? bits }
  }

  /// How many binary digits an argument wants, so that rounding it changes the result by little.
  private func digits(_ number: Int, _ function: RealExpression, _ result: Double) -> Int {
    guard let domain = domains[number] else { return 0 }
    // Half a unit of the argument, where the function is steepest.
    let unit = 2 * effort.tablePrecision * result / domain.steepestSlope(of: function)
    let units = domain.magnitude / unit
    guard units > 1 else { return 0 }
    return units < 0x1p16 ? 1 + Int(log2(units).rounded(.up)) : effort.tableWidths.upperBound
  }

  /// The most fractional bits of a magnitude in a width.
  private static func bits(
    _ graph: FormGraph, _ id: ValueID, _ magnitude: Double, width: Int
  ) -> Int {
    guard graph[id].kind == .real else { return 0 }
    let limit = scalbn(1.0, width - 1) - 0.51
    let bits = FixedPoint.fractionalBits(magnitude: magnitude, limit: limit)
    return min(bits ?? CompileOptions.bitsOfZero, FormScaleSolver.maximalBits)
  }
}

extension FormGraph {
  /// What an application is of.
  func argument(of node: Node) -> ValueID {
    guard case .apply(let apply) = node.form else { return node.operands[0] }
    return node.operands[apply.argument.operand]
  }
}
