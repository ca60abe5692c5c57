import ConstraintSystem
import TestSupport
import Testing

@testable import CircuitLanguage

@Suite("A derivation from somebody who is not trusted costs little and stops nothing")
struct HostileDerivationTests {
  private static let digest = CircuitLibrary.ownDigest

  private func tensor(_ shape: [Int], name: String = "x") -> Derivation.Step {
    .init(
      .tensor(.init(name: name, shape: shape, role: .publicInput, range: -32768...32767)),
      name: name)
  }

  private func instance(
    _ circuit: String, _ operands: [Int], _ parameters: [String: Int] = [:]
  ) -> Derivation.Step {
    .init(
      .instance(.init(circuit: circuit, parameters: parameters, fractionalBits: 0)), name: "a",
      operands: operands)
  }

  /// The error with which a derivation ends; nil if it is taken as far as the comparison.
  private func failure(
    _ steps: [Derivation.Step], sources: [String] = [], work: Int = 1 << 20
  ) throws -> String? {
    let derivation = Derivation(
      ownCircuits: Self.digest,
      sources: sources.enumerated().map { .init(name: "\($0.offset).circuit", text: $0.element) },
      layers: [.init(name: "a", operation: "", steps: steps)])
    let read = try Derivation(bytes: derivation.bytes)
    #expect(read == derivation)
    do throws(CircuitLanguageError) {
      _ = try read.derive(library: try read.library(), work: work)
      return nil
    } catch {
      return error.description
    }
  }

  /// Each sum reads twice as much as the one before.
  @Test func sumsThatDouble() throws {
    var steps = [tensor([64])]
    var last = 0
    for level in 0..<40 {
      steps.append(
        .init(.slice(axis: 0, start: 63, count: 64, step: -1), name: "s", operands: [last]))
      steps.append(.init(.pad(before: [level % 3], after: [0]), name: "p", operands: [last]))
      steps.append(.init(.concat(axis: 0), name: "c", operands: [last, last + 1]))
      steps.append(
        .init(.slice(axis: 0, start: 1, count: 64, step: 1), name: "t", operands: [last]))
      last += 3
    }
    let said = try failure(steps)
    #expect(said != nil)
  }

  @Test func concatenationsThatDouble() throws {
    var steps = [tensor([1])]
    for level in 0..<30 {
      steps.append(.init(.concat(axis: 0), name: "c", operands: [level, level]))
    }
    #expect(try failure(steps)?.contains("more work than is allowed") == true)
  }

  /// A sum of a sum, twice, is written out twice.
  @Test func definitionsThatDouble() throws {
    func sum(_ terms: [[AffineIndex]]) -> Derivation.Action {
      .sum(
        ViewSum(
          indices: [.init(name: "i", size: 4)], domainRank: 1,
          terms: terms.map { positions in
            .init(
              coefficient: 1,
              factors: positions.map { ViewRead(operand: 0, positions: [$0]) })
          }), fractionalBits: 0)
    }
    let here = AffineIndex(index: 0)
    let turned = AffineIndex(constant: 3, terms: [.init(index: 0, coefficient: -1)])
    var steps = [tensor([4]), .init(sum([[here, here]]), name: "s", operands: [0])]
    for level in 1..<60 {
      steps.append(.init(sum([[here], [turned]]), name: "s", operands: [level]))
    }
    #expect(try failure(steps)?.contains("more work than is allowed") == true)
  }

