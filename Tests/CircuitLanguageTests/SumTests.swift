import ConstraintSystem
import Testing
import Witness

@testable import CircuitLanguage

/// constant + Σ coefficient·index
private func at(_ constant: Int = 0, _ terms: (Int, Int)...) -> AffineIndex {
  AffineIndex(
    constant: constant, terms: terms.map { .init(index: $0.0, coefficient: $0.1) })
}

private func indices(_ sizes: (String, Int)...) -> [StatementIndex] {
  sizes.map { StatementIndex(name: $0.0, size: $0.1) }
}

@Suite("Sums over views") struct SumTests {
  private func values(_ harness: inout LayerHarness, _ view: TensorView) throws -> [Int] {
    let output = try harness.builder.markOutput(view, name: "output")
    let result = try harness.values(of: output)
    #expect(undetectedMutations(result.circuit, result.assignment, limit: 8) == [])
    return result.values
  }

  /// out[n, o, t] = sum(c, i) x[n, c, 2t + i − 1] w[o, c, i] + 3 b[o] + 7
  private func convolution(_ sizes: [Int]) -> ViewSum {
    ViewSum(
      indices: indices(
        ("n", sizes[0]), ("o", sizes[1]), ("t", sizes[2]), ("c", sizes[3]), ("i", 3)),
      domainRank: 3,
      terms: [
        .init(
          coefficient: 1, summed: [3, 4],
          factors: [
            .init(operand: 0, positions: [at(0, (0, 1)), at(0, (3, 1)), at(-1, (2, 2), (4, 1))]),
            .init(operand: 1, positions: [at(0, (1, 1)), at(0, (3, 1)), at(0, (4, 1))]),
          ]),
        .init(coefficient: 3, factors: [.init(operand: 2, positions: [at(0, (1, 1))])]),
        .init(coefficient: 7, factors: []),
      ])
  }

  @Test(arguments: [[1, 1, 1, 1, 1], [2, 3, 2, 2, 3], [1, 2, 3, 3, 5]])
  func convolutionWithReadsOutside(sizes: [Int]) throws {
    var harness = try LayerHarness()
    let (n, o, t, c, l) = (sizes[0], sizes[1], sizes[2], sizes[3], sizes[4])
    let (x, xs) = harness.tensor("x", [n, c, l])
    let (w, ws) = harness.tensor("w", [o, c, 3], role: .model)
    let (b, bs) = harness.tensor("b", [o], role: .model)
    let acc = try harness.builder.sum(
      convolution(sizes), [x, w, b], name: "acc", fractionalBits: 9)
    #expect(acc.isVirtual && acc.fractionalBits == 9 && acc.shape == [n, o, t])
    #expect(harness.builder.system.tensors.count == 3 && harness.builder.instances.isEmpty)
    var expected: [Int] = []
    for n in 0..<n {
      for o in 0..<o {
        for t in 0..<t {
          var sum = 3 * bs[o] + 7
          for c0 in 0..<c {
            for i in 0..<3 where (0..<l).contains(2 * t + i - 1) {
              sum += xs[(n * c + c0) * l + 2 * t + i - 1] * ws[(o * c + c0) * 3 + i]
            }
          }
          expected.append(sum)
        }
      }
    }
    #expect(try values(&harness, acc) == expected)
  }

