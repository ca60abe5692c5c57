import FieldArithmetic

/// constant + Σ coefficient·cell over the field, each cell once.
struct LinearForm: Sendable, Equatable {
  struct Term: Sendable, Equatable {
    var cell: Int
    var coefficient: Fp
  }

  var constant: Fp
  var terms: [Term]

  init(constant: Fp = .zero, terms: [Term] = []) {
    self.constant = constant
    self.terms = terms
  }

  var isConstant: Bool { terms.isEmpty }

  func value(_ cells: [Fp]) -> Fp {
    terms.reduce(constant) { $0 + $1.coefficient * cells[$1.cell] }
  }

  /// Zero where the cell does not occur.
  func coefficient(of cell: Int) -> Fp {
    terms.first { $0.cell == cell }?.coefficient ?? .zero
  }

  /// The value of a cell at which the form is zero, the others being what they are; nil where the cell
  /// does not occur.
  func solution(for cell: Int, _ cells: [Fp]) -> Fp? {
    let coefficient = coefficient(of: cell)
    return coefficient == .zero ? nil : cells[cell] - value(cells) * coefficient.inverse
  }

  mutating func add(_ cell: Int, times coefficient: Fp) {
    guard let place = terms.firstIndex(where: { $0.cell == cell }) else {
      if coefficient != .zero { terms.append(Term(cell: cell, coefficient: coefficient)) }
      return
    }
    terms[place].coefficient += coefficient
    if terms[place].coefficient == .zero { terms.remove(at: place) }
  }

  mutating func add(_ other: LinearForm, times factor: Fp) {
    constant += other.constant * factor
    for term in other.terms { add(term.cell, times: term.coefficient * factor) }
  }

  func multiplied(by factor: Fp) -> LinearForm {
    guard factor != .zero else { return LinearForm() }
    return LinearForm(
      constant: constant * factor,
      terms: terms.map { Term(cell: $0.cell, coefficient: $0.coefficient * factor) })
  }
}

/// A sum of linear forms and of products of two of them.
struct QuadraticForm: Sendable, Equatable {
  struct Product: Sendable, Equatable {
    var coefficient: Fp
    var first: LinearForm
    var second: LinearForm
  }

  var linear = LinearForm()
  var products: [Product] = []

  func value(_ cells: [Fp]) -> Fp {
    products.reduce(linear.value(cells)) {
      $0 + $1.coefficient * $1.first.value(cells) * $1.second.value(cells)
    }
  }

  /// The cells that occur, each once, in the order of the text.
  var cells: [Int] {
    var seen: Set<Int> = []
    let all = linear.terms + products.flatMap { $0.first.terms + $0.second.terms }
    return all.map(\.cell).filter { seen.insert($0).inserted }
  }

  /// a, b and c of the form as a·t² + b·t + c, t being what is added to a cell.
  func expansion(in cell: Int, _ cells: [Fp]) -> (square: Fp, slope: Fp, value: Fp) {
    var (square, slope) = (Fp.zero, linear.coefficient(of: cell))
    for product in products {
      let first = product.first.coefficient(of: cell)
      let second = product.second.coefficient(of: cell)
      if first == .zero && second == .zero { continue }
      square += product.coefficient * first * second
      slope +=
        product.coefficient
        * (first * product.second.value(cells) + second * product.first.value(cells))
    }
    return (square, slope, value(cells))
  }
}

/// What one statement says at one value of its indices.
struct StatementInstance: Sendable {
  enum Claim: Sendable {
    /// The form is zero.
    case zero(QuadraticForm)
    /// The tuple is a row of a public table.
    case row(columns: [LinearForm], table: Int)
    /// The forms of one of the lists are all zero, as where a tuple is one of the rows of a tensor.
    case oneOf([[LinearForm]])
  }

  /// Its number: the system's equalities, then its lookups.
  let statement: Int
  /// The values of its indices.
  let position: [Int]
  let claim: Claim

  /// The cells that occur, each once.
  var cells: [Int] { claim.cells }
}

extension StatementInstance.Claim {
  /// The cells that occur, each once.
  var cells: [Int] {
    var seen: Set<Int> = []
    switch self {
    case .zero(let form): return form.cells
    case .row(let columns, _):
      return columns.flatMap { $0.terms.map(\.cell) }.filter { seen.insert($0).inserted }
    case .oneOf(let lists):
      return lists.joined().flatMap { $0.terms.map(\.cell) }.filter { seen.insert($0).inserted }
    }
  }
}
