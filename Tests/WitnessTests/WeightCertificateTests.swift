import ConstraintSystem
import TestSupport
import Testing
import Witness

@Suite("Assignments of a key's certificate") struct WeightCertificateAssignmentTests {
  static let ranges: [ClosedRange<Int>] = [
    -7...(-7), 5...6, -32768...32767, -32768...32768, -32767...32767, 0...(1 << 32),
    0...(1 << 47) - 1, -(1 << 46)...(1 << 46) - 1, -(1 << 47)...(1 << 47) - 1,
  ]

  private func certificate(_ range: ClosedRange<Int>, count: Int) throws -> WeightCertificate {
    try WeightCertificate(
      of: ConstraintSystem(tensors: [
        tensor("x", [1], .publicInput), tensor("w", [count, 1], .model, range: range),
      ]))
  }

  @Test(arguments: ranges) func weightsInRangeAreAccepted(range: ClosedRange<Int>) throws {
    var generator = SeededGenerator(seed: 5)
    var values = [range.lowerBound, range.upperBound]
    for _ in 0..<50 { values.append(Int.random(in: range, using: &generator)) }
    let certificate = try certificate(range, count: values.count)
    let assignment = try certificate.assignment(model: [1: IntegerBuffer(values)])
    #expect(assignment[certificate.parts[0].copy].values == values)
    try StatementChecker.check(certificate.system, assignment)
    try StatementChecker.checkByDefinition(certificate.system, assignment)
  }

  @Test(arguments: ranges) func weightsOutOfRangeHaveNoAssignment(range: ClosedRange<Int>) throws {
    let certificate = try certificate(range, count: 1)
    for value in [range.lowerBound - 1, range.upperBound + 1] {
      #expect(throws: EvaluationError.self) {
        try certificate.assignment(model: [1: IntegerBuffer([value])])
      }
    }
    #expect(throws: EvaluationError.self) { try certificate.assignment(model: [:]) }
    #expect(throws: EvaluationError.self) {
      try certificate.assignment(model: [0: IntegerBuffer([range.lowerBound])])
    }
  }

  /// Declared ranges bind no prover, so they are put aside: the statements alone have to refuse.
  @Test(arguments: ranges) func noChoiceOfLimbsHelps(range: ClosedRange<Int>) throws {
    let certificate = try certificate(range, count: 1)
    let part = certificate.parts[0]
    var free = certificate.system
    for tensor in free.tensors.indices { free.tensors[tensor].range = -(1 << 60)...(1 << 60) }
    var generator = SeededGenerator(seed: 6)
    let width = range.upperBound - range.lowerBound
    for value in [range.lowerBound - 1, range.upperBound + 1, range.lowerBound - 65536] {
      for round in 0..<8 {
        let up = value - range.lowerBound
        var distances = [up, width - up]
        if round % 4 == 1 { distances = [max(up, 0), max(width - up, 0)] }
        if round % 4 == 2 { distances = [width, 0] }
        var buffers = [IntegerBuffer]()
        for number in free.tensors.indices {
          let place = part.above.firstIndex(of: number) ?? part.below.firstIndex(of: number)
          let distance = distances[part.above.contains(number) ? 0 : 1]
          var limb = place.map { distance >> (16 * $0) & 65535 } ?? value
          // The top limb takes the rest, whatever its sign; and sometimes limbs are just anything.
          if place == part.above.count - 1 { limb = distance >> (16 * (part.above.count - 1)) }
          if round % 4 == 3, place != nil { limb = Int.random(in: 0...65535, using: &generator) }
          buffers.append(IntegerBuffer([limb]))
        }
        #expect(throws: StatementViolation.self) {
          try StatementChecker.check(free, Assignment(buffers))
        }
      }
    }
  }

  @Test func aCopyThatIsNotTheWeightIsRefused() throws {
    let certificate = try certificate(-5...70000, count: 3)
    let honest = try certificate.assignment(model: [1: IntegerBuffer([-5, 70000, 9])])
    for number in certificate.system.tensors.indices {
      for position in 0..<3 {
        var values = honest[number].values
        values[position] += values[position] == 0 ? 1 : -1
        var buffers = honest.tensors
        buffers[number] = IntegerBuffer(values)
        #expect(throws: StatementViolation.self) {
          try StatementChecker.check(certificate.system, Assignment(buffers))
        }
      }
    }
  }
}
