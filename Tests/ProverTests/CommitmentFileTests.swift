import FieldArithmetic
import Foundation
import Kernels
import Prover
import TestSupport
import Testing
import Transcript

@testable import Commitment
@testable import ProofTestSupport

@Suite struct CommitmentFileTests {
  private let instance: OpeningInstance
  private let commitment: MatrixCommitment
  private let folder: TemporaryFolder
  private let file: URL

  init() throws {
    let parameters = try folding(
      GroupShape(rowsLog: 4, lanes: 3), GroupShape(rowsLog: 4, lanes: 2), steps: [1])
    instance = OpeningInstance(parameters: parameters)
    commitment = MatrixCommitment(
      messages: BaseVector(instance.committed[0][0].flatMap { $0 }), lanes: 3,
      domainLog: parameters.committed[0].domainLog)
    folder = try TemporaryFolder()
    file = URL(fileURLWithPath: folder.file("commitment"))
  }

  @Test func storedCommitmentsOpenLikeThoseInMemory() throws {
    defer { folder.remove() }
    try commitment.store(in: file)
    let stored = try StoredCommitment(mapping: file)
    #expect(stored.root == commitment.root)
    #expect(stored.lanes == 3 && stored.domainLog == 6)
    for position in 0..<64 { #expect(stored.leaf(position) == commitment.leaf(position)) }
    for level in 0...6 {
      for index in 0..<64 >> level {
        #expect(
          stored.node(level: level, index: index) == commitment.node(level: level, index: index))
      }
    }
    let data = instance.openingWitness()
    let model = data.committed[0]
    let fromFile = OpeningWitness.Committed(
      copies: [stored], folded: model.folded, weights: model.weights)
    let prover = OpeningProver(
      parameters: instance.parameters,
      witness: OpeningWitness(committed: [fromFile], cells: data.cells))
    #expect(instance.rejection(of: try instance.prove(prover)) == nil)
  }

  @Test func otherFilesAreRefused() throws {
    defer { folder.remove() }
    try commitment.store(in: file)
    let bytes = try Data(contentsOf: file)
    func error(_ changed: Data) throws -> CommitmentFileError? {
      try changed.write(to: file)
      do {
        _ = try StoredCommitment(mapping: file)
        return nil
      } catch {
        return error as? CommitmentFileError
      }
    }
    #expect(try error(bytes) == nil)
    #expect(try error(Data()) == .foreign)
    #expect(try error(Data(repeating: 0, count: bytes.count)) == .foreign)
    #expect(try error(bytes.dropLast()) == .damaged)
    #expect(try error(bytes + [0]) == .damaged)
    var longer = bytes
    longer[8] = 63
    #expect(try error(longer) == .damaged)
    var wider = bytes
    wider[22] = 255
    #expect(try error(wider) == .damaged)
  }
}
