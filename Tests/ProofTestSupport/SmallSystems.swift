import Argument
import ConstraintSystem
import TestSupport
import Testing
import Witness

/// A few hand-written systems whose assignments are computed directly.
struct SmallSystem: CustomTestStringConvertible {
  var system: ConstraintSystem
  var assignment: Assignment

  /// Its tensors, for the log; the whole of it is pages long.
  var testDescription: String {
    system.tensors.map { "\($0.name)\($0.shape)" }.joined(separator: " ")
  }

  private static func index(_ i: Int) -> AffineIndex { AffineIndex(index: i) }

  private static func read(_ tensor: Int, _ positions: AffineIndex...) -> LinearExpression {
    LinearExpression(TensorRead(tensor: tensor, positions: positions))
  }

  /// z = relu(rescale(x·wᵀ + b, 4)) with lookups for remainders and relu.
  static func dense(rows m: Int, inputs k: Int, outputs n: Int, seed: Int = 1) -> SmallSystem {
    var random = SeededGenerator(seed: UInt64(seed))
    let x = (0..<m * k).map { _ in random.integer(in: -50...50) }
    let w = (0..<n * k).map { _ in random.integer(in: -90...90) }
    let b = (0..<n).map { _ in random.integer(in: -5000...5000) }
    var (y, r, z): ([Int], [Int], [Int]) = ([], [], [])
    for i in 0..<m {
      for j in 0..<n {
        let sum = (0..<k).reduce(b[j]) { $0 + x[i * k + $1] * w[j * k + $1] } + 8
        y.append(sum >> 4)
        r.append(sum & 15)
        z.append(max(sum >> 4, 0))
      }
    }
    let small = -32768...32767
    let tensors = [
      TensorDeclaration(name: "x", shape: [m, k], role: .publicInput, range: small),
      TensorDeclaration(name: "w", shape: [n, k], role: .model, range: small),
      TensorDeclaration(name: "b", shape: [n], role: .model, range: -1_000_000...1_000_000),
      TensorDeclaration(name: "y", shape: [m, n], role: .witness, range: small),
      TensorDeclaration(name: "r", shape: [m, n], role: .witness, range: 0...15),
      TensorDeclaration(name: "z", shape: [m, n], role: .publicOutput, range: 0...32767),
    ]
    let indices = [
      StatementIndex(name: "i", size: m), StatementIndex(name: "j", size: n),
      StatementIndex(name: "l", size: k),
    ]
    let (i, j, l) = (index(0), index(1), index(2))
    let equality = Equality(
      name: "dense", indices: indices, domainRank: 2,
      terms: [
        .init(coefficient: 1, summed: [2], factors: [read(0, i, l), read(1, j, l)]),
        .init(coefficient: 1, factors: [read(2, j)]),
        .init(coefficient: -16, factors: [read(3, i, j)]),
        .init(coefficient: -1, factors: [read(4, i, j)]),
        .init(coefficient: 1, factors: [LinearExpression(constant: 8)]),
      ])
    let tables = [
      LookupTable(name: "range16", first: 0, rows: 16),
      LookupTable(
        name: "relu", first: -32768, rows: 65536, columns: [(-32768..<32768).map { max($0, 0) }]),
    ]
    let domain = Array(indices.prefix(2))
    let lookups = [
      Lookup(name: "remainder", indices: domain, columns: [read(4, i, j)], table: 0),
      Lookup(
        name: "relu", indices: domain, columns: [read(3, i, j), read(5, i, j)], table: 1),
    ]
    return SmallSystem(
      system: ConstraintSystem(
        tensors: tensors, tables: tables, equalities: [equality], lookups: lookups),
      assignment: Assignment([x, w, b, y, r, z].map { IntegerBuffer(narrowing: $0) }))
  }

  /// A strided, padded convolution y = Σ x[c, h·s + i − 1]·w[o, c, i], and its elementwise square
  /// p = y·y, both plain equalities, with y in a table of its own.
  static func convolution(channels c: Int, length: Int, outputs o: Int, stride s: Int)
    -> SmallSystem
  {
    var random = SeededGenerator(seed: 7)
    let out = (length + 2 - 3) / s + 1
    let x = (0..<c * length).map { _ in random.integer(in: -5...5) }
    let w = (0..<o * c * 3).map { _ in random.integer(in: -5...5) }
    func at(_ channel: Int, _ p: Int) -> Int {
      p < 0 || p >= length ? 0 : x[channel * length + p]
    }
    var y: [Int] = []
    for a in 0..<o {
      for h in 0..<out {
        var sum = 0
        for b in 0..<c {
          for i in 0..<3 { sum += at(b, h * s + i - 1) * w[(a * c + b) * 3 + i] }
        }
        y.append(sum)
      }
    }
    let wide = -100_000_000...100_000_000
    let tensors = [
      TensorDeclaration(name: "x", shape: [c, length], role: .witness, range: -5...5),
      TensorDeclaration(name: "w", shape: [o, c, 3], role: .model, range: -5...5),
      TensorDeclaration(name: "y", shape: [o, out], role: .witness, range: wide),
      TensorDeclaration(name: "p", shape: [o, out], role: .publicOutput, range: wide),
    ]
    let indices = [
      StatementIndex(name: "a", size: o), StatementIndex(name: "h", size: out),
      StatementIndex(name: "b", size: c), StatementIndex(name: "i", size: 3),
    ]
    let shifted = AffineIndex(
      constant: -1, terms: [.init(index: 1, coefficient: s), .init(index: 3, coefficient: 1)])
    let convolution = Equality(
      name: "convolution", indices: indices, domainRank: 2,
      terms: [
        .init(
          coefficient: 1, summed: [2, 3],
          factors: [read(0, index(2), shifted), read(1, index(0), index(2), index(3))]),
        .init(coefficient: -1, factors: [read(2, index(0), index(1))]),
      ])
    let square = Equality(
      name: "square", indices: Array(indices.prefix(2)), domainRank: 2,
      terms: [
        .init(
          coefficient: 1, factors: [read(2, index(0), index(1)), read(2, index(0), index(1))]),
        .init(coefficient: -1, factors: [read(3, index(0), index(1))]),
      ])
    let table = LookupTable(name: "small", first: -5, rows: 11)
    let lookup = Lookup(
      name: "input",
      indices: [StatementIndex(name: "b", size: c), StatementIndex(name: "q", size: length)],
      columns: [read(0, index(0), index(1))], table: 0)
    return SmallSystem(
      system: ConstraintSystem(
        tensors: tensors, tables: [table], equalities: [convolution, square], lookups: [lookup]),
      assignment: Assignment([x, w, y, y.map { $0 * $0 }].map { IntegerBuffer(narrowing: $0) }))
  }
}
