import CircuitLanguage
import ConstraintSystem
import Testing
import Transcript

@testable import Prover
@testable import Witness

/// A network of several layers, written in the circuit language.
@Suite struct NetworkTests {
  private let arena: Arena

  init() throws {
    arena = try Arena(try .network())
    #expect(arena.rejection(of: try arena.prove()) == nil)
  }

  /// A forged maximum or index of it, another one of several equal
  /// maxima, and a hint that no statement pins down, in the layers that networks are made of.
  @Test func everyKindOfHintIsPinnedDown() throws {
    for (number, tensor) in arena.small.system.tensors.enumerated()
    where tensor.role == .witness || tensor.role == .publicOutput {
      let count = tensor.count
      for position in Set([0, count / 2, count - 1]) {
        for change in [-1, 1] {
          let assignment = arena.assignment { $0[number][position] += change }
          if tensor.role.isPublic && !tensor.range.contains(assignment[number][position]) {
            continue
          }
          let rejection = arena.rejection(of: try arena.prove(assignment))
          #expect(
            rejection == .rejected(.fractionLayer) || rejection == .rejected(.openingFinalClaim),
            "\(tensor.name), \(position), \(change)")
        }
      }
    }
  }

  /// The largest scores are equal; the first one counts.
  @Test func theSecondOfTwoEqualMaximaIsRejected() throws {
    let tied = try Arena(try .argmax([3, 9, -2, 9, 1]))
    let index = try #require(tied.small.system.tensors.firstIndex { $0.name == "label" })
    #expect(tied.small.assignment[index].values == [1])
    #expect(tied.rejection(of: try tied.prove()) == nil)
    let forged = try tied.prove(tied.assignment { $0[index][0] = 3 })
    let rejection = tied.rejection(of: forged)
    #expect(
      rejection == .rejected(.fractionLayer) || rejection == .rejected(.openingFinalClaim))
    // Every other consistent-looking assignment: that of the same scores with the tie resolved.
    let other = try SmallSystem.argmax([3, 8, -2, 9, 1])
    let mixed = tied.assignment { values in
      for (number, tensor) in tied.small.system.tensors.enumerated()
      where tensor.role != .publicInput {
        values[number] = other.assignment[number].values
      }
    }
    let second = tied.rejection(of: try tied.prove(mixed))
    #expect(second == .rejected(.fractionLayer) || second == .rejected(.openingFinalClaim))
  }

  @Test func theProofOfAnotherInputIsRejected() throws {
    let other = try SmallSystem.network(seed: 5)
    let mixed = arena.assignment { $0[0] = other.assignment[0].values }
    #expect(arena.rejection(of: try arena.prove(mixed)) == .rejected(.openingFinalClaim))
    // The other input's proof, with this input in the header.
    let honest = try arena.prove()
    let proof = try arena.prove(other.assignment)
    #expect(arena.rejection(of: proof) == nil)
    let inputBytes = 50..<50 + 2 * arena.small.system.tensors[0].count
    var moved = proof
    moved.replaceSubrange(inputBytes, with: honest[inputBytes])
    #expect(arena.rejection(of: moved) == .rejected(.fractionLayer))
  }
}

extension SmallSystem {
  /// The evaluated circuit with what the inputs and the model are.
  private init(_ circuit: Circuit, model: [Int: IntegerBuffer], inputs: [Int: IntegerBuffer]) throws
  {
    self.init(
      system: circuit.system,
      assignment: try Evaluator.evaluate(circuit, model: model, inputs: inputs))
  }

  /// Convolution, relu, max-pool, fully connected layer. The model does not depend on the seed.
  static func network(seed: Int = 1) throws -> SmallSystem {
    var builder = CircuitBuilder(library: try .standard())
    var (model, inputs): ([Int: IntegerBuffer], [Int: IntegerBuffer]) = ([:], [:])
    let i16 = -32768...32767
    func values(_ count: Int, _ seed: Int) -> IntegerBuffer {
      var random = Lehmer(seed)
      return IntegerBuffer(narrowing: (0..<count).map { _ in random.next(in: -90...90) })
    }
    func add(_ name: String, _ shape: [Int], _ role: TensorRole, _ seed: Int) -> TensorView {
      let isBias = shape.count == 1
      let view = builder.addTensor(
        TensorDeclaration(
          name: name, shape: shape, role: role,
          range: isBias ? -(1 << 40)...1 << 40 : i16))
      let buffer = values(shape.reduce(1, *), seed)
      if role == .model {
        model[view.tensor ?? 0] = buffer
      } else {
        inputs[view.tensor ?? 0] = buffer
      }
      return view
    }
    let x = add("x", [1, 2, 6, 6], .publicInput, seed)
    let kernel = add("kernel", [3, 2, 3, 3], .model, 11)
    let bias = add("bias", [3], .model, 12)
    let weights = add("weights", [5, 12], .model, 13)
    let offsets = add("offsets", [5], .model, 14)
    let sums = try builder.instantiate(
      "conv2d", [x, kernel, bias],
      parameters: [
        "stride_h": 1, "stride_w": 1, "pad_top": 0, "pad_left": 0, "pad_bottom": 0,
        "pad_right": 0, "dilation_h": 1, "dilation_w": 1, "groups": 1,
      ], name: "conv", fractionalBits: 0)[0]
    let active = try builder.instantiate(
      "rescale_relu", [sums], parameters: ["shift": 5], name: "relu", fractionalBits: 0)[0]
    let pooled = try builder.instantiate(
      "max_pool2d", [active],
      parameters: [
        "kernel_h": 2, "kernel_w": 2, "stride_h": 2, "stride_w": 2, "pad_top": 0, "pad_left": 0,
        "pad_bottom": 0, "pad_right": 0, "dilation_h": 1, "dilation_w": 1,
      ], name: "pool", fractionalBits: 0)[0]
    let flat = try builder.reshape(pooled, to: [1, 12], name: "flatten")
    let scores = try builder.instantiate(
      "gemm", [flat, weights, offsets], name: "fc", fractionalBits: 0)[0]
    let output = try builder.instantiate(
      "rescale", [scores], parameters: ["shift": 9], name: "scores", fractionalBits: 0)[0]
    _ = try builder.markOutput(output, name: "output")
    return try SmallSystem(try builder.finish(), model: model, inputs: inputs)
  }

  /// The index of the largest score.
  static func argmax(_ scores: [Int]) throws -> SmallSystem {
    var builder = CircuitBuilder(library: try .standard())
    let x = builder.addTensor(
      TensorDeclaration(
        name: "x", shape: [scores.count], role: .publicInput, range: -32768...32767))
    let index = try builder.instantiate(
      "argmax", [x], parameters: ["last": 0], name: "argmax", fractionalBits: 0)[0]
    _ = try builder.markOutput(index, name: "label")
    return try SmallSystem(
      try builder.finish(), model: [:],
      inputs: [x.tensor ?? 0: IntegerBuffer(narrowing: scores)])
  }
}
