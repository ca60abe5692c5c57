/// Why an inference can't be evaluated. Positions are indices along each axis.
public enum EvaluationError: Error, Equatable, Sendable {
  /// Nobody gave the values of an input or of a tensor of the model.
  case missingTensor(name: String)
  /// Values were given for a tensor that takes none: it is computed, or there is no such tensor.
  case unexpectedTensor(name: String)
  case wrongCount(tensor: String, expected: Int, found: Int)
  /// A given value is not in the declared range.
  case inputOutOfRange(tensor: String, position: [Int], value: Int, range: ClosedRange<Int>)
  /// A computed value is not in the declared range.
  case outOfRange(
    step: String, tensor: String, position: [Int], value: Int, range: ClosedRange<Int>)
  /// An intermediate value leaves the 64-bit integers.
  case overflow(step: String, position: [Int])
  /// A divisor that is not positive.
  case division(step: String, position: [Int], divisor: Int)
  /// A value that is in no row of the table.
  case tableMiss(step: String, position: [Int], table: String, value: Int)
  /// A computed place at which the axis it is along, of so many elements, has none; nil for one beyond
  /// all axes.
  case noElement(step: String, position: [Int], place: Int?, size: Int)
  /// A tuple that is not a row of the table.
  case lookupMiss(lookup: String, position: [Int], table: String, tuple: [Int])
  /// A row of a table whose rows are to be looked up once each.
  case rowCount(table: String, row: [Int], count: Int)
  /// The circuit contradicts itself; the compiler is to blame.
  case malformed(step: String, reason: String)
}

extension EvaluationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missingTensor(let name): "no values were given for the tensor \(name)"
    case .unexpectedTensor(let name): "values were given for \(name), which takes none"
    case .wrongCount(let tensor, let expected, let found):
      "the tensor \(tensor) takes \(expected) values, and \(found) were given"
    case .inputOutOfRange(let tensor, let position, let value, let range):
      "the value \(value) given for \(tensor)\(position) is outside of \(Self.text(range)): "
        + "check the scale of the input, or compile with more integer bits for it"
    case .outOfRange(let step, let tensor, let position, let value, let range):
      "\(step): \(tensor)\(position) is \(value), outside of \(Self.text(range)): "
        + "recalibrate with a sample that covers this input, or compile with more headroom"
    case .overflow(let step, let position):
      "\(step): an intermediate value at \(position) leaves the 64-bit integers: "
        + "compile with narrower values"
    case .division(let step, let position, let divisor):
      "\(step): division by \(divisor) at \(position), where only a positive divisor is allowed"
    case .tableMiss(let step, let position, let table, let value):
      "\(step): the value \(value) at \(position) is in no row of the table \(table): "
        + "recalibrate with a sample that covers this input, or compile with more headroom"
    case .noElement(let step, let position, let place, let size):
      "\(step): the index at \(position) is \(place.map(String.init) ?? "beyond all integers"), "
        + "where an axis of \(size) elements is read"
    case .lookupMiss(let lookup, let position, let table, let tuple):
      "\(lookup): the tuple \(tuple) at \(position) is not a row of the table \(table)"
    case .rowCount(let table, let row, let count):
      "the row \(row) of \(table) is looked up \(count) times, and not once"
    case .malformed(let step, let reason): "\(step): the circuit is malformed: \(reason)"
    }
  }

  private static func text(_ range: ClosedRange<Int>) -> String {
    "[\(range.lowerBound), \(range.upperBound)]"
  }
}
