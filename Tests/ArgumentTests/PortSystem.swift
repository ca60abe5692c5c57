import ConstraintSystem
import Witness

extension SmallSystem {
  /// q[i] = ⌊(w[i]·x[i] + 4)/8⌋ with x, q in −50…50: input and output have one range, so that one's
  /// output is another one's input. The second input and output, if wanted, are like the first.
  static func ports(
    _ x: [Int], weights w: [Int], input: TensorRole = .privateInput,
    output: TensorRole = .privateOutput
  ) -> SmallSystem {
    let n = x.count
    let sums = zip(x, w).map { $0 * $1 + 4 }
    func tensor(_ name: String, _ role: TensorRole, _ range: ClosedRange<Int>)
      -> TensorDeclaration
    {
      TensorDeclaration(
        name: name, shape: [n], role: role,
        range: Integer(range.lowerBound)...Integer(range.upperBound), fractionalBits: 3)
    }
    let tensors = [
      tensor("x", input, -50...50), tensor("w", .model, -8...7), tensor("q", output, -50...50),
      tensor("r", .witness, 0...7),
    ]
    let i = AffineIndex(index: 0)
    func read(_ tensor: Int) -> LinearExpression {
      LinearExpression(TensorRead(tensor: tensor, positions: [i]))
    }
    let indices = [StatementIndex(name: "i", size: n)]
    let one = LinearExpression(constant: 1)
    let equality = Equality(
      name: "scale", indices: indices, domainRank: 1,
      terms: [
        .init(coefficient: 1, factors: [read(0), read(1)]),
        .init(coefficient: 4, factors: [one]), .init(coefficient: -8, factors: [read(2)]),
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
        [x, w, sums.map { $0 >> 3 }, sums.map { $0 & 7 }].map { IntegerBuffer(narrowing: $0) }))
  }
}
