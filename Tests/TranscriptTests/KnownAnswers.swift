/// The transcript's answers to a fixed history.
enum KnownAnswers {
  static let challenge: [UInt64] = []
  static let indices: [Int] = []
  static let last: [UInt64] = []
}
