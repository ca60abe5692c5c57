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

  /// The pieces of each committed group's folded lane: its rows, then its tail, if there is one, in
  /// pieces that grow.
  public let committed: [[Piece]]
  /// The folded witness's pieces, likewise; none without a witness.
  public let witness: [Piece]
  /// The end of the last piece: what follows is zero.
  public let count: Int
  /// The logarithm of the vector's length.
  public let log: Int

  /// Of pieces that are equally long, those of the first group come first, the witness's last.
  public init(committed: [GroupShape], witness: GroupShape?) {
    var wanted: [(owner: Int, log: Int, exponent: Int)] = []
    for (owner, shape) in (committed + (witness.map { [$0] } ?? [])).enumerated() {
      wanted.append((owner, shape.rowsLog, 0))
      var exponent = shape.rows
      for log in 0...28 where (shape.tail >> log) & 1 == 1 {
        wanted.append((owner, log, exponent))
        exponent += 1 << log
      }
    }
    var pieces = [[Piece]](repeating: [], count: committed.count + 1)
    var end = 0
    for log in stride(from: 28, through: 0, by: -1) {
      for part in wanted where part.log == log {
        pieces[part.owner].append(Piece(offset: end, log: log, exponent: part.exponent))
        end += 1 << log
      }
    }
    pieces = pieces.map { $0.sorted { $0.exponent < $1.exponent } }
    self.committed = Array(pieces.dropLast())
    self.witness = pieces[committed.count]
    count = end
    log = ceilingLog(end)
  }

  /// The pieces of a vector of 2^log elements that is one lane's message as a whole.
  public static func whole(log: Int) -> [Piece] { [Piece(offset: 0, log: log, exponent: 0)] }
}

extension FoldedLayout.Piece {
  /// The weight at `point` of the piece within the vector: eq of the leading coordinates and the
  /// bits of the piece's address.
  func selector(at point: [Fp3]) -> Fp3 {
    Multilinear.equality(point.prefix(point.count - log), index: offset >> log)
  }
}

extension [FoldedLayout.Piece] {
  /// Where the coefficient of a power of X lies in the vector.
  /// - Parameter exponent: less than the length of the lane's message.
  public func address(of exponent: Int) -> Int {
    for piece in self where exponent - piece.exponent < 1 << piece.log {
      return piece.offset + exponent - piece.exponent
    }
    preconditionFailure("a coefficient past the end of a lane")
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
