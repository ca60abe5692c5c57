import CircuitLanguage
import Compiler
import ConstraintSystem
import Hashing
import TensorGraph
import TestSupport
import Testing

@testable import NetworkTestSupport

@Suite("Compiled models in files")
struct ModelFileTests {
  private func model() throws -> CompiledModel {
    var net = try Network(input: [1, 1, 6, 6], seed: 5)
    let a = try net.node(.relu, net.convolution(net.input, 1, 2, Window(kernel: [3, 3])))
    let b = try net.node(.maxPool(Window(kernel: [2, 2], strides: [2, 2])), a)
    let graph = try net.finish(try net.dense(try net.node(.reshape([1, 8]), b), 8, 3))
    return try outcome(graph, [["x": try net.numbers.tensor([1, 1, 6, 6])]]).model
  }

  @Test func roundTrip() throws {
    let model = try model()
    let read = try CompiledModel(fileBytes: model.fileBytes)
    #expect(read.circuit == model.circuit)
    #expect(read.layers == model.layers)
    #expect(read.options == model.options)
    #expect(read.model.mapValues(\.values) == model.model.mapValues(\.values))
    #expect(read.fileBytes == model.fileBytes)
    #expect(CompiledModel.claims(Array(model.fileBytes.prefix(16))))
  }

  @Test func compilingTwiceGivesTheSameBytes() throws {
    #expect(try model().fileBytes == model().fileBytes)
  }

  @Test func everyTruncationIsRefused() throws {
    let bytes = try model().fileBytes
    let lengths =
      Array(0..<min(200, bytes.count)) + stride(from: 200, to: bytes.count, by: 37)
      + [bytes.count - 33, bytes.count - 32, bytes.count - 1]
    for length in lengths {
      #expect(throws: CompileError.self) {
        try CompiledModel(fileBytes: Array(bytes[..<length]))
      }
    }
    #expect(throws: CompileError.self) { try CompiledModel(fileBytes: bytes + [0]) }
  }

  @Test func everyFlippedByteIsRefused() throws {
    let bytes = try model().fileBytes
    for position in stride(from: 0, to: bytes.count, by: 11) {
      var damaged = bytes
      damaged[position] ^= 0x41
      #expect(throws: CompileError.self) { try CompiledModel(fileBytes: damaged) }
    }
  }

  /// With a digest that fits, damage reaches the parser itself: it must end in an error or in a
  /// model that is consistent, and never in a crash.
  @Test func damageUnderAFittingDigestDoesNotCrash() throws {
    let bytes = try model().fileBytes
    let body = bytes.count - Digest.byteCount
    var numbers = SeededGenerator(seed: 17)
    var refused = 0
    for round in 0..<600 {
      var damaged = Array(bytes[..<body])
      let position = round < 300 ? round % body : Int(numbers.next() % UInt64(body))
      damaged[position] = UInt8(truncatingIfNeeded: numbers.next())
      if round % 5 == 0, position + 8 <= body {
        for byte in 0..<8 { damaged[position + byte] = byte == 7 ? 0x7F : 0xFF }
      }
      let file = damaged + Digest(hashing: damaged).bytes
      do {
        let read = try CompiledModel(fileBytes: file)
        for (tensor, values) in read.model {
          #expect(values.count == read.circuit.system.tensors[tensor].count)
        }
      } catch {
        refused += 1
      }
    }
    #expect(refused > 100)
  }

  /// Changes that leave a circuit encodable but break a rule of its system or of its program.
  private static let breaks: [@Sendable (inout Circuit) -> Void] = [
    { $0.system.equalities[0].domainRank = 99 },
    { $0.system.lookups[0].table = 99 },
    { $0.system.tensors[0].shape = [1 << 40, 1 << 40] },
    { $0.system.tables[0].first = .max },
    { $0.program.temporaries.append(temporary([1 << 40, 1 << 40])) },
    { $0.program.temporaries.append(temporary([0])) },
    { $0.program.steps[0].target = 999 },
    { $0.program.steps[0].target = -1 },
    { $0.program.steps[0].indices.append(.init(name: "k", size: .max)) },
    { $0.program.steps[0].indices.append(.init(name: "k", size: 0)) },
    { $0.program.steps[0].computation = .expression(.read(read(999))) },
    { $0.program.steps[0].computation = .expression(.read(read(0, index: 99))) },
    { $0.program.steps[0].computation = .expression(.index(AffineIndex(index: 99))) },
    { $0.program.steps[0].computation = .expression(.sum(over: [99], .constant(0))) },
    { $0.program.steps[0].computation = .expression(.table(99, column: 1, .constant(0))) },
    { $0.program.steps[0].computation = .sumOfProducts([term(summed: [99])]) },
    { $0.program.steps[0].computation = .sumOfProducts([term(read(999))]) },
  ]

  private static func temporary(_ shape: [Int]) -> TensorDeclaration {
    TensorDeclaration(name: "t", shape: shape, role: .witness, range: 0...1)
  }

  private static func read(_ tensor: Int, index: Int = 0) -> TensorRead {
    TensorRead(tensor: tensor, positions: [AffineIndex(index: index)])
  }

  private static func term(_ read: TensorRead? = nil, summed: [Int] = []) -> Equality.Term {
    .init(coefficient: 1, summed: summed, factors: read.map { [LinearExpression($0)] } ?? [])
  }

  /// Whoever shows, counts or evaluates a circuit relies on what its rules say.
  @Test func circuitsThatBreakARuleAreRefused() throws {
    let sound = try model()
    for (number, change) in Self.breaks.enumerated() {
      var broken = sound
      change(&broken.circuit)
      let file = broken.fileBytes
      let error = failure { () throws(CompileError) in
        _ = describe(try CompiledModel(fileBytes: file).circuit)
      }
      guard case .file(let reason)? = error else {
        Issue.record("change \(number): \(String(describing: error))")
        continue
      }
      #expect(reason.contains("damaged"), "change \(number): \(reason)")
    }
  }
}
