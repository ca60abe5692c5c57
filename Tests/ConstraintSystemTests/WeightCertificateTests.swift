import Testing

@testable import ConstraintSystem

@Suite("The certificate of a key holds weights to their ranges") struct WeightCertificateTests {
  static let ranges: [ClosedRange<Integer>] = [
    0...0, -7...(-7), 5...6, -1...0, -32767...32767, 0...65535, -32768...32767, 0...65536,
    -32768...32768, -(1 << 23)...(1 << 23), 0...(1 << 31), 3...(1 << 32) + 2,
    -(1 << 40)...(1 << 40),
    0...(1 << 47) - 1, -(1 << 46)...(1 << 46) - 1, -(1 << 46) + 1...(1 << 46) - 1,
    -(1 << 47)...(1 << 47) - 1, -(1 << 48)...(1 << 48) - 1, -5...(1 << 47), (1 << 47)...(1 << 48),
  ]

  private func system(_ ranges: [ClosedRange<Integer>]) -> ConstraintSystem {
    ConstraintSystem(
      tensors: [TensorDeclaration(name: "x", shape: [2], role: .publicInput, range: 0...1)]
        + ranges.enumerated().map {
          TensorDeclaration(
            name: "w\($0.offset)", shape: [2, 3], role: .model, range: $0.element)
        })
  }

  @Test func modelTensorsKeepTheirOrder() throws {
    let original = sampleCircuit().system
    let certificate = try WeightCertificate(of: original)
    let model = original.tensors.filter { $0.role == .model }
    #expect(Array(certificate.system.tensors.prefix(model.count)) == model)
    #expect(certificate.system.tensors.dropFirst(model.count).allSatisfy { $0.role == .witness })
    #expect(certificate.parts.map(\.original) == [1, 2])
    #expect(try original.weightCertificate() == certificate.system)
    let empty = try ConstraintSystem(tensors: [original.tensors[0]]).weightCertificate()
    #expect(empty == ConstraintSystem())
  }

  @Test func equalWidthsShareTheirTables() throws {
    let certificate = try system([
      -32767...32767, 0...65534, -(1 << 40)...(1 << 40), 7...7 + (1 << 41), -9...(1 << 31),
    ]).weightCertificate()
    #expect(certificate.tables.map(\.rows) == [65535, 65536, 513, 32769])
    let all = try system(Self.ranges).weightCertificate()
    #expect(all.tables.reduce(0) { $0 + $1.rows } < 8 << 16)
  }

  /// A range so wide that twice its width leaves the field can't be proven, and is refused.
  @Test func rangesOfTheWholeFieldAreRefused() {
    let widest = system([-(1 << 48)...(1 << 48)])
    #expect(throws: Never.self) { try widest.validate() }
    #expect(throws: ConstraintSystemError.self) { try widest.weightCertificate() }
  }

  /// Nothing may rest on the declared range that is to be shown.
  @Test func theModelIsNotTrusted() throws {
    for range in [-100...100, -100...1 << 30] as [ClosedRange<Integer>] {
      let certificate = try WeightCertificate(of: system([range]))
      let copy = certificate.parts[0].copy
      var loose = certificate.system
      loose.lookups.removeAll { $0.columns[0].terms[0].read.tensor == copy }
      let trusting = try WitnessBounds(of: loose).intervals[copy]
      #expect(trusting == IntegerInterval(range))
      let bounds = try WitnessBounds(of: loose, trustsModel: false).intervals[copy]
      #expect(try #require(bounds).magnitude > IntegerInterval(range).magnitude)
    }
  }

  /// Which elements of the field the statements allow, worked out from the statements alone: limbs of
  /// all tables add up to every number of an interval, and these are compared modulo p.
  @Test(arguments: ranges) func exactlyTheRangeIsAllowed(range: ClosedRange<Integer>) throws {
    let certificate = try WeightCertificate(of: system([range]))
    let (low, high) = (range.lowerBound, range.upperBound)
    let prime = ConstraintSystemLimits.prime
    let middle = low + (high - low) / 2
    let inside = [low, high, middle]
    var outside = [low - 1, high + 1, low - prime / 2, high + prime / 2, low - 65536, high + 65536]
    outside += [2 * low - high - 1, 2 * high - low + 1]
    for value in inside {
      #expect(Self.allows(value, certificate), "\(value)")
      #expect(Self.allows(value + prime, certificate), "\(value) + p")
    }
    for value in outside where !range.contains(Self.least(value)) {
      #expect(!Self.allows(value, certificate), "\(value)")
    }
  }

  private static func least(_ value: Integer) -> Integer {
    let residue =
      (value % ConstraintSystemLimits.prime + ConstraintSystemLimits.prime)
      % ConstraintSystemLimits.prime
    return residue > ConstraintSystemLimits.prime / 2
      ? residue - ConstraintSystemLimits.prime : residue
  }

  /// Whether some choice of the limbs satisfies all statements if weight and copy are the value.
  private static func allows(_ value: Integer, _ certificate: WeightCertificate) -> Bool {
    let system = certificate.system
    let part = certificate.parts[0]
    let prime = ConstraintSystemLimits.prime
    func rest(_ expression: LinearExpression, value: Integer) -> Integer? {
      var sum = expression.constant % prime
      for term in expression.terms {
        guard term.read.tensor == part.copy || term.read.tensor == part.model else { continue }
        sum = (sum + term.coefficient * (value % prime)) % prime
      }
      return (sum + prime) % prime
    }
    for lookup in system.lookups where lookup.columns[0].terms[0].read.tensor == part.copy {
      let row = rest(lookup.columns[0], value: value) ?? -1
      if !(0..<Integer(system.tables[lookup.table].rows)).contains(row) { return false }
    }
    for equality in system.equalities {
      let sum = equality.terms[0].factors[0]
      // Minus this much has to come from the limbs, which give 0, 1, …, up to `reach`.
      let needed = rest(sum, value: value) ?? -1
      var reach: Integer = 0
      for term in sum.terms.sorted(by: { $0.coefficient > $1.coefficient })
      where term.read.tensor != part.copy && term.read.tensor != part.model {
        guard
          let lookup = system.lookups.first(where: {
            $0.columns[0].terms[0].read.tensor == term.read.tensor
          }), -term.coefficient <= reach + 1
        else { return false }
        reach += -term.coefficient * Integer(system.tables[lookup.table].rows - 1)
      }
      if needed > reach { return false }
    }
    return true
  }
}
