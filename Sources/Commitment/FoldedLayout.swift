import FieldArithmetic
import Polynomials

/// Where the folded groups lie in the one vector over E that is opened: each in boxes whose sizes
/// are powers of two, the largest first, so that each box is aligned (`Paper/` section 9).
public struct FoldedLayout: Equatable, Sendable {
  /// A part of a folded lane.
  public struct Piece: Equatable, Sendable {
    /// Where it begins in the vector, a multiple of its length.
    public let offset: Int
    /// The logarithm of its length.
    public let log: Int
    /// The exponent of X that its first coefficient belongs to.
    public let exponent: Int
  }

  /// The folded model's pieces: its rows, then its tail if there is one.
  public let model: [Piece]
  /// The folded witness's pieces, likewise.
  public let witness: [Piece]
  /// The end of the last piece: what follows is zero.
  public let count: Int
  /// The logarithm of the vector's length.
  public let log: Int

  public init(model: GroupShape?, witness: GroupShape?) {
    var wanted: [(owner: Int, log: Int, exponent: Int)] = []
    for (owner, shape) in [model, witness].enumerated() {
      guard let shape else { continue }
      wanted.append((owner, shape.rowsLog, 0))
      if shape.tail > 0 { wanted.append((owner, ceilingLog(shape.tail), shape.rows)) }
    }
    var pieces: [[Piece]] = [[], []]
    var end = 0
    for log in stride(from: 28, through: 0, by: -1) {
      for part in wanted where part.log == log {
        pieces[part.owner].append(Piece(offset: end, log: log, exponent: part.exponent))
        end += 1 << log
      }
    }
    self.model = pieces[0].sorted { $0.exponent < $1.exponent }
    self.witness = pieces[1].sorted { $0.exponent < $1.exponent }
    count = end
    log = ceilingLog(end)
  }

  /// The pieces of a vector of 2^log elements that is one lane's message as a whole.
  static func whole(log: Int) -> [Piece] { [Piece(offset: 0, log: log, exponent: 0)] }
}

extension FoldedLayout.Piece {
  /// The weight at `point` of the piece within the vector: eq of the leading coordinates and the
  /// bits of the piece's address.
  func selector(at point: [Fp3]) -> Fp3 {
    Multilinear.equality(point.prefix(point.count - log), index: offset >> log)
  }
}

/// Demands that the vector's polynomial, taken piece by piece, has given values at given points: a
/// linear form whose coefficients are powers of the points.
struct PowerForms {
  let pieces: [FoldedLayout.Piece]
  /// The logarithm of the vector's length.
  let log: Int
  /// Each point with the coefficient of its form.
  let points: [(x: Fp, coefficient: Fp3)]

  /// The multilinear extension of the combined form.
  /// - Parameter point: at least `log` coordinates, the last of which count.
  func value(at point: [Fp3]) -> Fp3 {
    let point = Array(point.suffix(log))
    var value = Fp3.zero
    for piece in pieces {
      let inner = Array(point.suffix(piece.log))
      var sum = Fp3.zero
      for (x, coefficient) in points {
        let first = x.power(UInt64(piece.exponent))
        sum += coefficient * Multilinear.powerValue(of: x, at: inner) * first
      }
      value += sum * piece.selector(at: point)
    }
    return value
  }
}
