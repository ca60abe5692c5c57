import ConstraintSystem

/// y = relu(round(x·wᵀ + b)) with every kind of statement, and its program.
func sampleCircuit() -> Circuit {
  func read(_ tensor: Int, _ indices: Int...) -> TensorRead {
    TensorRead(tensor: tensor, positions: indices.map { AffineIndex(index: $0) })
  }
  func linear(_ constant: Int, _ terms: (Int, TensorRead)...) -> LinearExpression {
    LinearExpression(
      constant: constant, terms: terms.map { .init(coefficient: $0.0, read: $0.1) })
  }
  let i16 = -32768...32767
  let tensors = [
    TensorDeclaration(name: "x", shape: [2, 3], role: .publicInput, range: i16, fractionalBits: 8),
    TensorDeclaration(name: "w", shape: [4, 3], role: .model, range: i16, fractionalBits: 9),
    TensorDeclaration(name: "b", shape: [4], role: .model, range: -(1 << 47)...(1 << 47) - 1),
    TensorDeclaration(name: "q", shape: [2, 4], role: .witness, range: i16),
    TensorDeclaration(name: "r", shape: [2, 4], role: .witness, range: 0...255),
    TensorDeclaration(name: "y", shape: [2, 4], role: .publicOutput, range: i16),
    TensorDeclaration(name: "padded ü", shape: [4], role: .witness, range: -65536...65535),
  ]
  let tables = [
    LookupTable(name: "range(256)", first: 0, rows: 256),
    LookupTable(
      name: "leaky", first: -32768, rows: 65536,
      columns: [
        (-32768..<32768).map { $0 < 0 ? (3 * $0 - 15) / 16 : min($0, 9000) }
      ]),
  ]
  let indices = [
    StatementIndex(name: "i", size: 2), StatementIndex(name: "j", size: 4),
    StatementIndex(name: "l", size: 3),
  ]
  let rescale = Equality(
    name: "fc", indices: indices, domainRank: 2,
    terms: [
      .init(
        coefficient: 1,
        factors: [linear(128, (1, read(2, 1)), (-256, read(3, 0, 1)), (-1, read(4, 0, 1)))]),
      .init(
        coefficient: 1, summed: [2],
        factors: [linear(0, (1, read(0, 0, 2))), linear(0, (1, read(1, 1, 2)))]),
    ])
  let shifted = TensorRead(
    tensor: 3,
    positions: [
      AffineIndex(constant: 1),
      AffineIndex(constant: -1, terms: [.init(index: 0, coefficient: 1)]),
    ])
  let pad = Equality(
    name: "pad", indices: [StatementIndex(name: "k", size: 4)], domainRank: 1,
    terms: [.init(coefficient: -1, factors: [linear(0, (1, read(6, 0)), (-1, shifted))])])
  let lookups = [
    Lookup(
      name: "r", indices: Array(indices[..<2]), columns: [linear(0, (1, read(4, 0, 1)))], table: 0),
    Lookup(
      name: "act", indices: Array(indices[..<2]),
      columns: [linear(0, (1, read(3, 0, 1))), linear(0, (1, read(5, 0, 1)))], table: 1),
  ]
  let system = ConstraintSystem(
    tensors: tensors, tables: tables, equalities: [rescale, pad], lookups: lookups)
  let hint = HintExpression.select(
    .less(.read(read(0, 0, 2)), .constant(-1)),
    .sum(over: [2], .remainder(.index(AffineIndex(index: 1)), .constant(7))),
    .minimumOver([2], .maximumOver([2], .table(1, column: 1, .equal(.constant(0), .constant(3))))))
  let more = HintExpression.maximum(
    .add(hint, .subtract(.constant(1), .constant(2))),
    .minimum(
      .floorDivide(.constant(9), .constant(2)), .multiply(.constant(Int.max), .constant(Int.min))))
  let program = WitnessProgram(
    temporaries: [
      TensorDeclaration(name: "acc", shape: [2, 4], role: .witness, range: -(1 << 48)...1 << 48)
    ],
    steps: [
      .init(name: "acc", target: 7, indices: indices, computation: .sumOfProducts(rescale.terms)),
      .init(name: "q", target: 3, indices: indices, computation: .expression(more)),
    ])
  return Circuit(system: system, program: program)
}
