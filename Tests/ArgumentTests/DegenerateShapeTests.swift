import ConstraintSystem
import Hashing
import Testing
import Transcript
import Verifier

@testable import ProofTestSupport
@testable import Prover

@Suite struct DegenerateShapeTests {
  @Test(arguments: DegenerateSystem.all.indices)
  func edgeCasesAreProvenAndTheirLiesRejected(number: Int) throws {
    let degenerate = DegenerateSystem.all[number]
    let arena = try Arena(degenerate.small)
    #expect(arena.rejection(of: try arena.prove()) == nil, "\(degenerate.name)")
    guard let (tensor, check) = degenerate.lie else { return }
    let proof = try arena.prove(arena.assignment { $0[tensor][0] += 1 })
    #expect(arena.rejection(of: proof) == .rejected(check), "\(degenerate.name)")
  }

  @Test(arguments: [
    SmallSystem.dense(rows: 1, inputs: 1, outputs: 1), .residual(size: 1), .residual(size: 31),
    .dense(rows: 3, inputs: 7, outputs: 5),
    .convolution(channels: 1, length: 1, outputs: 1, stride: 1),
    .convolution(channels: 7, length: 13, outputs: 11, stride: 3),
  ])
  func smallestAndPrimeSizesAreProven(_ small: SmallSystem) throws {
    let arena = try Arena(small)
    #expect(arena.rejection(of: try arena.prove()) == nil)
    let last = small.system.tensors.count - 1
    let change = arena.assignment { $0[last][0] += 1 }
    #expect(arena.rejection(of: try arena.prove(change)) != nil)
  }

