import ConstraintSystem
import Transcript
import Witness

/// Short ways to write systems down.
struct SystemSketch {
  var system = ConstraintSystem()
  private(set) var values: [[Int]] = []

  /// Adds a tensor with its values and returns its number.
  mutating func tensor(
    _ name: String, _ shape: [Int], _ role: TensorRole, _ data: [Int],
    range: ClosedRange<Int> = -1000...1000
  ) -> Int {
    system.tensors.append(
      TensorDeclaration(name: name, shape: shape, role: role, range: range))
    values.append(data)
    return values.count - 1
  }

  mutating func table(_ first: Int, _ rows: Int, _ functions: [(Int) -> Int] = []) -> Int {
    let columns = functions.map { (first..<first + rows).map($0) }
    system.tables.append(LookupTable(name: "table", first: first, rows: rows, columns: columns))
    return system.tables.count - 1
  }

  mutating func equality(_ sizes: [Int], domain: Int? = nil, _ terms: [Equality.Term]) {
    system.equalities.append(
      Equality(
        name: "equality", indices: Self.indices(sizes), domainRank: domain ?? sizes.count,
        terms: terms))
  }

  mutating func lookup(_ sizes: [Int], _ columns: [LinearExpression], in table: Int) {
    system.lookups.append(
      Lookup(name: "lookup", indices: Self.indices(sizes), columns: columns, table: table))
  }

  static func indices(_ sizes: [Int]) -> [StatementIndex] {
    sizes.enumerated().map { StatementIndex(name: "i\($0)", size: $1) }
  }

  /// The tensor at the given indices, one for each axis.
  static func read(_ tensor: Int, _ indices: Int...) -> LinearExpression {
    LinearExpression(
      TensorRead(tensor: tensor, positions: indices.map { AffineIndex(index: $0) }))
  }

  static func term(
    _ coefficient: Int, over summed: [Int] = [], _ factors: LinearExpression...
  ) -> Equality.Term {
    Equality.Term(coefficient: coefficient, summed: summed, factors: factors)
  }

  var small: SmallSystem {
    SmallSystem(
      system: system, assignment: Assignment(values.map { IntegerBuffer(narrowing: $0) }))
  }
}

/// Systems at the edges of what a system may be, each with a change that makes it false.
struct DegenerateSystem: Sendable {
  let name: String
  let small: SmallSystem
  /// The tensor whose first value is raised by one, and where that is noticed.
  let lie: (tensor: Int, check: Check)?

  private init(_ name: String, lie: (Int, Check)?, _ build: (inout SystemSketch) -> Void) {
    var sketch = SystemSketch()
    build(&sketch)
    self.name = name
    small = sketch.small
    self.lie = lie
  }

  private typealias Sketch = SystemSketch