  /// Each range of its own takes time to be planned.
  @Test func rangesWithoutNumber() throws {
    let lookups = (0..<2000).map { "lookup x[i] + \($0) in range(\(70000 + $0))" }
    let text = "circuit r(x: any[n]) -> () { \(lookups.joined(separator: "\n")) }"
    #expect(
      try failure([tensor([2]), instance("r", [0])], sources: [text])?
        .contains("more work than is allowed") == true)
  }

  @Test func callsThatDouble() throws {
    var text = "circuit c0(x: i16[...]) -> (y: small[...]) { y[...] := x[...] }\n"
    for level in 1..<30 {
      text += """
        circuit c\(level)(x: i16[...]) -> (y: small[...]) {
          a := c\(level - 1)(x)
          b := c\(level - 1)(x)
          y[...] := a[...] - b[...]
        }

        """
    }
    #expect(
      try failure([tensor([2]), instance("c29", [0])], sources: [text])?
        .contains("more work than is allowed") == true)
  }

  @Test func callsThatNestDeeply() throws {
    var text = "circuit c0(x: i16[...]) -> (y: small[...]) { y[...] := x[...] }\n"
    for level in 1..<5000 {
      text += "circuit c\(level)(x: i16[...]) -> (y: small[...]) { y := c\(level - 1)(x) }\n"
    }
    #expect(
      try failure([tensor([2]), instance("c9", [0])], sources: [text])?.contains("deep") == true)
  }

  /// Sizes, strides and factors whose products leave 64 bits are refused, none of them multiplied.
  @Test(arguments: [
    "y[i] := x[i * 1000000000000]", "y[i] := x[i - 4611686018427387904]",
    "y[i] := sum(j in 4611686018427387904) x[i + j]",
    "y[i] := sum(j in -9223372036854775807..<9223372036854775807) x[i + j]",
    "y[i] := x[i] * 9223372036854775807 + x[i] * 9223372036854775807",
    "y[i + 4611686018427387904] := x[i]",
  ])
  func hugeNumbers(statement: String) throws {
    let text = "circuit h(x: i16[n]) -> (y: any[n]) { \(statement) }"
    #expect(try failure([tensor([2]), instance("h", [0])], sources: [text]) != nil)
  }

  @Test func hugeShapesAndSteps() throws {
    let big = (1 << 40) - 1
    #expect(try failure([tensor([big])]) != nil)
    #expect(try failure([tensor([1 << 22, 1 << 22, 1 << 22])]) != nil)
    for action: Derivation.Action in [
      .broadcast([big, 2]), .broadcast([Int](repeating: 1 << 22, count: 12)), .reshape([big]),
      .reshape([Int](repeating: 1, count: 1000)), .reshape([2, -1]), .transpose([5]),
      .slice(axis: 0, start: big, count: 1, step: big),
      .slice(axis: 7, start: 0, count: 1, step: 1),
      .slice(axis: 0, start: 0, count: big, step: big),
      .slice(axis: 0, start: 1, count: 2, step: -big),
      .pad(before: [big], after: [big]), .pad(before: [-1], after: [0]),
      .pad(before: [], after: []),
      .concat(axis: 3),
    ] {
      #expect(try failure([tensor([2]), .init(action, name: "s", operands: [0])]) != nil)
    }
    #expect(try failure([.init(.concat(axis: 0), name: "s")]) != nil)
    #expect(try failure([.init(.copy, name: "s", operands: [-1])]) != nil)
    #expect(try failure([.init(.copy, name: "s", operands: [0])]) != nil)
  }

  /// What leaves no trace in the system is paid for by nothing in it.
  @Test func whatDoesNotShowInTheSystem() throws {
    let step = tensor([4])
    let relu = instance("relu", [0])
    let output = Derivation.Step(.output(isPublic: true), name: "y", operands: [1])
    let honest = Derivation(
      ownCircuits: Self.digest, inputs: [step],
      layers: [.init(name: "a", operation: "", steps: [relu])], outputs: [output])
    let system = try honest.derive(library: .standard(), work: 1 << 20).system
    #expect(try DerivationAudit(honest.bytes, of: system).foreignLayers == [])
    let view = Derivation.Step(.reshape([2, 2]), name: "", operands: [0])
    let joined = Derivation.Step(
      .concat(axis: 0), name: "", operands: [Int](repeating: 0, count: 1 << 17))
    let padded = Derivation.Layer(name: "", operation: "")
    for more in [
      [Derivation.Layer](repeating: padded, count: 1 << 17),
      [.init(name: "", operation: "", steps: .init(repeating: view, count: 1 << 17))],
      [.init(name: "", operation: "", steps: [joined])],
      // However long the derivation itself is.
      [.init(name: .init(repeating: "n", count: 1 << 22), operation: "", steps: [joined])],
    ] {
      var hostile = honest
      hostile.layers += more
      #expect(
        throws: DerivationError.different(
          "putting the circuit together takes more work than is allowed")
      ) { _ = try DerivationAudit(hostile.bytes, of: system) }
    }
    var hostile = honest
    hostile.sources = .init(repeating: .init(name: "", text: ""), count: 1 << 11)
    #expect(throws: DerivationError.malformed) {
      _ = try DerivationAudit(hostile.bytes, of: system)
    }
  }

  /// Steps of all kinds with numbers of all sizes: each ends in a system or in an error.
  @Test func anythingEnds() throws {
    var generator = SeededGenerator(seed: 11)
    let circuits = CircuitLibrary.layerCircuits.sorted()
    let library = try CircuitLibrary.standard()
    var taken = 0
    for _ in 0..<3000 {
      var steps = [tensor([1, 2, 4, 4]), tensor([3, 2, 3, 3], name: "w"), tensor([4], name: "b")]
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        steps.append(
          .random(circuits, library, views: steps.count, using: &generator))
      }
      if try failure(steps) == nil { taken += 1 }
    }
    #expect(taken > 30, "some steps should fit")
  }
}

extension Derivation.Step {
  fileprivate static func random(
    _ circuits: [String], _ library: CircuitLibrary, views: Int,
    using generator: inout SeededGenerator
  ) -> Derivation.Step {
    func number() -> Int {
      switch Int.random(in: 0..<8, using: &generator) {
      case 0: Int.random(in: -(1 << 40) + 1..<1 << 40, using: &generator)
      case 1: 1 << Int.random(in: 0..<40, using: &generator)
      case 2: -Int.random(in: 0..<8, using: &generator)
      default: Int.random(in: 0..<5, using: &generator)
      }
    }
    func numbers(_ count: Int) -> [Int] { (0..<count).map { _ in number() } }
    let operand = Int.random(in: 0..<views, using: &generator)
    let rank = Int.random(in: 0..<6, using: &generator)
    switch Int.random(in: 0..<10, using: &generator) {
    case 0: return .init(.broadcast(numbers(rank)), name: "s", operands: [operand])
    case 1: return .init(.reshape(numbers(rank)), name: "s", operands: [operand])
    case 2: return .init(.transpose(numbers(rank)), name: "s", operands: [operand])
    case 3:
      return .init(
        .slice(axis: rank, start: number(), count: number(), step: number()), name: "s",
        operands: [operand])
    case 4:
      return .init(
        .pad(before: numbers(rank), after: numbers(rank)), name: "s", operands: [operand])
    case 5: return .init(.concat(axis: rank), name: "s", operands: [operand, operand])
    case 6: return .init(.output(isPublic: true), name: "o", operands: [operand])
    default:
      let circuit = circuits[Int.random(in: 0..<circuits.count, using: &generator)]
      let definition = library.circuits[circuit]
      var parameters: [String: Int] = [:]
      for parameter in definition?.parameters ?? [] { parameters[parameter.name] = number() }
      let operands = (0..<(definition?.arguments.count ?? 1)).map { _ in
        Int.random(in: 0..<views, using: &generator)
      }
      return .init(
        .instance(.init(circuit: circuit, parameters: parameters, fractionalBits: number() % 100)),
        name: "s", operands: operands)
    }
  }
}
