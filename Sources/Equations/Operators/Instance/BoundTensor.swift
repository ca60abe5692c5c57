/// A tensor of an instance: an operand, or what an equation has defined.
struct BoundTensor {
  enum Source {
    case value(ValueID)
    /// An operand that is left out, or given as an attribute.
    case constant(Double)
  }

  /// An axis that the value has.
  enum Axis {
    /// One of those that equations name, counted with every axis of packs.
    case named(Int)
    /// Of size one; equations do not name it.
    case single
  }

  var source: Source
  /// The sizes of every axis that equations name; a pack has any number.
  var groups: [[Int]]
  /// The axes of the value.
  var axes: [Axis]

  /// A tensor whose axes are those that equations name.
  init(_ source: Source, groups: [[Int]]) {
    self.source = source
    self.groups = groups
    axes = (0..<groups.reduce(0) { $0 + $1.count }).map { .named($0) }
  }
}