  /// A sum is read by another as it is, as a term or, where it is linear, as a factor.
  @Test func sumsOfSums() throws {
    var harness = try LayerHarness()
    let (x, xs) = harness.tensor("x", [2, 3], spread: -99...99)
    let mean = try harness.builder.sum(
      ViewSum(
        indices: indices(("r", 2), ("l", 3)), domainRank: 1,
        terms: [
          .init(
            coefficient: 1, summed: [1],
            factors: [.init(operand: 0, positions: [at(0, (0, 1)), at(0, (1, 1))])])
        ]), [x], name: "sum", fractionalBits: 0)
    let total = try harness.builder.markOutput(mean, name: "total")
    #expect(harness.builder.system.tensors[total].role == .publicOutput)
    let committed = TensorView(
      tensor: total, declaration: harness.builder.system.tensors[total],
      identity: harness.builder.freshIdentity())
    let both = [
      ViewRead(operand: 0, positions: [at(0, (0, 1)), at(0, (1, 1))]),
      ViewRead(operand: 1, positions: [at(0, (0, 1))]),
    ]
    let difference = try harness.builder.sum(
      ViewSum(
        indices: indices(("r", 2), ("l", 3)), domainRank: 2,
        terms: [
          .init(coefficient: 3, factors: [both[0]]), .init(coefficient: -1, factors: [both[1]]),
        ]), [x, committed], name: "d", fractionalBits: 0)
    #expect(difference.isLinear)
    let square = try harness.builder.sum(
      ViewSum(
        indices: indices(("r", 2), ("l", 3)), domainRank: 2,
        terms: [.init(coefficient: 1, factors: [both[0], both[0]])]),
      [difference], name: "q", fractionalBits: 0)
    let expected = (0..<6).map { place -> Int in
      let row = place / 3
      let d = 3 * xs[place] - xs[row * 3..<row * 3 + 3].reduce(0, +)
      return d * d
    }
    #expect(try values(&harness, square) == expected)
  }

  @Test func readsMoveElements() throws {
    var harness = try LayerHarness()
    let (x, xs) = harness.tensor("x", [4, 6])
    let same = try harness.builder.read(
      x, sizes: [4, 6], positions: [at(0, (0, 1)), at(0, (1, 1))], name: "same")
    #expect(same.tensor == x.tensor)
    // Every other row from the last one on, with an axis that repeats, and columns 1 and 4.
    let moved = try harness.builder.read(
      x, sizes: [2, 5, 2], positions: [at(3, (0, -2)), at(1, (2, 3))], name: "moved")
    #expect(!moved.isVirtual && moved.tensor == nil && moved.range == x.range)
    var expected: [Int] = []
    for row in [3, 1] {
      for _ in 0..<5 { expected += [xs[row * 6 + 1], xs[row * 6 + 4]] }
    }
    #expect(try values(&harness, moved) == expected)
  }

  /// Views that a reshape has split are read where their digits allow, and copied where not.
  @Test func readsOfSplitViews() throws {
    var harness = try LayerHarness()
    let (x, xs) = harness.tensor("x", [2, 6], spread: -99...99)
    let flat = try harness.builder.reshape(x, to: [12], name: "flat")
    let whole = try harness.builder.sum(
      ViewSum(
        indices: indices(("i", 12)), domainRank: 1,
        terms: [.init(coefficient: 2, factors: [.init(operand: 0, positions: [at(0, (0, 1))])])]),
      [flat], name: "twice", fractionalBits: 0)
    #expect(harness.builder.system.tensors.count == 1)
    let every = try harness.builder.read(
      whole, sizes: [4], positions: [at(1, (0, 3))], name: "every third")
    #expect(harness.builder.system.tensors.count == 2)
    #expect(try values(&harness, every) == [1, 4, 7, 10].map { 2 * xs[$0] })
  }

  @Test(arguments: [1, 2, 3, 5]) func tables(size: Int) throws {
    var harness = try LayerHarness()
    let edges = [-32768, 32767, -1, 0, 1, 5, -5, 77, 100, -100]
    let (x, xs) = harness.tensor("x", [size, 2], values: Array(edges.prefix(2 * size)))
    let turned = try harness.builder.transpose(x, [1, 0], name: "turn")
    let y = try harness.builder.apply(
      TableRequest("clip", parameters: [-5, 90]), turned, name: "y", fractionalBits: 3)
    #expect(y.shape == [2, size] && y.range == -5...90 && y.fractionalBits == 3)
    #expect(harness.builder.instances.last?.lookups == 2 * size)
    let expected = (0..<2 * size).map { place -> Int in
      let value = xs[place % size * 2 + place / size]
      return min(max(value, -5), 90)
    }
    #expect(try values(&harness, y) == expected)
  }

