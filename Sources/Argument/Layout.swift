import ConstraintSystem
import FieldArithmetic
import Transcript

/// Where every cell of a constraint system lies in the commitments and in the argument. It follows
/// from the system alone, so that the prover and the verifier compute the same one.
public struct Layout: Sendable {
  public let system: ConstraintSystem
  /// The logarithm of the number of lanes of the model's matrix: a model tensor's positions along
  /// its first axis are dealt to the lanes in turn.
  public let modelLanesLog: Int
  /// The model's rows: owner t is tensor t with its first axis divided by the number of lanes.
  public let modelRows: BoxStack
  /// The witness's cells: owner t is tensor t, or the multiplicities of table t − tensors.count, public
  /// or of rows, or the pads, of which the first axis counts the coordinates.
  public let witness: BoxStack
  /// The one-time pads of the messages, none unless the proof hides.
  public let pads: PadPlan
  /// The leaves of the lookups' tree: owner l is lookup l, or table l − lookups.count.
  public let leaves: BoxStack
  /// For each equality the domain index that runs through a model tensor's first axis, if any.
  public let laneIndices: [Int?]
  public let products: [ProductPlan]

  /// - Parameter hiding: whether the messages are hidden behind pads.
  public init(_ system: ConstraintSystem, hiding: Bool = false) throws(LayoutError) {
    var pads = PadPlan()
    if hiding { pads = try Layout(system, pads: PadPlan()).countPads() }
    try self.init(system, pads: pads)
  }

  private init(_ system: ConstraintSystem, pads: PadPlan) throws(LayoutError) {
    self.system = system
    self.pads = pads
    var lanes: [Int?] = []
    for equality in system.equalities { lanes.append(try laneIndex(of: equality, in: system)) }
    laneIndices = lanes
    let lanesLog = Layout.chooseModelLanes(system)
    modelLanesLog = lanesLog
    modelRows = BoxStack(system.tensors.map { Layout.rowShape($0, lanesLog) })
    witness = BoxStack(
      system.tensors.map { $0.role.isWitness ? $0.shape : nil }
        + (0..<system.tableCount).map { system.countShape(ofTable: $0) }
        + [pads.count == 0 ? nil : [Fp3.degree, pads.count]])
    leaves = BoxStack(
      system.lookups.map { lookup in
        lookup.indices.prefix(system.tupleRank(of: lookup)).map { $0.size }
      } + system.tables.map { [$0.rows] } + system.rowTables.map { $0.rowShape })
    products = ProductPlan.all(of: system)
  }

  /// The number under which claims address the pads.
  public var padOwner: Int { system.tensors.count + system.tableCount }

  /// Minus Σ coefficient · pad, as a term on the pads' coordinates.
  func padTerm(_ form: PadForm) -> RankOneTerm {
    RankOneTerm(
      tensor: padOwner, coefficient: .zero - .one,
      vectors: [.values(AxisVector(Fp3.basis)), .values(AxisVector(form.coefficients))])
  }

  /// Runs what reads masked messages in the protocol, to see how many there are, and how many
  /// products.
  private func countPads() throws(LayoutError) -> PadPlan {
    var context = MaskedContext(CountingContext())
    do throws(ProofError) {
      if leaves.count > 0 { _ = try reduceFractionTree(&context, depth: leaves.addressBits) }
      try countEqualityMessages(&context, self)
    } catch {
      throw .uncountable
    }
    return context.plan
  }

  /// The number of rows of the model's matrix, a power of two; 0 without a model.
  public var modelRowCount: Int { modelRows.count == 0 ? 0 : 1 << modelRows.addressBits }

  func isModel(_ tensor: Int) -> Bool {
    tensor < system.tensors.count && system.tensors[tensor].role == .model
  }

  /// The shape in which claims address a tensor: a model tensor by blocks of lanes.
  public func shape(of tensor: Int) -> [Int] {
    if tensor == padOwner { return [Fp3.degree, pads.count] }
    guard tensor < system.tensors.count else {
      return system.countShape(ofTable: tensor - system.tensors.count) ?? []
    }
    return Layout.rowShape(system.tensors[tensor], modelLanesLog) ?? system.tensors[tensor].shape
  }

  private static func rowShape(_ tensor: TensorDeclaration, _ lanesLog: Int) -> [Int]? {
    guard tensor.role == .model, let first = tensor.shape.first else { return nil }
    return [(first + (1 << lanesLog) - 1) >> lanesLog] + tensor.shape.dropFirst()
  }

  /// At least four, because a hiding opening needs three.
  ///
  /// Many lanes make long leaves to open, few lanes many rows to fold and commit again. The weights
  /// are the bytes of 189 openings, and of what a further row costs in time.
  private static func chooseModelLanes(_ system: ConstraintSystem) -> Int {
    var best = (log: 2, cost: Int64.max)
    for log in 2...9 {
      var rows = 0
      for tensor in system.tensors {
        guard let shape = rowShape(tensor, log) else { continue }
        rows += shape.reduce(1, *)
      }
      let cost = Int64(1181) << Int64(log) + 2 << Int64(bitsNeeded(for: rows))
      if cost < best.cost { best = (log, cost) }
    }
    return best.log
  }
}

/// Why a constraint system has no layout.
public enum LayoutError: Error, Equatable, Sendable {
  /// An equality reads model tensors along two different indices, or not along a plain domain index
  /// of the size of their first axis.
  case modelRead(equality: String)
  /// The protocol does not run on this system.
  case uncountable
}

/// The domain index that runs through the first axis of every model tensor of the equality.
private func laneIndex(of equality: Equality, in system: ConstraintSystem) throws(LayoutError)
  -> Int?
{
  var lane: Int?
  for term in equality.terms {
    for factor in term.factors {
      for read in factor.terms.map({ $0.read })
      where system.tensors[read.tensor].role == .model {
        guard let position = read.positions.first, position.constant == 0,
          position.terms.count == 1, position.terms[0].coefficient == 1,
          position.terms[0].index < equality.domainRank,
          lane == nil || lane == position.terms[0].index,
          equality.indices[position.terms[0].index].size == system.tensors[read.tensor].shape[0]
        else { throw .modelRead(equality: equality.name) }
        lane = position.terms[0].index
      }
    }
  }
  return lane
}
