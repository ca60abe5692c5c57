/// A reader of files that is fuzzed.
protocol FuzzTarget {
  /// As it is called on the command line, and its folder of the corpus.
  static var name: String { get }

  /// - Parameter corpus: where inputs lie, for targets that compare with honest ones.
  init(_ corpus: Corpus) throws

  /// Reads the input and does with it what a program would. Whatever must hold for every input is
  /// checked; a broken rule ends in `finding`.
  func check(_ input: [UInt8])

  /// An input made of another one, which gets past what readers check first: magic numbers, lengths
  /// and checksums.
  /// - Parameter capacity: the greatest length that is of use.
  func mutated(_ input: [UInt8], capacity: Int, _ random: inout Random) -> [UInt8]

  /// Honest inputs by file name, which the corpus begins with.
  static func seeds() throws -> [String: [UInt8]]
}

extension FuzzTarget {
  static func seeds() throws -> [String: [UInt8]] { [:] }

  func mutated(_ input: [UInt8], capacity: Int, _ random: inout Random) -> [UInt8] {
    Engine.mutated(input, capacity: capacity)
  }
}

/// All targets, in the order in which they are run.
var allTargets: [any FuzzTarget.Type] {
  [
    VerifyingKeyTarget.self, DerivationTarget.self, ProofTarget.self, CompiledModelTarget.self,
    ProvingKeyTarget.self,
    DataCommitmentTarget.self, DataOpeningTarget.self, ONNXTarget.self, TensorProtoTarget.self,
    CircuitTextTarget.self, NumpyTarget.self, JSONTarget.self,
  ]
}

/// Ends the process: the input breaks a rule. libFuzzer stores it.
func finding(_ message: String) -> Never { fatalError("finding: \(message)") }

/// A rule that holds for every input.
func require(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { finding(message()) }
}