  /// A table's argument that is no linear expression is committed.
  @Test func tablesOfProducts() throws {
    var harness = try LayerHarness()
    let (x, xs) = harness.tensor("x", [5], spread: -150...150)
    let read = ViewRead(operand: 0, positions: [at(0, (0, 1))])
    let square = try harness.builder.sum(
      ViewSum(
        indices: indices(("i", 5)), domainRank: 1,
        terms: [.init(coefficient: -1, factors: [read, read])]),
      [x], name: "square", fractionalBits: 0)
    let y = try harness.builder.apply(
      TableRequest("clip", parameters: [-9, 9]), square, name: "y", fractionalBits: 0)
    #expect(try values(&harness, y) == xs.map { max(-$0 * $0, -9) })
  }
}

@Suite("Sums that are wrong") struct WrongSumTests {
  private func message(_ sum: ViewSum, _ shapes: [[Int]] = [[4, 4]]) throws -> String? {
    var harness = try LayerHarness()
    let views = shapes.enumerated().map { harness.tensor("x\($0.offset)", $0.element).view }
    do throws(CircuitLanguageError) {
      _ = try harness.builder.sum(sum, views, name: "s", fractionalBits: 0)
      return nil
    } catch {
      #expect(error.instance == "s")
      return error.message
    }
  }

  private func sum(
    _ positions: [AffineIndex], coefficient: Int = 1, summed: [Int] = [], rank: Int = 1,
    operand: Int = 0, size: Int = 4, factors: Int = 1
  ) -> ViewSum {
    let read = ViewRead(operand: operand, positions: positions)
    return ViewSum(
      indices: indices(("i", size), ("j", 4)), domainRank: rank,
      terms: [
        .init(
          coefficient: coefficient, summed: summed,
          factors: .init(repeating: read, count: factors))
      ])
  }

  @Test func eachRule() throws {
    let plain = [at(0, (0, 1)), at(0, (1, 1))]
    #expect(try message(sum(plain, summed: [1])) == nil)
    let huge = 1 << 40
    let wrong: [(ViewSum, String)] = [
      (sum(plain), "not bound"), (sum(plain, summed: [0, 1]), "ascending"),
      (sum(plain, summed: [1, 1]), "ascending"), (sum(plain, summed: [1], rank: 3), "domain"),
      (sum(plain, summed: [1], rank: -1), "domain"),
      (sum(plain, summed: [1], operand: 1), "no operand"),
      (sum(plain, summed: [1], operand: -1), "no operand"),
      (sum([at(0, (0, 1))], summed: [1]), "2 axes"),
      (sum([at(0, (0, 1)), at(0, (0, 1))], summed: [1]), "two positions"),
      (sum([at(0, (7, 1)), at()], summed: [1]), "not bound"),
      (sum([at(huge), at()], summed: [1]), "reaches too far"),
      (sum([at(0, (0, huge)), at()], summed: [1]), "reaches too far"),
      (sum(plain, coefficient: .min, summed: [1]), "2^48"),
      (sum(plain, summed: [1], size: 0), "0 elements"),
      (sum(plain, summed: [1], size: huge), "elements"),
      (sum(plain, summed: [1], factors: 3), "3 factors"),
    ]
    for (sum, part) in wrong {
      let said = try message(sum)
      #expect(said?.contains(part) == true, "\(sum): \(said ?? "accepted")")
    }
  }

  @Test func productsAreNoFactors() throws {
    var harness = try LayerHarness()
    let (x, _) = harness.tensor("x", [4])
    let read = ViewRead(operand: 0, positions: [at(0, (0, 1))])
    let square = ViewSum(
      indices: indices(("i", 4)), domainRank: 1,
      terms: [.init(coefficient: 1, factors: [read, read])])
    let first = try harness.builder.sum(square, [x], name: "a", fractionalBits: 0)
    #expect(throws: CircuitLanguageError.self) {
      try harness.builder.sum(square, [first], name: "b", fractionalBits: 0)
    }
  }
}

