import Testing

@testable import ConstraintSystem

@Suite("A batch is one statement about many inferences") struct BatchTests {
  @Test func aBatchOfOneIsTheSystem() throws {
    let system = sampleCircuit().system
    #expect(try system.batched(1) == system)
  }

  @Test(arguments: [2, 3, 64]) func onlyTheModelStaysAsItIs(count: Int) throws {
    let system = sampleCircuit().system
    let batched = try system.batched(count)
    #expect(batched.tensors.count == system.tensors.count)
    for (own, many) in zip(system.tensors, batched.tensors) {
      #expect(many.shape == (own.role == .model ? own.shape : [count] + own.shape))
      #expect((many.name, many.role, many.range) == (own.name, own.role, own.range))
      #expect(many.fractionalBits == own.fractionalBits)
    }
    #expect(batched.tables == system.tables)
    for (own, many) in zip(system.equalities, batched.equalities) {
      #expect(many.indices == [StatementIndex(name: "batch", size: count)] + own.indices)
      #expect(many.domainRank == own.domainRank + 1)
    }
    for (own, many) in zip(system.lookups, batched.lookups) {
      #expect(batched.tupleCount(of: many) == count * system.tupleCount(of: own))
    }
    #expect(try WitnessBounds(of: batched).intervals == WitnessBounds(of: system).intervals)
    #expect(try batched.batched(1) == batched)
  }

  @Test(arguments: [Int.min, -1, 0, 1 << 22 + 1, 1 << 32 + 2, Int.max])
  func sizesOutOfReachAreRefused(count: Int) {
    let error = #expect(throws: ConstraintSystemError.self) {
      try sampleCircuit().system.batched(count)
    }
    #expect(error?.rule == .batchSize)
  }

  @Test func limitsHoldForTheWholeBatch() {
    let error = #expect(throws: ConstraintSystemError.self) {
      try sampleCircuit().system.batched(1 << 22)
    }
    #expect(error?.rule == .tooLarge)
    var deep = sampleCircuit().system
    deep.tensors.append(
      TensorDeclaration(
        name: "in", shape: Array(repeating: 1, count: 12), role: .publicInput, range: 0...1))
    #expect(throws: Never.self) { try deep.validate() }
    #expect(throws: ConstraintSystemError.self) { try deep.batched(2) }
  }

  /// b copied, the copy shifted by a constant, and a tensor that an input has a part in.
  private func copies() -> ConstraintSystem {
    let index = [StatementIndex(name: "i", size: 4)]
    func term(_ coefficient: Integer, _ tensor: Int) -> LinearExpression.Term {
      .init(
        coefficient: coefficient,
        read: TensorRead(tensor: tensor, positions: [AffineIndex(index: 0)]))
    }
    func equality(_ constant: Integer, _ terms: LinearExpression.Term...) -> Equality {
      Equality(
        name: "e", indices: index, domainRank: 1,
        terms: [.init(coefficient: 1, factors: [.init(constant: constant, terms: terms)])])
    }
    let roles: [TensorRole] = [.model, .witness, .witness, .witness, .publicInput]
    var system = ConstraintSystem(
      tensors: roles.enumerated().map {
        TensorDeclaration(name: "\($0.offset)", shape: [4], role: $0.element, range: -9...9)
      })
    // Out of order, so that one equality waits for the next.
    system.equalities = [
      equality(0, term(1, 3), term(-1, 2), term(5, 4)),
      equality(2, term(-1, 2), term(3, 1)), equality(0, term(1, 1), term(-1, 0)),
    ]
    return system
  }

  @Test func whatTheModelDeterminesIsThereOnce() throws {
    let system = copies()
    #expect(system.commonTensors() == [true, true, true, false, false])
    let batched = try system.batched(7)
    #expect(batched.tensors.map(\.shape) == [[4], [4], [4], [7, 4], [7, 4]])
    #expect(Array(batched.equalities[1...]) == Array(system.equalities[1...]))
    #expect(batched.equalities[0].indices.map(\.size) == [7, 4])
  }

  @Test func aTensorWithAChoiceBelongsToEachSample() {
    var partly = copies()
    partly.equalities[2].indices[0].size = 3
    #expect(partly.commonTensors() == [true, false, false, false, false])
    var squared = copies()
    let factor = squared.equalities[2].terms[0].factors[0]
    squared.equalities[2].terms[0].factors = [factor, factor]
    #expect(squared.commonTensors() == [true, false, false, false, false])
    // Somebody wants to see a private output for each sample, even if all are equal.
    var output = copies()
    output.tensors[1].role = .privateOutput
    #expect(output.commonTensors() == [true, false, false, false, false])
  }
}
