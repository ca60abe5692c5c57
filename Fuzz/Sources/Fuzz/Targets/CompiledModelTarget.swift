import CircuitLanguage
import Compiler
import ConstraintSystem
import Prover
import Witness

/// Compiled models: read, described, evaluated and set up.
struct CompiledModelTarget: FuzzTarget {
  static let name = "compiled-model"

  init(_ corpus: Corpus) throws {
    for bytes in try corpus.honest(Self.self).values {
      require(
        try CompiledModel(fileBytes: bytes).fileBytes == bytes && Self.resealed(bytes) == bytes,
        "the mutator does not know the form of compiled models: adapt it")
    }
  }

  func check(_ input: [UInt8]) {
    guard let model = try? CompiledModel(fileBytes: input) else { return }
    let written = model.fileBytes
    let again = try? CompiledModel(fileBytes: written)
    require(again?.fileBytes == written, "a compiled model that was read is written unreadably")
    _ = describe(model.circuit)
    for tensor in model.circuit.system.tensors { _ = tensor.count }
    for lookup in model.circuit.system.lookups { _ = model.circuit.system.tupleCount(of: lookup) }
    CircuitUse.run(model.circuit, model: model.model)
  }

  func mutated(_ input: [UInt8], capacity: Int, _ random: inout Random) -> [UInt8] {
    guard !random.once(in: 16) else { return Engine.mutated(input, capacity: capacity) }
    guard !random.once(in: 4), var model = try? CompiledModel(fileBytes: input) else {
      return Self.resealed(Engine.mutated(window: 32, of: input, &random))
    }
    switch random.below(8) {
    case 0: model.layers.rearrange(&random)
    case 1: model.layers.change(&random, Self.change)
    case 2: Self.change(&model.model, &random)
    case 3:
      SystemMutation.change(&model.circuit.system, &random)
      // Weights for whatever shapes there are now.
      Self.fill(&model)
    default: ExpressionMutation.change(&model.circuit, &random)
    }
    return model.fileBytes
  }

  /// With a length and a digest that fit.
  private static func resealed(_ file: [UInt8]) -> [UInt8] {
    var content = SealedFile.content(file)
    let lengthEnd = 20
    guard content.count >= lengthEnd else { return file }
    content.replaceSubrange(
      (lengthEnd - 8)..<lengthEnd, with: SealedFile.bytes(content.count - lengthEnd))
    return SealedFile.sealed(content)
  }

  private static func change(_ layer: inout LayerReport, _ random: inout Random) {
    switch random.below(5) {
    case 0: SystemMutation.change(&layer.name, &random)
    case 1: SystemMutation.change(&layer.shape, &random)
    case 2: layer.fractionalBits = random.integer(near: layer.fractionalBits)
    case 3: layer.tensor = random.integer(near: layer.tensor ?? 0)
    default: layer.minimum = Double(bitPattern: random.next())
    }
  }

  private static func change(_ model: inout [Int: IntegerBuffer], _ random: inout Random) {
    guard let tensor = model.keys.sorted().first, let buffer = model[tensor] else { return }
    var values = buffer.values
    if random.once(in: 2) {
      values.change(&random) { $0 = $1.integer(near: $0) }
    } else {
      values.rearrange(&random)
    }
    model[random.once(in: 4) ? random.integer(near: tensor) : tensor] = IntegerBuffer(values)
  }

  private static func fill(_ model: inout CompiledModel) {
    model.model = [:]
    for (number, tensor) in model.circuit.system.tensors.enumerated()
    where tensor.role == .model {
      guard let count = CircuitUse.product(tensor.shape, limit: 1 << 12) else { continue }
      model.model[number] = IntegerBuffer(Array(repeating: tensor.range.lowerBound, count: count))
    }
  }

  static func seeds() throws -> [String: [UInt8]] {
    let open = try HonestNetwork(isPrivate: false, hasModel: true)
    let hidden = try HonestNetwork(isPrivate: true, hasModel: true)
    return [
      "open": CompiledModel(circuit: open.circuit, model: open.model).fileBytes,
      "private": CompiledModel(circuit: hidden.circuit, model: hidden.model).fileBytes,
    ]
  }
}

/// What programs do with a circuit from a file.
enum CircuitUse {
  /// Evaluates the circuit and makes a key for it, if it is small: a large one may take long.
  static func run(_ circuit: Circuit, model: [Int: IntegerBuffer]) {
    let system = circuit.system
    guard isSmall(circuit) else { return }
    var inputs: [Int: IntegerBuffer] = [:]
    for (number, tensor) in system.tensors.enumerated() where tensor.role.isInput {
      inputs[number] = IntegerBuffer(
        Array(repeating: tensor.range.lowerBound, count: tensor.count))
    }
    if let assignment = try? Evaluator.evaluate(circuit, model: model, inputs: inputs) {
      for (tensor, declaration) in system.tensors.enumerated() {
        require(
          assignment[tensor].count == declaration.count
            && assignment[tensor].values.allSatisfy(declaration.range.contains),
          "an evaluated tensor is not what it is declared as")
      }
    }
    guard system.tables.reduce(0, { $0 + $1.rows }) <= 1 << 12 else { return }
    _ = try? ProvingKey.make(circuit: circuit, model: model, privacy: .none, certifies: false)
  }

  private static func isSmall(_ circuit: Circuit) -> Bool {
    guard (try? circuit.system.validate()) != nil else { return false }
    let tensors = circuit.system.tensors + circuit.program.temporaries
    let domains =
      circuit.system.equalities.map(\.indices) + circuit.system.lookups.map(\.indices)
      + circuit.program.steps.map(\.indices)
    let sizes = tensors.map(\.shape) + domains.map { $0.map(\.size) }
    return sizes.allSatisfy { product($0, limit: 1 << 12) != nil }
  }

  /// The product; nil if it is negative or beyond the limit.
  static func product(_ sizes: [Int], limit: Int) -> Int? {
    // Nothing is of any size along the other axes.
    if sizes.contains(0) { return 0 }
    var result = 1
    for size in sizes {
      let (product, overflow) = result.multipliedReportingOverflow(by: size)
      guard !overflow, (0...limit).contains(product) else { return nil }
      result = product
    }
    return result
  }
}