@Suite("Sums in a derivation") struct DerivedSumTests {
  private func made() throws -> (Derivation, ConstraintSystem, [String]) {
    var builder = DerivationBuilder(library: try .standard())
    func tensor(_ name: String, _ shape: [Int], bits: Int) -> TensorDeclaration {
      .init(
        name: name, shape: shape, role: name == "x" ? .publicInput : .model,
        range: -32768...32767, fractionalBits: bits)
    }
    let x = try builder.addTensor(tensor("x", [3, 4], bits: 8))
    builder.beginLayer(name: "fc", operation: "Gemm")
    let w = try builder.addTensor(tensor("w", [2, 4], bits: 10))
    let b = try builder.addTensor(tensor("b", [2], bits: 17))
    let acc = try builder.sum(
      ViewSum(
        indices: indices(("n", 3), ("o", 2), ("i", 4)), domainRank: 2,
        terms: [
          .init(
            coefficient: 1, summed: [2],
            factors: [
              .init(operand: 0, positions: [at(0, (0, 1)), at(0, (2, 1))]),
              .init(operand: 1, positions: [at(0, (1, 1)), at(0, (2, 1))]),
            ]),
          .init(coefficient: -3, factors: [.init(operand: 2, positions: [at(0, (1, 1))])]),
        ]), [x, w, b], name: "acc", fractionalBits: 18)
    let y = try builder.instantiate(
      "round", [acc], parameters: ["shift": 10, "width": 16], name: "fc", fractionalBits: 8)[0]
    let turned = try builder.read(
      y, sizes: [2, 3], positions: [at(0, (1, 1)), at(1, (0, -1))], name: "turned")
    let z = try builder.apply(TableRequest("relu"), turned, name: "z", fractionalBits: 8)
    builder.beginOutputs()
    _ = try builder.markOutput(z, name: "out")
    let derivation = builder.derivation
    let system = try builder.finish().system
    let audit = try DerivationAudit(derivation.bytes, of: system)
    #expect(audit.foreignLayers == [])
    return (derivation, system, audit.steps(of: audit.layers[0]))
  }

  @Test func isReplayedAndPrinted() throws {
    let (derivation, _, steps) = try made()
    #expect(try Derivation(bytes: derivation.bytes) == derivation)
    // The bias has a bit less than the sum: three of its units are one and a half.
    #expect(
      steps.contains("acc[n, o] := sum(i in 4) x[n, i] * w[o, i] - 1.5 * b[o]"))
    #expect(steps.contains("turned[i0, i1] := fc[i1, -i0 + 1]"))
    #expect(steps.contains("table relu in units of 2^-8 of turned"))
  }

  /// Whoever gives a quotient other units gives it another factor, and both are shown.
  @Test(arguments: [(8, "1"), (-2, "1024"), (10, "0.25")])
  func whatADivisorMultipliesByIsShown(bits: Int, factor: String) throws {
    var builder = DerivationBuilder(library: try .standard())
    let x = try builder.addTensor(
      .init(
        name: "x", shape: [4], role: .publicInput, range: -32768...32767, fractionalBits: 8))
    builder.beginLayer(name: "mean", operation: "ReduceMean")
    let y = try builder.instantiate(
      "divided", [x], parameters: ["divisor": 768, "width": 16], name: "y", fractionalBits: bits)[0]
    builder.beginOutputs()
    _ = try builder.markOutput(y, name: "out")
    let derivation = builder.derivation
    let audit = try DerivationAudit(derivation.bytes, of: try builder.finish().system)
    #expect(audit.steps(of: audit.layers[0]).contains { $0.hasSuffix("times \(factor) / 768") })
  }

  @Test func aChangedSumIsAnotherSystem() throws {
    let (derivation, system, _) = try made()
    for (number, step) in derivation.layers[0].steps.enumerated() {
      guard case .sum(var sum, let bits) = step.action else { continue }
      sum.terms[0].coefficient += 1
      var changed = derivation
      changed.layers[0].steps[number].action = .sum(sum, fractionalBits: bits)
      #expect(throws: DerivationError.self) {
        _ = try DerivationAudit(changed.bytes, of: system)
      }
    }
  }

  @Test(arguments: [
    (1, 0, "1"), (3, 2, "12"), (3, -1, "1.5"), (1, -6, "0.015625"), (5, -7, "5 * 2^-7"),
    (8, -3, "1"), (12, -3, "1.5"), (1, -40, "2^-40"), (1, 40, "2^40"), (7, 60, "7 * 2^60"),
    (0, 5, "0"), (129, -6, "2.015625"), (1025, -5, "32.03125"),
  ]) func numbers(magnitude: UInt, exponent: Int, text: String) {
    #expect(ViewSum.number(magnitude, exponent) == text)
  }
}
