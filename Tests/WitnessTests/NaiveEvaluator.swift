import ConstraintSystem
import Witness

/// The definition of a witness program, one position after the other and without any checks.
struct NaiveEvaluator {
  let circuit: Circuit
  var values: [[Int]]

  init(_ circuit: Circuit, given: [Int: IntegerBuffer]) {
    self.circuit = circuit
    let count = circuit.system.tensors.count + circuit.program.temporaries.count
    values = (0..<count).map { given[$0]?.values ?? [] }
  }

  static func evaluate(_ circuit: Circuit, given: [Int: IntegerBuffer]) -> [[Int]] {
    var evaluator = Self(circuit, given: given)
    for step in circuit.program.steps { evaluator.run(step) }
    return Array(evaluator.values.prefix(circuit.system.tensors.count))
  }

  private func declaration(_ tensor: Int) -> TensorDeclaration {
    let tensors = circuit.system.tensors
    return tensor < tensors.count
      ? tensors[tensor] : circuit.program.temporaries[tensor - tensors.count]
  }

  private mutating func run(_ step: WitnessProgram.Step) {
    let shape = declaration(step.target).shape
    let sizes = step.indices.map(\.size)
    var result: [Int] = []
    for place in Self.places(sizes, Array(shape.indices), at: sizes.map { _ in 0 }) {
      switch step.computation {
      case .sumOfProducts(let terms):
        result.append(terms.reduce(0) { $0 + value(of: $1, sizes, at: place) })
      case .expression(let expression):
        result.append(value(of: expression, sizes, at: place))
      }
    }
    values[step.target] = result
  }

  /// All places that differ from the given one in the listed indices only.
  static func places(_ sizes: [Int], _ list: [Int], at place: [Int]) -> [[Int]] {
    list.reduce([place]) { places, index in
      places.flatMap { place in
        (0..<sizes[index]).map { value in
          var next = place
          next[index] = value
          return next
        }
      }
    }
  }

  private func value(of term: Equality.Term, _ sizes: [Int], at place: [Int]) -> Int {
    Self.places(sizes, term.summed, at: place).reduce(0) { sum, place in
      sum + term.factors.reduce(term.coefficient) { $0 * value(of: $1, at: place) }
    }
  }

  private func value(of expression: LinearExpression, at place: [Int]) -> Int {
    expression.terms.reduce(expression.constant) {
      $0 + $1.coefficient * value(of: $1.read, at: place)
    }
  }

  private func value(of read: TensorRead, at place: [Int]) -> Int {
    var offset = 0
    for (position, size) in zip(read.positions, declaration(read.tensor).shape) {
      let position = position.value(at: place)
      if position < 0 || position >= size { return 0 }
      offset = offset * size + position
    }
    return values[read.tensor][offset]
  }

  private func value(of expression: HintExpression, _ sizes: [Int], at place: [Int]) -> Int {
    let value = { (body: HintExpression) in self.value(of: body, sizes, at: place) }
    let all = { (over: [Int], body: HintExpression) in
      Self.places(sizes, over, at: place).map { self.value(of: body, sizes, at: $0) }
    }
    switch expression {
    case .constant(let constant): return constant
    case .read(let read): return self.value(of: read, at: place)
    case .element(let tensor, let positions):
      let shape = declaration(tensor).shape
      return values[tensor][zip(shape, positions).reduce(0) { $0 * $1.0 + value($1.1) }]
    case .index(let index): return index.value(at: place)
    case .add(let a, let b): return value(a) + value(b)
    case .subtract(let a, let b): return value(a) - value(b)
    case .multiply(let a, let b): return value(a) * value(b)
    case .floorDivide(let a, let b): return Self.floor(value(a), value(b))
    case .remainder(let a, let b): return value(a) - value(b) * Self.floor(value(a), value(b))
    case .minimum(let a, let b): return min(value(a), value(b))
    case .maximum(let a, let b): return max(value(a), value(b))
    case .less(let a, let b): return value(a) < value(b) ? 1 : 0
    case .equal(let a, let b): return value(a) == value(b) ? 1 : 0
    case .squareRoot(let a):
      let square = value(a)
      return (0...).first { ($0 + 1) * ($0 + 1) > square } ?? 0
    case .logarithm(let a):
      let power = value(a)
      return (0...).first { 1 << ($0 + 1) > power } ?? 0
    case .select(let a, let b, let c): return value(a) != 0 ? value(b) : value(c)
    case .sum(let over, let body): return all(over, body).reduce(0, +)
    case .minimumOver(let over, let body): return all(over, body).min() ?? 0
    case .maximumOver(let over, let body): return all(over, body).max() ?? 0
    case .table(let table, let column, let argument):
      let argument = value(argument)
      let table = circuit.system.tables[table]
      return column == 0 ? argument : table.columns[column - 1][argument - table.first]
    }
  }

  private static func floor(_ a: Int, _ b: Int) -> Int {
    Int((Double(a) / Double(b)).rounded(.down))
  }
}
