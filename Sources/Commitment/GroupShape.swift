/// The shape of one committed matrix over F: its lanes are the messages of an interleaved
/// Reed–Solomon code (`Paper/` section 9).
public struct GroupShape: Equatable, Hashable, Sendable {
  /// The logarithm of the number of rows that carry data.
  public let rowsLog: Int
  /// The number of lanes.
  public let lanes: Int
  /// The number of random coefficients after a lane's data: they hide the data in the opened
  /// positions. Zero for data that everyone may know.
  public let tail: Int

  /// - Parameters:
  ///   - rowsLog: in `0...28`.
  ///   - lanes: in `1...2^20`.
  ///   - tail: in `0...2^28`.
  public init(rowsLog: Int, lanes: Int, tail: Int = 0) {
    precondition((0...28).contains(rowsLog), "a matrix has too many rows")
    precondition((1...1 << 20).contains(lanes), "a matrix has no lanes or too many")
    precondition((0...1 << 28).contains(tail), "a tail of that length")
    self.rowsLog = rowsLog
    self.lanes = lanes
    self.tail = tail
  }

  /// The number of rows that carry data.
  public var rows: Int { 1 << rowsLog }

  /// The length of a lane's message to the code.
  public var messageLength: Int { rows + tail }

  /// The logarithm of the number of lanes, the missing ones counted as zero.
  public var lanesLog: Int { ceilingLog(lanes) }
}

/// The least n with 2^n ≥ value.
/// - Parameter value: at least 1.
func ceilingLog(_ value: Int) -> Int {
  value <= 1 ? 0 : Int.bitWidth - (value - 1).leadingZeroBitCount
}

/// The greatest n with 2^n ≤ value.
/// - Parameter value: at least 1.
func floorLog(_ value: Int) -> Int { Int.bitWidth - 1 - value.leadingZeroBitCount }
