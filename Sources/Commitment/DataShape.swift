/// The shape of a commitment to n integers that hides them in a number of openings
/// (`Paper/` section 15.3).
///
/// Integer i lies in lane i mod m at row ⌊i/m⌋, m being the number of lanes; behind the last
/// integer there are zeros. A lane's message is as long as a power of two, its tail being all that
/// is not data: so the code's rate is 1/4 exactly, and a commitment never makes a proof open more
/// positions than others do.
public struct DataShape: Equatable, Hashable, Sendable {
  /// The number of integers.
  public let count: Int
  /// How many proofs may open the commitment before it shows something of the integers.
  public let openings: Int
  /// The logarithm of the number of rows that carry data.
  public let rowsLog: Int
  /// The logarithm of a lane's message, tail included.
  public let messageLog: Int
  /// The number of lanes, at least `leastLanes`; some may hold no data.
  public let lanes: Int

  /// The greatest number of integers.
  public static let maximalCount = 1 << 28
  /// The greatest number of openings.
  public static let maximalOpenings = 1 << 16
  /// The most positions that a proof may open.
  public static let positionsPerOpening = OpeningParameters.Hiding.mostPositions

  private static let messageLimit = OpeningParameters.domainLimit - inverseRateLog
  private static let inverseRateLog = 2
  /// The fewest lanes: what is opened of them leaves a leaf that nobody can guess.
  public static let leastLanes = OpeningParameters.Hiding.leastLanes
  private static let laneLimit = 1 << 20
  // The longest word of all lanes together: the bad challenges of their weights, which are fewer,
  // then need no more proof of work than is allowed.
  private static let wordLimit: Int64 = 1 << 37
  // The bytes of a lane's opened elements, and of what a coefficient more to fold and commit again
  // costs in time: the weights by which a model's lanes are chosen.
  private static let laneCost: Int64 = 1181
  private static let coefficientCost: Int64 = 2

  /// Chooses the cheapest shape, that of the fewest rows if there are several.
  /// - Parameters:
  ///   - count: at least 1.
  ///   - openings: at least 1.
  /// - Throws: `empty` without integers or without openings, `tooLarge` beyond the limits.
  public init(count: Int, openings: Int) throws(ParameterError) {
    guard count >= 1, openings >= 1 else { throw .empty }
    guard count <= Self.maximalCount, openings <= Self.maximalOpenings else { throw .tooLarge }
    let leastTail = openings * Self.positionsPerOpening + 1
    var best: (rowsLog: Int, messageLog: Int, lanes: Int, cost: Int64)?
    for rowsLog in 0..<Self.messageLimit {
      let messageLog = ceilingLog(1 << rowsLog + leastTail)
      let lanes = max((count - 1) >> rowsLog + 1, Self.leastLanes)
      let cost = Self.laneCost * Int64(lanes) + Self.coefficientCost << Int64(messageLog)
      guard messageLog <= Self.messageLimit, lanes <= Self.laneLimit, cost < best?.cost ?? .max,
        Int64(lanes) << Int64(messageLog + Self.inverseRateLog) <= Self.wordLimit
      else { continue }
      best = (rowsLog, messageLog, lanes, cost)
    }
    guard let best else { throw .tooLarge }
    self.count = count
    self.openings = openings
    (rowsLog, messageLog, lanes) = (best.rowsLog, best.messageLog, best.lanes)
  }

  /// The number of random coefficients behind a lane's data.
  public var tail: Int { 1 << messageLog - 1 << rowsLog }

  /// The logarithm of the code's length.
  public var domainLog: Int { messageLog + Self.inverseRateLog }

  /// The number of elements of F that a point compares: the integers, and the zeros behind them.
  public var cells: Int64 { Int64(lanes) << Int64(rowsLog) }

  /// Bits of proof of work before the challenge at which data are compared, whose powers are the
  /// weights of the lanes.
  public static func work(_ shapes: [DataShape], targetBits: Int) -> Int {
    var bad: Int64 = 0
    for shape in shapes {
      bad = max(bad, Int64(shape.lanes - 1) << Int64(shape.domainLog), shape.cells)
    }
    return Probability.shortfall(count: bad, target: targetBits)
  }

  /// The committed matrix.
  public var group: GroupShape { GroupShape(rowsLog: rowsLog, lanes: lanes, tail: tail) }
}
