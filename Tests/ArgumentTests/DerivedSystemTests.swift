import Argument
import ConstraintSystem
import Testing
import Transcript
import Verifier

@testable import ProofTestSupport
@testable import Prover
@testable import Witness

@Suite("Systems that are derived from others are proven as any other")
struct DerivedSystemTests {
  @Test(arguments: [2, 3]) func batches(count: Int) throws {
    let samples = try (1...count).map { try SmallSystem.network(seed: $0) }
    let batched = try samples[0].system.batched(count)
    let assignment = try Assignment(batch: samples.map(\.assignment), of: batched)
    let arena = try Arena(SmallSystem(system: batched, assignment: assignment))
    #expect(arena.rejection(of: try arena.prove()) == nil)
    for (number, tensor) in batched.tensors.enumerated() where tensor.role != .model {
      for sample in 0..<count {
        let place = sample * (tensor.count / count)
        let wrong = arena.assignment { values in
          values[number][place] += values[number][place] < 0 ? 1 : -1
        }
        #expect(arena.rejection(of: try arena.prove(wrong)) != nil, "\(tensor.name), \(sample)")
      }
    }
    // The model is committed as it is for one inference.
    let single = try Layout(samples[0].system)
    let many = try Layout(batched)
    #expect(many.modelRows == single.modelRows)
    #expect(many.modelLanesLog == single.modelLanesLog)
  }

  @Test func privateInputsAndOutputs() throws {
    var small = try SmallSystem.network()
    let shape = small.system.tensors[0].shape
    small.system.tensors[0].role = .privateInput
    let output = try #require(small.system.tensors.firstIndex { $0.role == .publicOutput })
    small.system.tensors[output].role = .privateOutput
    small.system.tables.append(LookupTable(name: "i16", first: -32768, rows: 65536))
    small.system.lookups.append(
      Lookup(
        name: "x", indices: shape.map { StatementIndex(name: "i", size: $0) },
        columns: [
          LinearExpression(
            TensorRead(tensor: 0, positions: shape.indices.map { AffineIndex(index: $0) }))
        ], table: small.system.tables.count - 1))
    let arena = try Arena(small)
    #expect(arena.rejection(of: try arena.prove()) == nil)
    let layout = try Layout(small.system)
    for tensor in [0, output] {
      #expect(!layout.witness.byOwner[tensor].isEmpty)
      let wrong = arena.assignment { $0[tensor][0] += 1 }
      #expect(arena.rejection(of: try arena.prove(wrong)) != nil)
    }
  }

  @Test func certificatesOfWeights() throws {
    let small = try SmallSystem.network()
    let certificate = try WeightCertificate(of: small.system)
    let model = Arena.model(small.system, small.assignment)
    let arena = try Arena(
      SmallSystem(
        system: certificate.system, assignment: try certificate.assignment(model: model)))
    #expect(arena.rejection(of: try arena.prove()) == nil)
    for number in certificate.system.tensors.indices.dropFirst(certificate.parts.count) {
      let wrong = arena.assignment { values in
        values[number][0] += values[number][0] == 0 ? 1 : -1
      }
      #expect(arena.rejection(of: try arena.prove(wrong)) != nil)
    }
  }

  /// One commitment serves inferences and certificates: every weight has the same cell.
  @Test(arguments: SmallSystem.gallery + [NamedSystem(name: "shapes", system: .shapes)])
  func certificatesShareTheModelsLayout(named: NamedSystem) throws {
    let system = named.system.system
    let certificate = try WeightCertificate(of: system)
    let (own, other) = (try Layout(system), try Layout(certificate.system))
    #expect(own.modelLanesLog == other.modelLanesLog)
    #expect(own.modelRowCount == other.modelRowCount)
    #expect(own.modelRows.boxes.count == other.modelRows.boxes.count)
    for (box, same) in zip(own.modelRows.boxes, other.modelRows.boxes) {
      #expect(certificate.parts[same.owner].original == box.owner)
      #expect(box.starts == same.starts && box.logs == same.logs && box.offset == same.offset)
    }
  }
}

extension SmallSystem {
  /// Model tensors of the shapes that networks have, between other tensors, without statements.
  fileprivate static let shapes: SmallSystem = {
    let shapes = [
      [64, 3, 7, 7], [64], [1], [1000, 512], [1000], [192, 1, 3, 3], [7, 5, 3], [511, 33], [2, 3],
    ]
    var system = ConstraintSystem()
    for (number, shape) in shapes.enumerated() {
      system.tensors.append(
        TensorDeclaration(name: "x\(number)", shape: [3], role: .publicInput, range: 0...9))
      system.tensors.append(
        TensorDeclaration(
          name: "w\(number)", shape: shape, role: .model,
          range: -(1 << (14 + 3 * number))...(1 << (14 + 3 * number)) - 1))
    }
    return SmallSystem(system: system, assignment: Assignment([]))
  }()
}