  /// A false equality between constants, which no assignment can satisfy.
  @Test func aFalseEqualityBetweenConstantsIsRejected() throws {
    let number = try #require(
      DegenerateSystem.all.firstIndex { $0.name == "equalities that read nothing" })
    var small = DegenerateSystem.all[number].small
    #expect(try Arena(small).rejection(of: try Arena(small).prove()) == nil)
    small.system.equalities[0].terms[0].factors[0].constant += 1
    let arena = try Arena(small)
    #expect(arena.rejection(of: try arena.prove()) == .rejected(.openingFinalClaim))
  }

  /// A system that says nothing has a proof, of which it is all the same what it says.
  @Test func anEmptySystemIsProven() throws {
    let arena = try Arena(SystemSketch().small)
    let proof = try arena.prove()
    #expect(arena.rejection(of: proof) == nil)
    #expect(arena.rejection(of: proof + [0]) == .trailingBytes(1))
    #expect(arena.rejection(of: Array(proof.dropLast())) == .truncated(.statement))
  }

  /// Large tensors cost the verifier nothing before there is a proof.
  @Test func largeTensorsAreKeysOrRefused() {
    for (role, shape) in [
      (TensorRole.model, [1, 1 << 24]), (.model, [1 << 24]), (.model, [1, 1 << 20, 1 << 12]),
      (.publicInput, [1 << 24, 1 << 8]), (.publicOutput, [1 << 24, 1 << 24]),
      (.model, [1023, 1023, 1023]), (.publicInput, [1023, 1023, 1023, 1023]),
    ] {
      let tensor = TensorDeclaration(name: "t", shape: shape, role: role, range: 0...1)
      let table = LookupTable(name: "table", first: 0, rows: 1)
      let system = ConstraintSystem(tensors: [tensor], tables: [table])
      let root = role == .model ? Digest(hashing: []) : nil
      do {
        let key = try VerifyingKey(system: system, pinnedRoot: root)
        #expect(key.security.bits >= VerifyingKey.securityFloor)
        let header = Proof.magic + [2, 0, 0, 0] + key.identityDigest.bytes
        #expect(throws: ProofError.self) {
          try Verifier.verify(key: key, proof: header, allowsUnproven: true)
        }
      } catch {
        #expect(error == .malformed || error == .tooLarge || error == .insufficientSecurity)
      }
    }
  }

  /// Sizes of zero, numbers of things that are not there, and the like.
  @Test func brokenSystemsHaveNoKey() throws {
    let honest = SmallSystem.dense(rows: 2, inputs: 5, outputs: 7)
    let root = Digest(hashing: [])
    _ = try VerifyingKey(system: honest.system, pinnedRoot: root)
    let breakages: [(String, (inout ConstraintSystem) -> Void)] = [
      ("an axis of zero", { $0.tensors[3].shape[0] = 0 }),
      ("a negative axis", { $0.tensors[3].shape[0] = -1 }),
      ("an endless axis", { $0.tensors[3].shape[0] = Int.max }),
      ("axes whose product overflows", { $0.tensors[3].shape = [1 << 32, 1 << 32] }),
      ("a model without axes", { $0.tensors[2].shape = [] }),
      ("an index of no values", { $0.equalities[0].indices[2].size = 0 }),
      ("an index too long to hold", { $0.equalities[0].indices[2].size = 1 << 28 }),
      (
        "indices too long together",
        { system in
          system.equalities += (0..<100).map {
            Equality(
              name: "\($0)", indices: [StatementIndex(name: "i", size: 1 << 22)], domainRank: 1,
              terms: [])
          }
        }
      ),
      ("an index of endless values", { $0.equalities[0].indices[2].size = 1 << 60 }),
      ("a domain larger than the indices", { $0.equalities[0].domainRank = 4 }),
      ("a domain of negative rank", { $0.equalities[0].domainRank = -1 }),
      ("an unknown tensor", { $0.equalities[0].terms[2].factors[0].terms[0].read.tensor = 6 }),
      ("a negative tensor", { $0.lookups[0].columns[0].terms[0].read.tensor = -1 }),
      ("an unknown table", { $0.lookups[0].table = 2 }),
      ("a negative table", { $0.lookups[0].table = -1 }),
      ("a column too few", { $0.lookups[1].columns.removeLast() }),
      ("a column too many", { $0.lookups[0].columns.append(LinearExpression()) }),
      ("a position too few", { $0.lookups[0].columns[0].terms[0].read.positions.removeLast() }),
      (
        "an unknown index",
        { $0.lookups[0].columns[0].terms[0].read.positions[0].terms[0].index = 2 }
      ),
      (
        "an index in two positions",
        { $0.lookups[0].columns[0].terms[0].read.positions[1].terms[0].index = 0 }
      ),
      (
        "an endless stride",
        { $0.lookups[0].columns[0].terms[0].read.positions[0].terms[0].coefficient = Int.min }
      ),
      (
        "an endless shift",
        { $0.lookups[0].columns[0].terms[0].read.positions[0].constant = Int.min }
      ),
      ("a term that sums over its domain", { $0.equalities[0].terms[0].summed = [1, 2] }),
      ("a term that sums twice", { $0.equalities[0].terms[0].summed = [2, 2] }),
      ("a term without factors", { $0.equalities[0].terms[0].factors = [] }),
      (
        "a term of three factors",
        { $0.equalities[0].terms[0].factors.append(LinearExpression(constant: 1)) }
      ),
      ("an empty table", { $0.tables[0].rows = 0 }),
      ("a table with too many rows", { $0.tables[0].rows = LookupTable.maximalRows + 1 }),
      ("a table at the end of the integers", { $0.tables[0].first = Int.max }),
      ("a table without values", { $0.tables[1].columns[0].removeLast() }),
      (
        "a table whose values overflow",
        { $0.tables[1].columns[0][3] = Int.max }
      ),
      ("a range beyond the small integers", { $0.tensors[0].range = Int.min...Int.max }),
      ("an accumulator beyond the field", { $0.tensors[0].range = -(1 << 40)...1 << 40 }),
      ("a witness that nothing bounds", { $0.lookups.removeLast() }),
      (
        "a bound for every second element only",
        { $0.lookups[1].columns[0].terms[0].read.positions[1].terms[0].coefficient = 2 }
      ),
      (
        "a bound for all elements but the first",
        { $0.lookups[1].columns[0].terms[0].read.positions[1].constant = 1 }
      ),
      ("a bound for all elements but the last", { $0.lookups[1].indices[1].size = 6 }),
      (
        "a bound for twice the values",
        { $0.lookups[1].columns[0].terms[0].coefficient = 2 }
      ),
      ("a lookup of the model", { $0.lookups[0].columns[0].terms[0].read.tensor = 1 }),
      (
        "a product of the model with itself",
        {
          $0.equalities[0].terms[0].factors[0] =
            $0.equalities[0].terms[0].factors[1]
        }
      ),
    ]
    for (name, change) in breakages {
      var system = honest.system
      change(&system)
      #expect(throws: KeyError.malformed, "\(name)") {
        try VerifyingKey(system: system, pinnedRoot: root)
      }
    }
  }
}
