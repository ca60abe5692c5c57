import Equations

/// A function of one value that is a straight line between some places, if its expression says so: of
/// sums, multiples, greatest and least values, magnitudes and choices by comparisons alone. No number of
/// samples shows as much.
struct PiecewiseLinear {
  struct Line: Equatable {
    var slope: Double
    var offset: Double

    func value(at x: Double) -> Double { slope * x + offset }
  }

  /// Where one line may end and the next begins, rising; one less than there are lines.
  private(set) var edges: [Double]
  private(set) var lines: [Line]

  /// Nil where the expression has any other part.
  init?(_ expression: RealExpression) {
    switch expression {
    case .constant(let value) where value.isFinite:
      self.init(edges: [], lines: [Line(slope: 0, offset: value)])
    case .read: self.init(edges: [], lines: [Line(slope: 1, offset: 0)])
    case .unary(.negate, let operand):
      guard let operand = Self(operand) else { return nil }
      self = operand.scaled(-1)
    case .unary(.abs, let operand):
      guard let operand = Self(operand) else { return nil }
      self = operand.greatest(operand.scaled(-1))
    case .binary(let operation, let left, let right):
      guard let left = Self(left), let right = Self(right),
        let result = left.combined(operation, right)
      else { return nil }
      self = result
    case .select(.binary(let comparison, let left, let right), let first, let second):
      guard [.less, .lessOrEqual].contains(comparison), let left = Self(left),
        let right = Self(right), let first = Self(first), let second = Self(second)
      else { return nil }
      self = left.choice(comparison == .lessOrEqual, right, first, second)
    default: return nil
    }
  }

  private init(edges: [Double], lines: [Line]) {
    self.edges = edges
    self.lines = lines
  }

  /// The edges, and a place inside of each line: whatever agrees there with a function that has no
  /// other edges agrees everywhere.
  var places: [Double] {
    guard let first = edges.first, let last = edges.last else { return [-1, 0, 1] }
    let middles = zip(edges, edges.dropFirst()).map { $0 / 2 + $1 / 2 }
    let reach = 1 + max(abs(first), abs(last))
    return edges + middles + [first - reach, last + reach]
  }
}

extension PiecewiseLinear {
  private func combined(_ operation: RealExpression.Binary, _ other: Self) -> Self? {
    switch operation {
    case .add: return merged([self, other]) { Line($0[0], plus: $0[1], times: 1) }
    case .subtract: return merged([self, other]) { Line($0[0], plus: $0[1], times: -1) }
    case .maximum: return greatest(other)
    case .minimum: return scaled(-1).greatest(other.scaled(-1)).scaled(-1)
    case .multiply:
      if let factor = constant { return other.scaled(factor) }
      return other.constant.map(scaled)
    case .divide:
      guard let divisor = other.constant, divisor != 0 else { return nil }
      return merged([self]) {
        Line(slope: $0[0].slope / divisor, offset: $0[0].offset / divisor)
      }
    default: return nil
    }
  }

  private var constant: Double? {
    lines.count == 1 && lines[0].slope == 0 ? lines[0].offset : nil
  }

  private func scaled(_ factor: Double) -> Self {
    merged([self]) { Line(slope: $0[0].slope * factor, offset: $0[0].offset * factor) }
  }

  private func greatest(_ other: Self) -> Self { choice(true, other, other, self) }

  /// The first where this is less than the other, or no greater; the second elsewhere.
  private func choice(_ orEqual: Bool, _ other: Self, _ first: Self, _ second: Self) -> Self {
    let difference = merged([self, other]) { Line($0[0], plus: $0[1], times: -1) }
    var parts = [difference, first, second]
    parts[0].split()
    return merged(parts) { lines in lines[0].isBelow(orEqual) ? lines[1] : lines[2] }
  }

  /// Makes edges where lines cross zero, with lines that say on which side they are.
  private mutating func split() {
    var (places, signs): ([Double], [Line]) = ([], [])
    for (number, line) in lines.enumerated() {
      let low = number == 0 ? -Double.infinity : edges[number - 1]
      let high = number == edges.count ? Double.infinity : edges[number]
      if number > 0 { places.append(low) }
      let zero = -line.offset / line.slope
      guard line.slope != 0, zero > low, zero < high else {
        let inside =
          low.isFinite && high.isFinite
          ? low / 2 + high / 2
          : low.isFinite ? low + 1 + abs(low) : high.isFinite ? high - 1 - abs(high) : 0
        signs.append(Line(slope: 0, offset: line.value(at: inside)))
        continue
      }
      places.append(zero)
      signs += [Line(slope: 0, offset: -line.slope), Line(slope: 0, offset: line.slope)]
    }
    (edges, lines) = (places, signs)
  }

  /// What becomes of the lines of several functions, between all their edges.
  private func merged(_ parts: [Self], _ body: ([Line]) -> Line) -> Self {
    let edges = Set(parts.flatMap(\.edges)).sorted()
    let lines = (0...edges.count).map { number in
      body(
        parts.map { part in
          let before = number == 0 ? 0 : part.edges.count { $0 <= edges[number - 1] }
          return part.lines[before]
        })
    }
    return Self(edges: edges, lines: lines)
  }
}

extension PiecewiseLinear.Line {
  fileprivate init(_ line: Self, plus other: Self, times factor: Double) {
    self.init(
      slope: line.slope + factor * other.slope, offset: line.offset + factor * other.offset)
  }

  /// Whether a line that crosses zero nowhere is below.
  fileprivate func isBelow(_ orEqual: Bool) -> Bool { offset < 0 || orEqual && offset == 0 }
}
