import ConstraintSystem
import FieldArithmetic
import Hashing
import Kernels
import Transcript

@testable import Argument
@testable import Commitment
@testable import ProofTestSupport
@testable import Prover
@testable import Verifier
@testable import Witness

/// A network that is small enough for exact linear algebra on its whole proof: y[i, j] = w[i]·x[j] and
/// o[j] = Σ_i y[i, j], the model w and the input x hidden, the output o public, x looked up.
struct TinyNetwork {
  var weights: [Int]
  var inputs: [Int]

  static let lanes = 4

  private static func read(_ tensor: Int, _ indices: Int...) -> LinearExpression {
    LinearExpression(
      TensorRead(tensor: tensor, positions: indices.map { AffineIndex(index: $0) }))
  }

  static let system: ConstraintSystem = {
    let (i, j) = (StatementIndex(name: "i", size: lanes), StatementIndex(name: "j", size: 2))
    return ConstraintSystem(
      tensors: [
        .init(name: "x", shape: [2], role: .privateInput, range: 0...3),
        .init(name: "w", shape: [lanes], role: .model, range: -8...7),
        .init(name: "y", shape: [lanes, 2], role: .witness, range: -24...21),
        .init(name: "o", shape: [2], role: .publicOutput, range: -96...84),
      ],
      tables: [LookupTable(name: "range4", first: 0, rows: 4)],
      equalities: [
        Equality(
          name: "product", indices: [i, j], domainRank: 2,
          terms: [
            .init(coefficient: 1, factors: [read(1, 0), read(0, 1)]),
            .init(coefficient: -1, factors: [read(2, 0, 1)]),
          ]),
        Equality(
          name: "sum", indices: [j, i], domainRank: 1,
          terms: [
            .init(coefficient: 1, summed: [1], factors: [read(2, 1, 0)]),
            .init(coefficient: -1, factors: [read(3, 0)]),
          ]),
      ],
      lookups: [Lookup(name: "input", indices: [j], columns: [read(0, 0)], table: 0)])
  }()

  var outputs: [Int] { inputs.map { $0 * weights.reduce(0, +) } }

  var assignment: Assignment {
    let products = weights.flatMap { weight in inputs.map { weight * $0 } }
    return Assignment([inputs, weights, products, outputs].map { IntegerBuffer($0) })
  }
}

/// What is tampered with.
enum Sabotage: CaseIterable {
  case padMissing, padShared, tripleMissing
  case noFoldMask, noModelMask, noRoundMask, baseFieldMask, shortTails
}

/// The real prover of the tiny network, with challenges that are fixed and few positions opened.
struct WholeProof {
  let mode: ProofMode
  let queries: Int
  /// Positions of a proof begin here.
  let firstPosition: Int
  let challengeSeed: UInt64

  /// - Parameters:
  ///   - modelTail: the random coefficients of each lane of the model.
  ///   - steps: how the masked vector is folded; without any it is sent as a whole.
  init(
    modelTail: Int = 4, queries: Int = 2, steps: [Int] = [], number: Int = 0
  ) throws {
    let layout = try Layout(TinyNetwork.system, hiding: true)
    let cells = GroupShape(rowsLog: 5, lanes: (layout.witness.count + 31) >> 5)
    let polynomials = OpeningParameters.Hiding.roundCoefficients * cells.lanesLog
    let witness = GroupShape(rowsLog: 5, lanes: cells.lanes, tail: polynomials + 4)
    let shape = layout.modelShape.map {
      GroupShape(rowsLog: $0.rowsLog, lanes: $0.lanes, tail: modelTail)
    }
    self.queries = queries
    firstPosition = 1 + number * queries
    challengeSeed = UInt64(500 + number)
    let parameters = OpeningParameters.toy(
      shape.map { [CommittedShape($0)] } ?? [], witness: witness, queries: queries, steps: steps)
    mode = ProofMode(layout, parameters, isHiding: true)
  }

  /// Fixed tails of the model, by the number of a seed.
  static func model(_ network: TinyNetwork, _ mode: ProofMode, tails: Int) -> OpenedModel {
    func seed(_ number: Int) -> SecretSeed {
      SecretSeed(Digest(hashing: Array("tails \(number)".utf8)))
    }
    let commitments = ModelCommitments(
      matrix: ModelMatrix(layout: mode.layout) { _ in IntegerBuffer(network.weights) },
      group: mode.parameters.committed[0],
      seeds: .init(pinned: seed(tails), others: seed(-1 - tails)))
    return OpenedModel(
      commitments, copies: [(0, commitments.commitment(0, root: nil).root)])
  }

  /// What a proof shows.
  struct Run {
    /// The masked messages, and what shows that products are right.
    var masked: [Fp3] = []
    var sacrificed: [Fp3] = []
    var sacrifice = Fp3.zero
    /// All that is sent but hashes.
    var view: [Fp] = []
  }

  func run(
    _ network: TinyNetwork, pads: Pads, masks: OpeningMasks, tails: Int = 0
  ) throws -> Run {
    let maker = try maker(network, tails: tails)
    let session = try maker.begin(secrets: ProofSecrets(pads: pads, masks: masks))
    let tap = MessageTap(MaskingResponder(session.responder, pads: pads))
    var context = MaskedContext(
      ProgrammedContext(tap, seed: challengeSeed, firstPosition: firstPosition))
    try maker.run(&context, session) { _ in }
    tap.run.view = context.unwrap().view
    return tap.run
  }

  /// - Parameter counts: multiplicities that need not be those of the network.
  func maker(
    _ network: TinyNetwork, outputs: [Int]? = nil, counts: [[Int64]]? = nil, tails: Int = 0
  ) throws -> ProofMaker {
    let assignment = network.assignment
    return ProofMaker(
      mode: mode, domain: "tiny",
      statement: try Statement(
        layout: mode.layout, header: [],
        publicValues: [nil, nil, nil, outputs ?? network.outputs]),
      prefix: [], assignment: assignment,
      multiplicities: try counts.map { Multiplicities(counts: $0) }
        ?? Multiplicities(of: TinyNetwork.system, in: assignment),
      columns: try TableColumns(of: TinyNetwork.system.tables),
      model: Self.model(network, mode, tails: tails))
  }
}

/// Listens to an honest prover.
final class MessageTap: ForwardingResponder {
  var run = WholeProof.Run()

  override func message(_ label: MessageLabel, count: Int) -> [Fp3] {
    let values = super.message(label, count: count)
    if label.isMasked { run.masked += values }
    if label == .sacrificeValues { run.sacrificed = values }
    return values
  }

  override func learn(_ label: MessageLabel, challenges: [Fp3]) {
    if label == .sacrificeChallenge { run.sacrifice = challenges[0] }
    super.learn(label, challenges: challenges)
  }
}
