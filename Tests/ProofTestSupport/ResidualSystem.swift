import ConstraintSystem
import Witness

extension SmallSystem {
  /// square = x·x, zero = x − x, sum = x + square, twice = sum + x, with x in −4...4.
  static func residual(size n: Int) -> SmallSystem {
    let x = (0..<n).map { $0 % 9 - 4 }
    let square = x.map { $0 * $0 }
    let sum = zip(x, square).map { $0 + $1 }
    let twice = zip(x, sum).map { $0 + $1 }
    func declare(_ name: String, _ role: TensorRole = .witness) -> TensorDeclaration {
      TensorDeclaration(name: name, shape: [n], role: role, range: -100...100)
    }
    func read(_ tensor: Int) -> LinearExpression {
      LinearExpression(TensorRead(tensor: tensor, positions: [AffineIndex(index: 0)]))
    }
    let indices = [StatementIndex(name: "i", size: n)]
    func equal(_ name: String, _ target: Int, _ terms: [Equality.Term]) -> Equality {
      Equality(
        name: name, indices: indices, domainRank: 1,
        terms: terms + [.init(coefficient: -1, factors: [read(target)])])
    }
    let one = Equality.Term(coefficient: 1, factors: [read(0)])
    return SmallSystem(
      system: ConstraintSystem(
        tensors: [
          declare("x"), declare("square"), declare("zero"), declare("sum"),
          declare("twice", .publicOutput),
        ],
        tables: [
          LookupTable(name: "small", first: -4, rows: 9),
          LookupTable(name: "zero", first: 0, rows: 1),
        ],
        equalities: [
          equal("square", 1, [.init(coefficient: 1, factors: [read(0), read(0)])]),
          equal("zero", 2, [one, .init(coefficient: -1, factors: [read(0)])]),
          equal("sum", 3, [one, .init(coefficient: 1, factors: [read(1)])]),
          equal("twice", 4, [one, .init(coefficient: 1, factors: [read(3)])]),
        ],
        lookups: [
          Lookup(name: "x", indices: indices, columns: [read(0)], table: 0),
          Lookup(name: "zero", indices: indices, columns: [read(2)], table: 1),
        ]),
      assignment: Assignment(
        [x, square, x.map { _ in 0 }, sum, twice].map { IntegerBuffer(narrowing: $0) }))
  }
}
