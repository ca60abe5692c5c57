import ConstraintSystem

/// What the attacks on a circuit's hints came to.
public struct WrongHintReport: Sendable {
  /// Sets of changes that were tried.
  public internal(set) var attempts = 0
  /// For each tensor, how many of the single changes of its values each statement alone, or beside
  /// others, has refused. Statements are called as in the system.
  public internal(set) var caught: [String: [String: Int]] = [:]
  /// Changes that nothing refuses, at most a few of each meaning.
  public internal(set) var undetected: [WrongHint] = []
  /// Assignments whose outputs were shown to be the only ones.
  public internal(set) var provenUnique = 0
  /// Assignments of which not all others could be gone through.
  public internal(set) var unfinished = 0

  public init() {}

  /// Whether nothing was found that lets a prover choose an output, or an input that is out of range.
  public var isPinned: Bool { !undetected.contains { $0.meaning != .hint } }

  /// The most changes that are kept of each meaning.
  static let maximalFindings = 4

  mutating func note(_ hint: WrongHint) {
    guard undetected.count(where: { $0.meaning == hint.meaning }) < Self.maximalFindings else {
      return
    }
    undetected.append(hint)
  }

  /// Adds what other attacks came to.
  public mutating func add(_ other: WrongHintReport) {
    attempts += other.attempts
    provenUnique += other.provenUnique
    unfinished += other.unfinished
    for (tensor, statements) in other.caught {
      caught[tensor, default: [:]].merge(statements, uniquingKeysWith: +)
    }
    for hint in other.undetected { note(hint) }
  }
}

/// How much is tried. The same numbers give the same attacks.
public struct WrongHintEffort: Sendable {
  /// Cells of a tensor that are attacked; they are spread over it.
  public var cellsPerTensor: Int
  /// Sets of changes that are tried for each wrong value of a cell.
  public var nodesPerValue: Int
  /// All sets of changes together.
  public var nodes: Int
  /// Reads of statements that the attacks look at together.
  public var reads: Int
  /// The most cells that one consistent change has.
  public var depth: Int
  /// Claims that the search through all assignments looks at.
  public var searchWork: Int

  /// - Parameters: see the members.
  public init(
    cellsPerTensor: Int = 5, nodesPerValue: Int = 24, nodes: Int = 12_000, reads: Int = 1 << 25,
    depth: Int = 7,
    searchWork: Int = 60_000
  ) {
    self.cellsPerTensor = cellsPerTensor
    self.nodesPerValue = nodesPerValue
    self.nodes = nodes
    self.reads = reads
    self.depth = depth
    self.searchWork = searchWork
  }
}
