import ConstraintSystem
import Witness

extension SmallSystem {
  /// q[i] = ⌊(Σ w[i, l]·x[l] + 4)/8⌋ with x, q in −50…50: input and output have one range, so that
  /// one network's output is another one's input.
  /// - Parameter w: the weight of x[i + 1] in q[i], in −8…7; all others are zero.
  static func ports(
    _ x: [Int], weights w: [Int], input: TensorRole = .privateInput,
    output: TensorRole = .privateOutput
  ) -> SmallSystem {
    let n = x.count
    let sums = (0..<n).map { w[$0] * x[($0 + 1) % n] + 4 }
    let matrix = (0..<n * n).map { ($0 / n + 1) % n == $0 % n ? w[$0 / n] : 0 }
    func tensor(
      _ name: String, _ role: TensorRole, _ range: ClosedRange<Int>, rank: Int = 1
    ) -> TensorDeclaration {
      TensorDeclaration(
        name: name, shape: Array(repeating: n, count: rank), role: role,
        range: Integer(range.lowerBound)...Integer(range.upperBound), fractionalBits: 3)
    }
    let tensors = [
      tensor("x", input, -50...50), tensor("w", .model, -8...7, rank: 2),
      tensor("q", output, -50...50), tensor("r", .witness, 0...7),
    ]
    func read(_ tensor: Int, _ indices: [Int] = [0]) -> LinearExpression {
      LinearExpression(
        TensorRead(tensor: tensor, positions: indices.map { AffineIndex(index: $0) }))
    }
    let indices = [StatementIndex(name: "i", size: n)]
    let equality = Equality(
      name: "scale", indices: indices + [StatementIndex(name: "l", size: n)], domainRank: 1,
      terms: [
        .init(coefficient: 1, summed: [1], factors: [read(1, [0, 1]), read(0, [1])]),
        .init(coefficient: 4, factors: [LinearExpression(constant: 1)]),
        .init(coefficient: -8, factors: [read(2)]),
        .init(coefficient: -1, factors: [read(3)]),
      ])
    let tables = [
      LookupTable(name: "range", first: -50, rows: 101),
      LookupTable(name: "remainder", first: 0, rows: 8),
    ]
    let lookups = [(0, 0), (2, 0), (3, 1)].map { tensor, table in
      Lookup(name: tensors[tensor].name, indices: indices, columns: [read(tensor)], table: table)
    }
    return SmallSystem(
      system: ConstraintSystem(
        tensors: tensors, tables: tables, equalities: [equality], lookups: lookups),
      assignment: Assignment(
        [x, matrix, sums.map { $0 >> 3 }, sums.map { $0 & 7 }].map { IntegerBuffer(narrowing: $0) })
    )
  }
}
