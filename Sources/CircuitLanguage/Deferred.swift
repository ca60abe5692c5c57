import ConstraintSystem

/// What a circuit asks for and the builder puts into statements at the end, when it knows how often what
/// is asked.
struct Deferred {
  var ranges: [RangeRequest] = []
  var bounds: [BoundRequest] = []
  var choices: [StatementChoice] = []
}

/// Where something that is deferred comes from.
struct Origin: Equatable {
  /// What all statements are called.
  var name: String
  /// The layer, before the names of its tensors.
  var layer: String
  /// The step of a derivation.
  var step: Int
  /// The place in the list of instances that what is added is booked under.
  var instance: Int
  /// How many steps the program had.
  var programLength: Int
}

/// At every value of the indices, the value lies in 0..<size.
struct RangeRequest {
  var origin: Origin
  var indices: [StatementIndex]
  var value: LinearExpression
  var kind: RangeKind
  /// Whether the value is a tensor that an equality determines, and which serves this alone.
  var isCommitted = false

  var count: Int { indices.map(\.size).saturatingProduct }
}

/// Something must bound the tensor, if need be a lookup of its range.
struct BoundRequest {
  var origin: Origin
  var tensor: Int
  var range: ClosedRange<Int>
}

/// Ways to say the same, of which one is taken.
struct StatementChoice {
  struct Branch {
    var lookups: [(lookup: Lookup, table: ResolvedTable)] = []
    var equalities: [Equality] = []
    var ranges: [RangeRequest] = []
  }

  var origin: Origin
  /// Choices that are alike are decided alike.
  var group: String
  var branches: [Branch]
}

/// What was added at the end, for something before.
struct LateAddition {
  var origin: Origin
  var tensors: Range<Int>
  var equalities: Range<Int>
  var lookups: Range<Int>
}
