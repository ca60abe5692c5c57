/// What one circuit file holds, in the order of the text.
struct SyntaxFile: Sendable {
  enum Item: Sendable {
    case circuit(CircuitDefinition)
    case table(TableDefinition)
  }

  var items: [Item]
}

/// `circuit name(arguments; parameters) -> (outputs) { body }`
struct CircuitDefinition: Sendable {
  var name: String
  var arguments: [Declaration]
  var parameters: [Parameter]
  var outputs: [Declaration]
  var body: [Statement]
  var location: SourceLocation
}

/// `table name(argument: type; parameters) = expression`
struct TableDefinition: Sendable {
  enum Value: Sendable {
    /// An expression over integers.
    case integers(Expression)
    /// `round(formula), …`: formulas over reals, one for each column after the first.
    case reals([RealFormula])
  }

  var name: String
  var argument: String
  var type: ElementType
  var parameters: [Parameter]
  var value: Value
  var location: SourceLocation
}

/// `name: type[dimensions]`
struct Declaration: Sendable {
  enum Dimension: Sendable {
    case size(Expression)
    /// `...`: any number of axes, the same ones wherever it stands in a circuit.
    case rest
  }

  var name: String
  var type: ElementType
  var dimensions: [Dimension]
  var location: SourceLocation
}

/// `i16`, `u8`, `bool`, `small`, `any`, `range(n)`, `nonnegative(n)`, `int(low, high)`, `like(name)`
struct ElementType: Sendable {
  var name: String
  var arguments: [Expression]
  var location: SourceLocation
}

/// `name: nat`, `name: positive` or `name: int`
struct Parameter: Sendable {
  enum Kind: String, Sendable {
    case natural = "nat"
    case positive
    case integer = "int"
  }

  var name: String
  var kind: Kind
  var location: SourceLocation
}

/// `name`, `name in count` or `name in low..<high`
struct Binder: Sendable {
  var name: String
  var lower: Expression?
  var upper: Expression?
  var location: SourceLocation
}

/// `name = value`, or `name` for `name = name`
struct NamedValue: Sendable {
  var name: String
  var value: Expression
}

struct Statement: Sendable {
  indirect enum Kind: Sendable {
    /// `let name = value`
    case constant(String, Expression)
    /// `require condition`
    case requirement(Expression)
    /// `name[positions] := value for binders`
    case definition(String, [Position], Expression, [Binder])
    /// `outputs := circuit(arguments; parameters)`
    case call([String], String, [String], [NamedValue])
    /// `hint name[positions]: type = value for binders`
    case hint(String, [Position], ElementType?, Expression, [Binder])
    /// `assert left == right for binders`
    case assertion(Expression, Expression, [Binder])
    /// `assert any(over) value == 0 for binders`
    case anyZero([Binder], Expression, [Binder])
    /// `lookup (columns) in target for binders`, `permute (columns) in rows (…) for binders`
    case lookup([Expression], LookupTarget, [Binder])
    /// `bound name`
    case bound(String)
    /// `if condition { } else { }`
    case conditional(Expression, [Statement], [Statement])
    /// `either { } or { }`
    case choice([[Statement]])
  }

  var kind: Kind
  var location: SourceLocation
}

enum LookupTarget: Sendable {
  /// `in i16`, `in range(n)`
  case type(ElementType)
  /// `in table name(parameters)`
  case table(String, [Expression], SourceLocation)
  case rows(RowsTarget)
}

/// `rows (i, x[i, j])`: the values of x behind their number i.
struct RowsTarget: Sendable {
  struct Number: Sendable {
    var name: String
    var location: SourceLocation
  }

  var numbers: [Number]
  var source: Expression
  /// Whether each row is looked up once.
  var isPermutation: Bool
  var location: SourceLocation
}

/// One place between the brackets of a read.
enum Position: Sendable {
  case expression(Expression)
  case rest(SourceLocation)
}

struct Expression: Sendable {
  enum Operator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case power = "^"
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case and
    case or

    /// How tightly it binds.
    var precedence: Int {
      switch self {
      case .or: 1
      case .and: 2
      case .equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual: 3
      case .add, .subtract: 4
      case .multiply, .divide, .remainder: 5
      case .power: 7
      }
    }
  }

  enum Reduction: String, Sendable {
    case sum, min, max
  }

  indirect enum Kind: Sendable {
    case integer(Int)
    case name(String)
    case read(String, [Position])
    case negate(Expression)
    case binary(Operator, Expression, Expression)
    /// `min(a, b)`, `max(a, b)`, `select(condition, a, b)`, `isqrt(a)`, `log2(a)`, `bits_of(name)`
    case function(String, [Expression])
    /// `sum(l in 4) body`; the body is a product.
    case reduction(Reduction, [Binder], Expression)
    /// `table relu(x; parameters)`
    case table(String, Expression, [Expression])
  }

  let kind: Kind
  let location: SourceLocation
  /// The number of levels of the tree, 1 for a name. The parser bounds it, so that whatever goes
  /// through a tree may do so by recursion.
  let height: Int

  init(kind: Kind, location: SourceLocation) {
    self.kind = kind
    self.location = location
    height = 1 + kind.partsHeight
  }
}

extension Expression.Kind {
  /// The height of the highest part, 0 without any.
  fileprivate var partsHeight: Int {
    switch self {
    case .integer, .name: 0
    case .read(_, let positions): positions.map { $0.height }.max() ?? 0
    case .negate(let operand): operand.height
    case .binary(_, let left, let right): max(left.height, right.height)
    case .function(_, let arguments): arguments.map { $0.height }.max() ?? 0
    case .reduction(_, let binders, let body):
      max(body.height, binders.map { $0.height }.max() ?? 0)
    case .table(_, let argument, let parameters):
      max(argument.height, parameters.map { $0.height }.max() ?? 0)
    }
  }
}

extension Position {
  fileprivate var height: Int {
    switch self {
    case .expression(let expression): expression.height
    case .rest: 0
    }
  }
}

extension Binder {
  fileprivate var height: Int { max(lower?.height ?? 0, upper?.height ?? 0) }
}
