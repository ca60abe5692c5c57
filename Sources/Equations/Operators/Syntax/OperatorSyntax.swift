import CircuitLanguage

/// `operator Name(operands; attributes) -> (results) clauses { statements }`
struct OperatorDefinition: Sendable {
  var name: String
  var operands: [TensorDeclaration]
  var attributes: [AttributeDeclaration]
  var results: [TensorDeclaration]
  var clauses: [DomainClause]
  var statements: [OperatorStatement]
  var location: SourceLocation
  /// The lines of the statements as they are written, for people.
  var body: [String]
  /// All of it word by word, whatever space and comments are between them.
  var words: [String]
}

/// `function name(parameters) = value`: what stands for an expression, in sizes and in equations.
struct FunctionDefinition: Sendable {
  var name: String
  var parameters: [String]
  var value: OperatorExpression
  var location: SourceLocation
}

/// `name: type[dimensions] = default`; `name...: type[dimensions]` for any number of operands.
struct TensorDeclaration: Sendable {
  enum ElementType: Hashable, Sendable {
    case real, integer, boolean
    /// Reals or integers, the same ones wherever it stands in an operator.
    case number
    /// As `number`, or truth values.
    case any
    /// What the attribute of that name says.
    case attribute(String)
  }

  enum Dimension: Sendable {
    case size(OperatorExpression)
    /// `size...`: an axis for each of a pack.
    case pack(OperatorExpression)
    /// `1 if flag`: an axis of size one, where the flag is set.
    case single(String, SourceLocation)
  }

  var name: String
  var isVariadic: Bool
  var type: ElementType
  var dimensions: [Dimension]
  var defaultValue: OperatorExpression?
  var location: SourceLocation
  /// Of each dimension.
  var dimensionLocations: [SourceLocation]
}

/// `name: kind[pack] = default`
struct AttributeDeclaration: Sendable {
  enum Kind: Sendable {
    case integer, natural, positive, real, flag
    /// Any number of integers.
    case integers
    /// One of these words.
    case choice([String])
    /// A kind of element, by the number that ONNX gives it.
    case element
    /// An axis, or axes, of an operand; negative ones count from the back.
    case axis(String)
    case axes(String)
    /// What `pads` and `auto_pad` say: `padding(size, window, strides, dilations)`.
    case padding([OperatorExpression])
    /// The same for a transposed convolution, whose last argument is the output padding.
    case transposedPadding([OperatorExpression])
  }

  var name: String
  var kind: Kind
  /// The pack that has a component for each of the attribute's values.
  var pack: String?
  var defaultValue: OperatorExpression?
  var location: SourceLocation
}

/// What a node must be called, and which version of its operators it must have, to be the operator.
struct DomainClause: Sendable {
  /// As ONNX spells it; empty for its own.
  var domain: String
  /// What a node calls the operator.
  var name: String
  var versions: ClosedRange<Int>
  /// What stands at each of the node's operands; nil for all operands in their order.
  var inputs: [Input]?
  /// Operands that the node gives as attributes.
  var given: [Input]
  var adapters: [Adapter]
  var location: SourceLocation

  /// `name`, or `name as other`, which is what the node calls it.
  struct Input: Sendable {
    var name: String
    var alias: String
    var location: SourceLocation
  }
}

/// What fits a node to the axes that an operator is written with.
struct Adapter: Sendable {
  enum Kind: Sendable {
    /// These operands, or all, may lack leading axes and repeat those of size one.
    case broadcasting([String])
    /// The operand's first pack has the axes before the one that the attribute says.
    case splitting(String, at: String, default: Int?)
    /// As `splitting`, of an operand of two axes: those before, and those from there on.
    case flattening(String, at: String, default: Int?)
    /// The operand's second pack has the axes that the attribute lists, the first one has the
    /// others; where the flag is set, a result of the first pack keeps the others with size one.
    case reducing(String, over: String, keeping: String?)
    /// The operand has its two axes in the other order where the flag is set.
    case transposing(String, flag: String)
    /// Attributes that do not matter.
    case ignoring([String])
  }

  var kind: Kind
  var location: SourceLocation
}

struct OperatorStatement: Sendable {
  enum Kind: Sendable {
    /// `let name = value`, of sizes and attributes
    case constant(String, OperatorExpression)
    /// `require condition`
    case requirement(OperatorExpression)
    /// `name[positions] = value for binders`
    case equation(String, [OperatorPosition], OperatorExpression, [OperatorBinder])
  }

  var kind: Kind
  var location: SourceLocation
}

/// One place between the brackets of a read; `isPack` where it ends in `...`.
struct OperatorPosition: Sendable {
  var expression: OperatorExpression
  var isPack: Bool
}

/// `name`, `name...`, `name in size` or `name... in sizes`
struct OperatorBinder: Sendable {
  var name: String
  var isPack: Bool
  var size: OperatorExpression?
  var location: SourceLocation
}

struct OperatorExpression: Sendable {
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
    case and, or, xor

    /// How tightly it binds.
    var precedence: Int {
      switch self {
      case .or, .xor: 1
      case .and: 2
      case .equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual: 3
      case .add, .subtract: 4
      case .multiply, .divide, .remainder: 5
      case .power: 7
      }
    }
  }

  enum Reduction: String, CaseIterable, Sendable {
    case sum, product, mean, max, min, argmax, argmin
    case lastArgmax = "last_argmax"
    case lastArgmin = "last_argmin"
  }

  indirect enum Kind: Sendable {
    case integer(Int)
    case real(Double)
    /// `...` is the pack without a name.
    case name(String)
    /// `pads.before`
    case member(String, String)
    case read(String, [OperatorPosition])
    case negate(OperatorExpression)
    case not(OperatorExpression)
    case binary(Operator, OperatorExpression, OperatorExpression)
    /// A function of its arguments, or of the components of packs.
    case call(String, [OperatorPosition])
    case reduction(Reduction, [OperatorBinder], OperatorExpression)
    /// `sum(x of xs) value`: over the operands of a list.
    case each(Reduction, String, of: String, OperatorExpression)
  }

  let kind: Kind
  let location: SourceLocation
  /// The number of levels of the tree, 1 for a name. The parser bounds it, so that whatever goes
  /// through a tree may do so by recursion.
  let height: Int

  init(kind: Kind, location: SourceLocation) {
    self.kind = kind
    self.location = location
    height = 1 + (kind.parts.map(\.height).max() ?? 0)
  }
}

extension FunctionDefinition {
  /// Whether an argument is a padding, of which the function uses the members.
  func isPadding(_ position: Int) -> Bool {
    value.usesMembers(of: parameters[position])
  }
}

extension OperatorExpression {
  fileprivate func usesMembers(of name: String) -> Bool {
    if case .member(name, _) = kind { return true }
    return kind.parts.contains { $0.usesMembers(of: name) }
  }
}

extension OperatorExpression.Kind {
  /// The expressions that it is made of.
  var parts: [OperatorExpression] {
    switch self {
    case .integer, .real, .name, .member: []
    case .read(_, let positions), .call(_, let positions): positions.map(\.expression)
    case .negate(let operand), .not(let operand): [operand]
    case .binary(_, let left, let right): [left, right]
    case .reduction(_, let binders, let body): binders.compactMap(\.size) + [body]
    case .each(_, _, _, let body): [body]
    }
  }
}
