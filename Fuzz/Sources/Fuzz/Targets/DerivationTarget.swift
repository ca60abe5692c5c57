import ConstraintSystem

@testable import CircuitLanguage

/// What keys say that they were made from: read, derived again, and held against a system that it is
/// not of.
struct DerivationTarget: FuzzTarget {
  static let name = "derivation"

  private let honest: [[UInt8]: ConstraintSystem]

  init(_ corpus: Corpus) throws {
    var systems: [[UInt8]: ConstraintSystem] = [:]
    for bytes in try corpus.honest(Self.self).values {
      let derivation = try Derivation(bytes: bytes)
      guard derivation.bytes == bytes else { finding("an honest derivation is written otherwise") }
      systems[bytes] = try derivation.derive(
        library: derivation.library(), work: Self.work, realTables: FlatTables()
      ).system
    }
    honest = systems
  }

  private static let work = 1 << 18

  func check(_ input: [UInt8]) {
    guard let derivation = try? Derivation(bytes: input) else { return }
    let again = try? Derivation(bytes: derivation.bytes)
    require(again == derivation, "a derivation is read back as another one")
    if let library = try? derivation.library(),
      let derived = try? derivation.derive(
        library: library, work: Self.work, realTables: FlatTables())
    {
      if (try? derived.system.validate()) != nil { audit(input, derived.system) }
    }
    for system in honest.values { audit(input, system) }
  }

  private func audit(_ input: [UInt8], _ system: ConstraintSystem) {
    guard let audit = try? DerivationAudit(input, of: system) else { return }
    require(audit.derived.system == system, "a derivation of another system is taken")
    for layer in audit.layers {
      _ = audit.steps(of: layer)
      _ = audit.statements(of: layer)
      _ = audit.result(of: layer)
    }
  }

  func mutated(_ input: [UInt8], capacity: Int, _ random: inout Random) -> [UInt8] {
    guard var derivation = try? Derivation(bytes: input), !random.once(in: 16) else {
      return Engine.mutated(input, capacity: capacity)
    }
    switch random.below(8) {
    case 0: derivation.inputs.change(&random, Self.change)
    case 1: derivation.outputs.change(&random, Self.change)
    case 2:
      derivation.sources.change(&random) { source, random in
        var text = Array(source.text.utf8)
        text = Engine.mutated(text, capacity: text.count + 32)
        source.text = String(decoding: text, as: UTF8.self)
      }
    default:
      derivation.layers.change(&random) { layer, random in
        if random.once(in: 4) {
          layer.steps.rearrange(&random)
        } else {
          layer.steps.change(&random, Self.change)
        }
      }
    }
    return derivation.bytes
  }

  private static func change(_ step: inout Derivation.Step, _ random: inout Random) {
    if random.once(in: 3) {
      step.operands.change(&random) { $0 = $1.once(in: 2) ? $1.below(24) : $1.integer(near: $0) }
      return
    }
    switch step.action {
    case .tensor(var tensor):
      tensor.shape.change(&random) { $0 = $1.integer(near: $0) }
      if random.once(in: 4) { tensor.role = TensorRole(rawValue: UInt8(random.below(6))) ?? .model }
      step.action = .tensor(tensor)
    case .instance(var instance):
      if random.once(in: 4) {
        instance.circuit = random.pick(CircuitLibrary.layerCircuits.sorted())
      }
      for name in instance.parameters.keys.sorted() where random.once(in: 3) {
        instance.parameters[name] = random.integer(near: instance.parameters[name] ?? 0)
      }
      if random.once(in: 4) {
        instance.fractionalBits = random.integer(near: instance.fractionalBits)
      }
      step.action = .instance(instance)
    case .table(let request, let fractionalBits):
      step.action = .table(
        changed(request, &random),
        fractionalBits: random.once(in: 4) ? random.integer(near: fractionalBits) : fractionalBits)
    case .sum(let sum, let fractionalBits):
      step.action = .sum(changed(sum, &random), fractionalBits: fractionalBits)
    default: step.action = view(&random)
    }
    if random.once(in: 6) { step.action = view(&random) }
  }

  private static func changed(_ request: TableRequest, _ random: inout Random) -> TableRequest {
    guard case .real(var table) = request.kind else { return TableRequest("clip", parameters: [0]) }
    switch random.below(5) {
    case 0: table.argumentBits = random.integer(near: table.argumentBits)
    case 1: table.outputBits = random.integer(near: table.outputBits)
    case 2: table.first = random.integer(near: table.first)
    case 3: table.rows = random.integer(near: table.rows)
    default: table.functions.rearrange(&random)
    }
    return TableRequest(table)
  }

