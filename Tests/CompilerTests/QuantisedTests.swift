import CircuitLanguage
import ConstraintSystem
import Equations
import ONNXImport
import TensorFiles
import TensorGraph
import TestSupport
import Testing
import Witness

@testable import Compiler
@testable import NetworkTestSupport

@Suite("Quantised networks give ONNX Runtime's integers") struct QuantisedTests {
  static let networks = ["perceptron", "convolutions", "residual"].flatMap {
    ["\($0)_qdq", "\($0)_integers"]
  }
  /// Networks of sums that are half way between two integers, or beyond the integers' ends.
  static let ties = ["ties_unsigned", "ties_signed", "sums", "sums_of_any", "products"]

  /// Averages of windows with equal scales: every fourth is half way between two integers, but for what
  /// single precision rounds off.
  static let windows = ["windows_unsigned", "windows_signed", "windows_between"]

  private func graph(_ name: String, samples: Int = 1) throws -> EquationGraph {
    try ONNXFile.importModel(
      path: Fixture.path("quantised/\(name).onnx"),
      options: ImportOptions(dimensions: ["n": samples]))
  }

  private func values(_ name: String) throws -> [Double] {
    try TensorFile.readNumpy(path: Fixture.path("quantised/\(name).npy")).values
  }

  /// How many of a network's outputs are other integers.
  private func differences(
    _ graph: EquationGraph, _ inputs: [Double], _ expected: [Double]
  ) throws -> Int {
    let input = graph[graph.inputs[0]]
    let samples = try stride(from: 0, to: inputs.count, by: input.count).map { start in
      let part = inputs[start..<start + input.count]
      return [
        input.name: input.kind == .real
          ? try Tensor(shape: input.shape, real: part.map { Float($0) })
          : try Tensor(shape: input.shape, integer: part.map { Int64($0) })
      ]
    }
    let model = try Compiler(library: .standard()).compile(graph, samples: [samples[0]])
    var found: [Double] = []
    for (number, sample) in samples.enumerated() {
      let assignment = try model.evaluate(sample)
      if number % 100 == 0 { try StatementChecker.check(model.circuit.system, assignment) }
      for (_, value) in model.interface.outputs({ assignment[$0].values }) { found += value.values }
    }
    try #require(found.count == expected.count)
    return zip(found, expected).count { $0 != $1 }
  }

  @Test(arguments: networks) func ofDigits(name: String) throws {
    let pixels = try values("digits").map { $0 / 16 }
    #expect(try differences(graph(name), pixels, values("\(name).y")) == 0)
  }

  /// What integers stand for is squared, and has no more digits than the squares' sum has room for.
  @Test func normalised() throws {
    let graph = try ONNXFile.importModel(path: Fixture.path("fused/normalised.onnx"))
    var numbers = SeededGenerator(seed: 3)
    let sample = ["x": try numbers.tensor([5, 16])]
    let found = try outcome(graph, [sample])
    #expect(found.error < 0.005 * found.magnitude)
    try expectFoundAgain(graph, [sample])
  }

  /// Both rounding half to even and the ends of the types are met, in every channel.
  @Test(arguments: ties) func ofTies(name: String) throws {
    let inputs = try values("\(name).x")
    let expected = try values("\(name).y")
    let (low, high) = (try #require(expected.min()), try #require(expected.max()))
    #expect(high - low == 255 || name == "sums_of_any")
    #expect(try differences(graph(name, samples: inputs.count / 2), inputs, expected) == 0)
  }

  @Test(arguments: windows) func ofWindows(name: String) throws {
    let expected = try values("\(name).y")
    let all = try values("\(name).x")
    #expect(try differences(graph(name, samples: 60), all, expected) == 0)
  }

  /// A prover who changes any one value of how single precision rounds a sum, be it by one or by all of the
  /// last digits.
  @Test(arguments: windows.prefix(2)) func wrongRounding(name: String) throws {
    let graph = try graph(name, samples: 1)
    let shape = graph[graph.inputs[0]].shape
    let inputs = try values("\(name).x").prefix(shape.reduce(1, *)).map { Int64($0) }
    let sample = ["x": try Tensor(shape: shape, integer: inputs)]
    let model = try Compiler(library: .standard()).compile(graph, samples: [sample])
    let honest = try model.evaluate(sample)
    let system = model.circuit.system
    var changed = 0
    for (number, tensor) in system.tensors.enumerated() where tensor.role == .witness {
      let values = honest[number].values
      for (place, amount) in [(0, 1), (values.count / 2, -1), (values.count - 1, 1024)] {
        var other = values
        other[place] += amount
        guard tensor.range.contains(other[place]) else { continue }
        var tensors = honest.tensors
        tensors[number] = IntegerBuffer(other)
        changed += 1
        #expect(throws: StatementViolation.self, "\(tensor.name) \(place) \(amount)") {
          try StatementChecker.check(system, Assignment(tensors))
        }
      }
    }
    #expect(changed > 100)
  }

  /// Whoever has the network's file finds the system and the model again.
  @Test(arguments: networks + ["ties_signed", "sums"] + windows)
  func foundAgain(name: String) throws {
    let graph = try graph(name)
    let shape = graph[graph.inputs[0]].shape
    let tensor =
      graph[graph.inputs[0]].kind == .real
      ? try Tensor(shape: shape, real: [Float](repeating: 0.5, count: shape.reduce(1, *)))
      : try Tensor(shape: shape, integer: [Int64](repeating: 7, count: shape.reduce(1, *)))
    try expectFoundAgain(graph, [["x": tensor]])
  }

  /// A prover who changes a sum's integer, or takes what belongs to another one or another channel.
  @Test(arguments: ["ties_unsigned", "ties_signed"]) func wrongIntegers(name: String) throws {
    let graph = try graph(name, samples: 64)
    let inputs = try values("\(name).x")
    let sample = [
      "x": try Tensor(shape: [64, 2], integer: inputs[1000..<1128].map { Int64($0) })
    ]
    let model = try Compiler(library: .standard()).compile(graph, samples: [sample])
    let honest = try model.evaluate(sample)
    let system = model.circuit.system
    let y = try #require(model.interface.outputs.first?.tensor)
    let ends = try #require(system.tensors.firstIndex { $0.name.hasSuffix(".ends") })
    let edge = try #require(
      system.tensors.firstIndex {
        $0.shape.count == 2 && $0.shape[0] == 2 && $0.shape[1] == 257 && $0.role == .witness
      })
    let edges = honest[edge].values
    for place in [0, 1, 31, 64, 127] {
      for (amount, channel) in [(-1, 0), (1, 0), (0, 1)] {
        for moves in [false, true] {
          var (results, pairs) = (honest[y].values, honest[ends].values)
          // The channel comes first where integers are looked up.
          let cell = place % 2 * 64 + place / 2
          results[place] += amount
          let row = results[place] - system.tensors[y].range.lowerBound
          guard (0..<256).contains(row), moves || amount != 0 else { continue }
          if moves {
            let start = (place % 2 + channel) % 2 * 257 + row
            let other = Array(edges[start...start + 1])
            guard other != Array(pairs[2 * cell...2 * cell + 1]) else { continue }
            pairs.replaceSubrange(2 * cell...2 * cell + 1, with: other)
          }
          var tensors = honest.tensors
          tensors[y] = IntegerBuffer(results)
          tensors[ends] = IntegerBuffer(pairs)
          let violation = #expect(throws: StatementViolation.self) {
            try StatementChecker.check(system, Assignment(tensors))
          }
          #expect(violation != nil, "\(place) \(amount) \(channel) \(moves)")
        }
      }
    }
  }
}
