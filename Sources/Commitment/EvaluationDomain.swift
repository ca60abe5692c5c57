import FieldArithmetic

/// The points of a Reed–Solomon code: position j of a codeword is the value of the message's
/// polynomial at ω^j, for the field's root ω of order 2^log.
public struct EvaluationDomain: Sendable {
  private let generator: Fp

  /// - Parameter log: in `0...38`.
  public init(log: Int) { generator = Fp.rootOfUnity(log: log) }

  /// The point of a position.
  public func point(_ position: Int) -> Fp { generator.power(UInt64(position)) }
}