  static let all = [
    DegenerateSystem("no lookups and no tables", lie: (2, .openingFinalClaim)) {
      let x = $0.tensor("x", [2, 3], .publicInput, [1, 2, 3, 4, 5, 6])
      let w = $0.tensor("w", [1, 3], .model, [7, 8, 9])
      let y = $0.tensor("y", [2, 1], .witness, [50, 122], range: -9_000_000...9_000_000)
      $0.equality(
        [2, 1, 3], domain: 2,
        [
          Sketch.term(1, over: [2], Sketch.read(x, 0, 2), Sketch.read(w, 1, 2)),
          Sketch.term(-1, Sketch.read(y, 0, 1)),
        ])
    },
    DegenerateSystem("no products", lie: (2, .openingFinalClaim)) {
      let x = $0.tensor("x", [3], .publicInput, [1, 2, 3])
      let b = $0.tensor("b", [3], .model, [-7, 0, 9])
      let y = $0.tensor("y", [3], .witness, [-6, 2, 12])
      $0.equality(
        [3],
        [
          Sketch.term(1, Sketch.read(x, 0)), Sketch.term(1, Sketch.read(b, 0)),
          Sketch.term(-1, Sketch.read(y, 0)),
        ])
    },
    DegenerateSystem("no witness", lie: (0, .openingFinalClaim)) {
      let x = $0.tensor("x", [3], .publicInput, [1, 2, 3])
      let w = $0.tensor("w", [2, 3], .model, [1, 0, 1, 2, 2, 2])
      let y = $0.tensor("y", [2], .publicOutput, [4, 12])
      $0.equality(
        [2, 3], domain: 1,
        [
          Sketch.term(1, over: [1], Sketch.read(x, 1), Sketch.read(w, 0, 1)),
          Sketch.term(-1, Sketch.read(y, 0)),
        ])
    },
    DegenerateSystem("everything public", lie: (1, .openingFinalClaim)) {
      let x = $0.tensor("x", [2, 3], .publicInput, [1, 2, 3, 4, 5, 6])
      let y = $0.tensor("y", [2], .publicOutput, [14, 77])
      $0.equality(
        [2, 3], domain: 1,
        [
          Sketch.term(1, over: [1], Sketch.read(x, 0, 1), Sketch.read(x, 0, 1)),
          Sketch.term(-1, Sketch.read(y, 0)),
        ])
    },
    DegenerateSystem("one number that is public, in a table of one row", lie: (0, .fractionLayer)) {
      let x = $0.tensor("x", [], .publicInput, [5])
      let table = $0.table(5, 1)
      $0.lookup([], [Sketch.read(x)], in: table)
    },
    DegenerateSystem("numbers without axes", lie: (1, .openingFinalClaim)) {
      let x = $0.tensor("x", [], .publicInput, [5])
      let y = $0.tensor("y", [], .witness, [25], range: 0...1_000_000)
      $0.equality(
        [], [Sketch.term(1, Sketch.read(x), Sketch.read(x)), Sketch.term(-1, Sketch.read(y))])
    },
    DegenerateSystem("several tables, some of them unused", lie: (0, .fractionLayer)) {
      let x = $0.tensor("x", [7], .witness, [1, 2, 3, 4, 5, 6, 7])
      let y = $0.tensor("y", [7], .publicOutput, [1, 2, 3, 4, 5, 6, 7].map { $0 * $0 })
      _ = $0.table(0, 1)
      let range = $0.table(1, 7)
      _ = $0.table(-100, 37, [{ _ in 3 }, { $0 }])
      let square = $0.table(-5, 13, [{ $0 * $0 }])
      $0.lookup([7], [Sketch.read(x, 0)], in: range)
      $0.lookup([7], [Sketch.read(x, 0), Sketch.read(y, 0)], in: square)
      _ = $0.table(2, 5)
    },
    DegenerateSystem("a table and nothing else", lie: nil) { _ = $0.table(0, 3) },
    DegenerateSystem("equalities that read nothing", lie: (0, .fractionLayer)) {
      let x = $0.tensor("x", [1], .witness, [2])
      let table = $0.table(2, 1)
      $0.lookup([1], [Sketch.read(x, 0)], in: table)
      $0.equality(
        [5, 3],
        [
          Sketch.term(7, LinearExpression(constant: 6)),
          Sketch.term(-6, LinearExpression(constant: 7)),
        ])
      $0.equality([4], [])
      $0.equality(
        [2, 3], domain: 1,
        [
          Sketch.term(1, over: [1], LinearExpression(constant: 2), LinearExpression(constant: 5)),
          Sketch.term(-30, LinearExpression(constant: 1)),
        ])
    },
    DegenerateSystem("lookups of constants and repeated lookups", lie: (0, .fractionLayer)) {
      let x = $0.tensor("x", [3], .witness, [2, 0, 2])
      let table = $0.table(0, 3, [{ 2 * $0 }])
      let double = LinearExpression(
        terms: [
          .init(coefficient: 2, read: TensorRead(tensor: x, positions: [AffineIndex(index: 0)]))
        ])
      $0.lookup([3, 5], [Sketch.read(x, 0), double], in: table)
      $0.lookup([11], [LinearExpression(constant: 1), LinearExpression(constant: 2)], in: table)
    },
    DegenerateSystem("reads outside of the tensor", lie: (0, .fractionLayer)) {
      let x = $0.tensor("x", [2], .witness, [4, 3])
      let y = $0.tensor("y", [6], .publicOutput, [0, 0, 4, 3, 0, 0])
      let table = $0.table(3, 2)
      $0.lookup([2], [Sketch.read(x, 0)], in: table)
      let shifted = AffineIndex(constant: -2, terms: [.init(index: 0, coefficient: 1)])
      $0.equality(
        [6],
        [
          Sketch.term(1, Sketch.read(y, 0)),
          Sketch.term(-1, LinearExpression(TensorRead(tensor: x, positions: [shifted]))),
        ])
    },
    DegenerateSystem("long thin shapes of prime sizes", lie: (1, .openingFinalClaim)) {
      let n = 61
      let x = $0.tensor("x", [n, 1], .publicInput, (0..<n).map { $0 })
      let y = $0.tensor("y", [1, n, 1], .witness, (0..<n).map { 3 * $0 - 5 })
      let negated = LinearExpression(
        terms: [
          .init(
            coefficient: -1,
            read: TensorRead(
              tensor: y,
              positions: [AffineIndex(), AffineIndex(index: 0), AffineIndex(index: 1)]))
        ])
      $0.equality(
        [n, 1],
        [
          Sketch.term(3, Sketch.read(x, 0, 1)), Sketch.term(5, LinearExpression(constant: -1)),
          Sketch.term(1, negated),
        ])
    },
  ]
}
