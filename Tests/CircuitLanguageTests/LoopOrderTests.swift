import ConstraintSystem
import TestSupport
import Testing

@testable import CircuitLanguage

@Suite("The order of what loops compute") struct LoopOrderTests {
  @Test("Things of a loop are together, its states first") func together() {
    // 0 → 1 → 2 → 3, where 1 reads the state 4, which 2 leaves; 3 reads what the loop gives.
    let order = LoopOrder(sources: [[], [0, 4], [1], [2], [2]], states: [[4]])
    #expect(order.order == [0, 4, 1, 2, 3])
    #expect(order.loops == [1..<4])
  }

  @Test("What is between is computed before or behind") func between() {
    // 2 needs nothing of the loop {1, 3, 5}, and 4 needs 1.
    let order = LoopOrder(sources: [[], [5], [0], [1, 2], [1], [3]], states: [[5]])
    #expect(order.order == [0, 2, 5, 1, 3, 4])
    #expect(order.loops == [2..<5])
  }

  @Test("One loop reads what another gives") func stacked() {
    // {0, 4} and, reading it, {1, 5}; 2 and 3 are behind.
    let order = LoopOrder(sources: [[4], [0, 5], [0], [1], [0], [1]], states: [[4], [5]])
    #expect(order.loops.count == 2)
    #expect(order.order[order.loops[0]] == [4, 0])
    #expect(order.order[order.loops[1]] == [5, 1])
    #expect(order.loops[0].upperBound <= order.loops[1].lowerBound)
  }

  @Test("A state of something that is no part of a loop") func delay() {
    // 1 reads the state 3, which is left what 2 gives, and 2 needs no state.
    let order = LoopOrder(sources: [[], [3], [0], [2]], states: [[3]])
    #expect(order.order == [0, 2, 3, 1])
    #expect(order.loops == [2..<3])
  }
}

@Suite("What a loop hands on is of the step before") struct LoopAuditTests {
  /// The state of a loop of 4 steps, which doubles what `left` makes of it.
  private func failure(
    _ left: (inout DerivationBuilder, TensorView) throws -> TensorView, handing: Bool = true,
    given: ((inout DerivationBuilder, TensorView) throws -> TensorView)? = nil
  ) throws -> String? {
    let library = try CircuitLibrary.standard()
    var builder = DerivationBuilder(library: library)
    let x = try builder.addTensor(
      TensorDeclaration(name: "x", shape: [1, 2], role: .publicInput, range: -8...7))
    builder.beginLayer(name: "loop", operation: "Scan")
    let state = try builder.addState(
      name: "state", shape: [4, 2], range: -128...127, fractionalBits: 0)
    let made = try left(&builder, state)
    let next = try builder.instantiate(
      "round", [made], parameters: ["shift": 0, "width": 8], name: "next", fractionalBits: 0)[0]
    if handing {
      let first = try given?(&builder, state) ?? x
      try builder.carry(state, given: first, left: next, loop: 0, name: "state")
    } else {
      let padded = try builder.pad(x, before: [0, 0], after: [3, 0], name: "given")
      _ = try builder.instantiate(
        "carried", [state, next, padded], name: "state", fractionalBits: 0)
    }
    builder.beginOutputs()
    _ = try builder.markOutput(next, name: "y")
    let derivation = builder.derivation
    let derived = try derivation.derive(library: library, work: 1 << 20)
    do throws(DerivationError) {
      let audit = try DerivationAudit(derivation.bytes, of: derived.system)
      #expect(audit.foreignLayers == [])
      return nil
    } catch {
      return error.description
    }
  }

  /// Else the state of all steps would be whatever a prover likes, as long as it is always the same.
  @Test("What is given is of no step of the loop") func givenByItself() throws {
    let last = try failure(
      { _, state in state },
      given: { builder, state in
        try builder.slice(state, axis: 0, start: 3, count: 1, name: "last")
      })
    #expect(last != nil)
    #expect(try failure({ _, state in state }) == nil)
  }

  /// Two states of four steps, each of which is given what the other one's last step leaves, or not.
  private func exchange(crosswise: Bool) throws -> String? {
    let library = try CircuitLibrary.standard()
    var builder = DerivationBuilder(library: library)
    let x = try builder.addTensor(
      TensorDeclaration(name: "x", shape: [1, 2], role: .publicInput, range: -8...7))
    builder.beginLayer(name: "loops", operation: "Scan")
    var states: [TensorView] = []
    var left: [TensorView] = []
    for name in ["a", "b"] {
      let state = try builder.addState(
        name: name, shape: [4, 2], range: -128...127, fractionalBits: 0)
      states.append(state)
      left += try builder.instantiate(
        "round", [state], parameters: ["shift": 0, "width": 8], name: "next", fractionalBits: 0)
    }
    for number in [0, 1] {
      let last = try builder.slice(left[1 - number], axis: 0, start: 3, count: 1, name: "last")
      try builder.carry(
        states[number], given: crosswise || number == 1 ? last : x, left: left[number],
        loop: number, name: number == 0 ? "a" : "b")
    }
    builder.beginOutputs()
    _ = try builder.markOutput(left[1], name: "y")
    let derivation = builder.derivation
    let derived = try derivation.derive(library: library, work: 1 << 20)
    do throws(DerivationError) {
      _ = try DerivationAudit(derivation.bytes, of: derived.system)
      return nil
    } catch {
      return error.description
    }
  }

  @Test("Two loops don't give each other what they begin with") func givenByEachOther() throws {
    #expect(try exchange(crosswise: true)?.contains("not of the step before") == true)
    #expect(try exchange(crosswise: false) == nil)
  }

  @Test("What compares all steps with each other makes no loop") func comparing() throws {
    func below(
      _ builder: inout DerivationBuilder, _ view: TensorView
    ) throws -> TensorView {
      try builder.instantiate(
        "extreme_below", [view], parameters: ["depth": 8], name: "below", fractionalBits: 0)[1]
    }
    let ofSteps = try failure { builder, state in
      let column = try builder.slice(state, axis: 1, start: 0, count: 1, name: "column")
      let found = try below(&builder, try builder.reshape(column, to: [4], name: "steps"))
      return try builder.broadcast(
        try builder.reshape(found, to: [4, 1], name: "column"), to: [4, 2], name: "columns")
    }
    #expect(ofSteps?.contains("not of the step before") == true)
    #expect(try failure { builder, state in try below(&builder, state) } == nil)
  }

  @Test func honest() throws {
    #expect(try failure { _, state in state } == nil)
    #expect(
      try failure { builder, state in
        try builder.reshape(
          try builder.reshape(state, to: [4, 1, 2], name: "r"), to: [4, 2], name: "r")
      } == nil)
  }

  @Test("Steps that read later ones make no loop") func crossing() throws {
    let backwards = try failure { builder, state in
      try builder.slice(state, axis: 0, start: 3, count: 4, step: -1, name: "s")
    }
    #expect(backwards?.contains("not of the step before") == true)
    let turned = try failure { builder, state in
      try builder.read(
        state, sizes: [4, 2],
        positions: [
          AffineIndex(constant: 1, terms: [.init(index: 0, coefficient: 1)]),
          AffineIndex(index: 1),
        ], name: "s")
    }
    #expect(turned?.contains("not of the step before") == true)
  }

  @Test("A state that is its own step's makes no loop") func unshifted() throws {
    let said = try failure({ _, state in state }, handing: false)
    #expect(said?.contains("not of the step before") == true)
  }
}
