import ConstraintSystem
import TestSupport
import Witness

extension SystemSketch {
  /// Adds a table of rows and returns its number. Call it behind all public tables.
  mutating func rows(
    _ rows: [Int], columns: [Int] = [], _ source: LinearExpression, isPermutation: Bool = false
  ) -> Int {
    system.rowTables.append(
      RowTable(
        name: "rows", indices: Self.indices(rows + columns), rowRank: rows.count, source: source,
        isPermutation: isPermutation))
    return system.tableCount - 1
  }

  /// The tensor at positions that are sums of a constant and an index.
  static func shifted(
    _ tensor: Int, _ positions: (constant: Int, index: Int)...
  ) -> LinearExpression {
    LinearExpression(
      TensorRead(
        tensor: tensor,
        positions: positions.map {
          AffineIndex(constant: $0.constant, terms: [.init(index: $0.index, coefficient: 1)])
        }))
  }
}

extension SmallSystem {
  private init(_ build: (inout SystemSketch) -> Void) {
    var sketch = SystemSketch()
    build(&sketch)
    self = sketch.small
  }

  private typealias Sketch = SystemSketch

  /// Rows of a model by private numbers: y[t, j] = w[j, ids[t]], and its sums over j, which are public.
  ///
  /// Tensors: w, ids, y, sums.
  static func embedding(rows n: Int, width d: Int, picks k: Int) -> SmallSystem {
    var random = SeededGenerator(seed: 5)
    let w = (0..<d * n).map { _ in random.integer(in: -90...90) }
    let ids = (0..<k).map { _ in random.integer(in: 0...n - 1) }
    let y: [Int] = ids.flatMap { id in (0..<d).map { j in w[j * n + id] } }
    let sums: [Int] = (0..<k).map { t in y[t * d..<t * d + d].reduce(0, +) }
    return SmallSystem {
      let table = $0.tensor("w", [d, n], .model, w, range: -128...127)
      let numbers = $0.tensor("ids", [k], .privateInput, ids, range: 0...n - 1)
      let picked = $0.tensor("y", [k, d], .witness, y, range: -128...127)
      let sum = $0.tensor("sums", [k], .publicOutput, sums, range: -100_000...100_000)
      let rows = $0.rows([n], columns: [d], Sketch.read(table, 1, 0))
      $0.lookup([k, d], [Sketch.read(numbers, 0), Sketch.read(picked, 0, 1)], in: rows)
      $0.equality(
        [k, d], domain: 1,
        [
          Sketch.term(1, over: [1], Sketch.read(picked, 0, 1)),
          Sketch.term(-1, Sketch.read(sum, 0)),
        ])
    }
  }

  /// Rows of a witness's matrices by private numbers, those of each matrix for itself, with a public
  /// table beside: y[b, t, c] = x[b, ids[b, t], c], and x in −9…9.
  ///
  /// Tensors: x, ids, y, sums.
  static func gathering(matrices b: Int, rows n: Int, width c: Int, picks k: Int) -> SmallSystem {
    var random = SeededGenerator(seed: 6)
    let x = (0..<b * n * c).map { _ in random.integer(in: -9...9) }
    let ids = (0..<b * k).map { _ in random.integer(in: 0...n - 1) }
    var y: [Int] = []
    for a in 0..<b {
      for t in 0..<k {
        let start = (a * n + ids[a * k + t]) * c
        y += x[start..<start + c]
      }
    }
    let sums: [Int] = (0..<b).map { a in
      let start = a * k * c
      return y[start..<start + k * c].reduce(0, +)
    }
    return SmallSystem {
      let values = $0.tensor("x", [b, n, c], .privateInput, x, range: -9...9)
      let numbers = $0.tensor("ids", [b, k], .witness, ids, range: 0...n - 1)
      let picked = $0.tensor("y", [b, k, c], .witness, y, range: -9...9)
      let sum = $0.tensor("sums", [b], .publicOutput, sums, range: -100_000...100_000)
      let range = $0.table(-9, 19)
      let rows = $0.rows([b, n], columns: [c], Sketch.read(values, 0, 1, 2))
      $0.lookup([b, n, c], [Sketch.read(values, 0, 1, 2)], in: range)
      $0.lookup([b, k, c], [Sketch.read(numbers, 0, 1), Sketch.read(picked, 0, 1, 2)], in: rows)
      $0.equality(
        [b, k, c], domain: 1,
        [
          Sketch.term(1, over: [1, 2], Sketch.read(picked, 0, 1, 2)),
          Sketch.term(-1, Sketch.read(sum, 0)),
        ])
    }
  }

  /// x in ascending order: y[t] = x[place[t]], each place once, and y[t + 1] − y[t] not negative.
  ///
  /// Tensors: x, place, y.
  static func sorting(_ x: [Int]) -> SmallSystem {
    let n = x.count
    let place = x.indices.sorted { (x[$0], $0) < (x[$1], $1) }
    return SmallSystem {
      let values = $0.tensor("x", [n], .privateInput, x, range: -50...50)
      let places = $0.tensor("place", [n], .witness, place, range: 0...n - 1)
      let sorted = $0.tensor("y", [n], .publicOutput, place.map { x[$0] }, range: -50...50)
      let range = $0.table(-50, 101)
      let gap = $0.table(0, 101)
      let rows = $0.rows([n], Sketch.read(values, 0), isPermutation: true)
      $0.lookup([n], [Sketch.read(values, 0)], in: range)
      var difference = Sketch.shifted(sorted, (1, 0))
      difference.terms.append(.init(coefficient: -1, read: Sketch.read(sorted, 0).terms[0].read))
      $0.lookup([n - 1], [difference], in: gap)
      $0.lookup([n], [Sketch.read(places, 0), Sketch.read(sorted, 0)], in: rows)
    }
  }
}
