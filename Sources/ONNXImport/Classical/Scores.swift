import ConstraintSystem
import Equations
import TensorGraph

/// What becomes of the scores of a classical model in the end.
enum PostTransform: Int {
  case none, softmax, logistic, softmaxOfOthers, probit

  static let words = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"]

  init(_ node: NodeView) throws(GraphError) {
    let word = try node.string("post_transform") ?? "NONE"
    guard let found = Self.words.firstIndex(of: word), let own = PostTransform(rawValue: found)
    else { throw GraphError(.attribute, "the attribute \"post_transform\" is \"\(word)\"") }
    self = own
  }
}

/// The classes of a classifier, of which outputs are labels.
struct LabelList {
  static let attributes: Set<String> = [
    "classlabels_int64s", "classlabels_ints", "classlabels_strings", "post_transform",
  ]

  var integers: [Int64]?
  var words: [String]?

  var count: Int { integers?.count ?? words?.count ?? 0 }

  init(_ node: NodeView) throws(GraphError) {
    var integers = try node.wideInts("classlabels_int64s") ?? []
    if integers.isEmpty { integers = try node.wideInts("classlabels_ints") ?? [] }
    let words = try node.strings("classlabels_strings") ?? []
    guard integers.isEmpty != words.isEmpty else {
      throw GraphError(.attribute, "its classes are neither all integers nor all words")
    }
    if words.isEmpty { self.integers = integers } else { self.words = words }
  }
}

extension GraphImporter {
  /// The label at each place: an integer, or a word's place among the classes.
  mutating func labels(
    _ classes: LabelList, at places: ValueID, of node: NodeView
  ) throws(GraphError) -> ValueID {
    guard let integers = classes.integers else {
      words[places] = classes.words.map { Vocabulary(words: $0) }
      return places
    }
    if integers == (0..<Int64(integers.count)).map({ $0 }) { return places }
    let list = try constant(integers: integers, [integers.count], of: node, step: "classes")
    return try node.emit(
      Equation(
        builder[places].shape, rank: 1,
        .read(OperandRead(operand: 0, positions: [.computed(.at(1, 0))]))),
      kind: .integer, [list, places], to: &builder)
  }

  /// Where the greatest score of each row is, of equal ones the first, or the last.
  mutating func greatest(
    _ scores: ValueID, isLast: Bool = false, of node: NodeView
  ) throws(GraphError) -> ValueID {
    try apply(
      "ArgMax", [scores],
      ["axis": .int(1), "keepdims": .int(0), "select_last_index": .int(isLast ? 1 : 0)],
      of: node, step: "class")
  }

  /// The scores of each row as the node says that they become probabilities.
  mutating func transformed(
    _ scores: ValueID, _ transform: PostTransform, of node: NodeView, position: Int = 1
  ) throws(GraphError) -> ValueID {
    switch transform {
    case .none: return scores
    case .softmax:
      return try apply("Softmax", [scores], ["axis": .int(1)], of: node, step: "softmax")
    case .logistic: return try apply("Sigmoid", [scores], of: node, step: "logistic")
    case .softmaxOfOthers: return try softmaxOfOthers(scores, of: node)
    case .probit:
      let equation = Equation.elementwise(builder[scores].shape) { read in .probit(read(0)) }
      return try node.emit(equation, [scores], to: &builder, position: position, step: "probit")
    }
  }

  /// A softmax in which scores of zero have no part, and stay zero.
  private mutating func softmaxOfOthers(
    _ scores: ValueID, of node: NodeView
  ) throws(GraphError) -> ValueID {
    let shape = builder[scores].shape
    let greatest = try apply(
      "ReduceMax", [scores, try constant(integers: [1], [1], of: node, step: "axis")], of: node,
      step: "greatest")
    func power(_ column: Int) -> RealExpression {
      let score = RealExpression.at(0, 0, column)
      let exponential = RealExpression.unary(
        .exp,
        score
          - .read(
            OperandRead(
              operand: 1, positions: [.affine(AffineIndex(index: 0)), .affine(AffineIndex())])))
      return exponential * .unary(.not, .binary(.equal, score, .constant(0)))
    }
    let powers = try node.emit(
      Equation(shape, rank: 2, power(1)), [scores, greatest], to: &builder, step: "powers")
    return try node.emit(
      Equation(
        shape + [shape[1]], rank: 2,
        .binary(.divide, .at(0, 0, 1), .reduce(.sum, over: [2], .at(0, 0, 2)))),
      [powers], to: &builder, step: "shares")
  }

  /// Two columns of one score s: its negative or 1 − s, and s; with a logistic those of −s and of s.
  ///
  /// - Parameter isShare: whether it is the share of the second class.
  mutating func bothClasses(
    _ score: ValueID, isShare: Bool, _ transform: PostTransform, of node: NodeView
  ) throws(GraphError) -> ValueID {
    guard transform != .probit else {
      throw GraphError(.unsupported, "a probit of one score for two classes")
    }
    let turnsSign = transform == .logistic || !isShare
    let rows = builder[score].shape[0]
    let first = try node.emit(
      Equation(
        [rows, 1], rank: 2,
        turnsSign ? .unary(.negate, .at(0, 0, 1)) : .constant(1) - .at(0, 0, 1)),
      [score], to: &builder, step: "other")
    let both = try node.emit(
      .concatenate(axis: 1), [first, score], to: &builder, step: "both")
    return transform == .logistic ? try transformed(both, .logistic, of: node) : both
  }

  /// Whether the score of a column is above a number, as a place among two classes: that of the greatest
  /// of the number and the score, so that how near the two are can be judged.
  mutating func isAbove(
    _ scores: ValueID, column: Int, _ number: Double, of node: NodeView
  ) throws(GraphError) -> ValueID {
    let shape = [builder[scores].shape[0], 1]
    let score = RealExpression.read(
      OperandRead(
        operand: 0,
        positions: [.affine(AffineIndex(index: 0)), .affine(AffineIndex(constant: column))]))
    let limits = try constant(
      [Float](repeating: Float(number), count: shape[0]), shape, of: node, step: "limit")
    let column = try node.emit(
      Equation(shape, rank: 2, score), [scores], to: &builder, step: "score")
    let both = try node.emit(
      .concatenate(axis: 1), [limits, column], to: &builder, step: "decided")
    return try greatest(both, of: node)
  }
}

extension RealExpression {
  /// The standard normal distribution's quantile, by the inverse of the error function as ONNX Runtime
  /// approximates it.
  fileprivate static func probit(_ p: RealExpression) -> RealExpression {
    let x = RealExpression.constant(2) * p - .constant(1)
    let log = RealExpression.unary(.log, (.constant(1) - x) * (.constant(1) + x))
    let v = .constant(2 / (Double.pi * 0.147)) + .constant(0.5) * log
    let inner = RealExpression.unary(.sqrt, v * v - .constant(1 / 0.147) * log)
    let size = RealExpression.unary(.sqrt, inner - v)
    return .constant(2.0.squareRoot()) * .unary(.sign, x) * size
  }
}