  private static func changed(_ sum: ViewSum, _ random: inout Random) -> ViewSum {
    var sum = sum
    switch random.below(4) {
    case 0: sum.domainRank = random.integer(near: sum.domainRank)
    case 1: sum.indices.change(&random) { $0.size = $1.integer(near: $0.size) }
    case 2: sum.terms.rearrange(&random)
    default: sum.terms.change(&random) { $0.coefficient = $1.integer(near: $0.coefficient) }
    }
    return sum
  }

  private static func view(_ random: inout Random) -> Derivation.Action {
    let numbers = (0..<random.below(5)).map { random.integer(near: $0) }
    switch random.below(7) {
    case 0: return .broadcast(numbers)
    case 1: return .reshape(numbers)
    case 2: return .transpose(numbers)
    case 3:
      return .slice(
        axis: random.below(4), start: random.integer(near: 0), count: random.integer(near: 2),
        step: random.integer(near: 1))
    case 4: return .pad(before: numbers, after: numbers)
    case 5: return .concat(axis: random.below(4))
    default: return .copy
    }
  }

  static func seeds() throws -> [String: [UInt8]] {
    let foreign = """
      circuit free(x: i16[...]) -> (y: i16[...]) {
        hint y[...] = max(x[...], 0)
        lookup y[...] in i16
      }
      """
    let real = """
      table soft(x: i16; bits: nat) = round(2^bits * log1p(exp(x / 2^bits)))
      circuit soft(x: i16[...]) -> (y: i16[...]) {
        hint y[...] = table soft(x[...]; 8)
        lookup (x[...], y[...]) in table soft(8)
      }
      """
    var library = try CircuitLibrary.standard()
    try library.add(source: foreign, file: "free.circuit")
    var soft = try CircuitLibrary.standard()
    try soft.add(source: real, file: "soft.circuit")
    return [
      "own": try made("relu", .standard()), "foreign": try made("free", library),
      "real": try made("soft", soft),
    ]
  }

  /// A convolution with a kernel of one element.
  private static let products = ViewSum(
    indices: [("n", 1), ("o", 3), ("h", 4), ("w", 4), ("c", 2)].map {
      .init(name: $0.0, size: $0.1)
    },
    domainRank: 4,
    terms: [
      .init(
        coefficient: 1, summed: [4],
        factors: [
          .init(operand: 0, positions: [0, 4, 2, 3].map { AffineIndex(index: $0) }),
          .init(
            operand: 1,
            positions: [AffineIndex(index: 1), AffineIndex(index: 4), AffineIndex(), AffineIndex()]),
        ])
    ])

  /// A convolution, an activation and views.
  private static func made(_ activation: String, _ library: CircuitLibrary) throws -> [UInt8] {
    var builder = DerivationBuilder(library: library, realTables: FlatTables())
    func declared(_ name: String, _ shape: [Int], _ role: TensorRole, _ bits: Int)
      -> TensorDeclaration
    {
      .init(name: name, shape: shape, role: role, range: -32768...32767, fractionalBits: bits)
    }
    let x = try builder.addTensor(declared("x", [1, 2, 4, 4], .publicInput, 8))
    builder.beginLayer(name: "conv", operation: "Conv")
    let w = try builder.addTensor(declared("w", [3, 2, 1, 1], .model, 8))
    let sums = try builder.sum(products, [x, w], name: "conv", fractionalBits: 16)
    let conv = try builder.instantiate(
      "round", [sums], parameters: ["shift": 8, "width": 16], name: "conv", fractionalBits: 8)
    builder.beginLayer(name: "act", operation: "Relu")
    let y = try builder.instantiate(activation, conv, name: "act", fractionalBits: 8)
    if activation == "soft" {
      let request = RealTableRequest(
        [try RealFormula("1 / (1 + exp(-x))")], argumentBits: 8, outputBits: 7, first: -32768,
        rows: 65536)
      _ = try builder.apply(TableRequest(request), x, name: "sigmoid", fractionalBits: 7)
    }
    builder.beginLayer(name: "flat", operation: "Reshape")
    let flat = try builder.reshape(y[0], to: [1, 48], name: "flat")
    let joined = try builder.concat([flat, flat], axis: 1, name: "flat")
    let cut = try builder.slice(joined, axis: 1, start: 1, count: 40, step: 2, name: "flat")
    builder.beginOutputs()
    _ = try builder.markOutput(cut, name: "y")
    return builder.derivation.bytes
  }
}
