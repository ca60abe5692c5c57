/// Numbers of single precision by their places in the order of all of them: the coding of inputs that
/// are only compared (`Paper/` section 3.1).
///
/// A number's place is its bits, as an integer, where it is not negative, and otherwise the negative of
/// the bits of its magnitude. Both zeros are at 0. So x < y exactly where the place of x is less than
/// that of y, however near each other or different in size the two are, and no number is rounded.
public enum SingleOrder {
  /// What tensors that hold places have instead of a number of fractional bits.
  public static let scale = 1025

  /// The places of all finite numbers.
  public static let range: ClosedRange<Integer> = -0x7F7F_FFFF...0x7F7F_FFFF

  /// The place of a number; nil for an infinite one, and for what is not a number.
  public static func place(of number: Float) -> Integer? {
    guard number.isFinite else { return nil }
    let magnitude = Integer(number.magnitude.bitPattern)
    return number < 0 ? -magnitude : magnitude
  }

  /// The number at a place; nil where there is none.
  public static func number(at place: Integer) -> Float? {
    guard range.contains(place) else { return nil }
    let magnitude = Float(bitPattern: UInt32(place.magnitude))
    return place < 0 ? -magnitude : magnitude
  }
}

extension TensorDeclaration {
  /// Whether its values are places in the order of single precision, rather than multiples of a unit.
  public var isOrdered: Bool { fractionalBits == SingleOrder.scale }
}
