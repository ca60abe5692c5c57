import CircuitLanguage
import Compiler
import Equations
import TensorGraph
import Testing

@testable import NetworkTestSupport

@Suite("What a stage of the compiler makes of a network")
struct DumpTests {
  /// relu(x·wᵀ + b)
  private func network() throws -> (EquationGraph, [String: Tensor]) {
    var net = try Network(input: [2, 3])
    let w = try net.constant([4, 3], values: (0..<12).map { Float($0) / 8 })
    let b = try net.constant([4], values: [0, 1, 2, 3])
    let dense = try net.node(.gemm(transposeB: true), net.input, w, b)
    let graph = try net.finish(try net.node(.relu, dense))
    return (graph, ["x": try Tensor(shape: [2, 3], real: [1, -1, 1, -1, 1, 0.5])])
  }

  private func lines(_ stage: CompileDump.Stage) throws -> [String] {
    let (graph, sample) = try network()
    let dump = try Compiler(library: .standard()).dump(stage, of: graph) { [sample] }
    switch dump {
    case .lines(let lines): return lines
    case .circuit(let circuit):
      return describe(circuit).split(separator: "\n").map(String.init)
    }
  }

  @Test func equations() throws {
    #expect(
      try lines(.equations) == [
        "input x[2, 3]", "constant c1[4, 3]", "constant c2[4]",
        "t3[i in 2, j in 4] = (sum(l in 3) (x[i, l] * c1[j, l]) + c2[j])",
        "t4[i0 in 2, i1 in 4] = maximum(t3[i0, i1], 0.0)",
        "output y = t4",
      ])
  }

  @Test func forms() throws {
    #expect(
      try lines(.forms) == [
        "t3[i in 2, j in 4] = sum(l in 3) x[i, l] c1[j, l] + c2[j]",
        "t4[i0 in 2, i1 in 4] = maximum(t3[i0, i1], 0.0)",
      ])
  }

  /// The samples are within 1, and the headroom is a bit: the unit is that of 2 in 16 bits.
  @Test func scales() throws {
    let lines = try lines(.scales)
    #expect(
      lines.first
        == "input x[2, 3]  real  unit 2^-13  16 bits  in -32768...32767  seen -1.0...1.0")
    let sum = try #require(lines.first { $0.hasPrefix("  sum of unit 2^-") })
    #expect(sum.contains("rounded by"))
    #expect(lines.contains { $0.hasPrefix("    1 * x * c1, constant times 1.0 of unit 2^-") })
    let relu = try #require(lines.first { $0.hasPrefix("t4[2, 4]") })
    // A ReLU rounds nothing.
    let dense = try #require(lines.first { $0.hasPrefix("t3[2, 4]") })
    #expect(unit(relu) == unit(dense))
  }

  private func unit(_ line: String) -> String? {
    line.components(separatedBy: "  ").first { $0.hasPrefix("unit") }
  }

  @Test func circuit() throws {
    let lines = try lines(.circuit)
    #expect(lines.contains { $0.hasPrefix("public output y") })
    #expect(lines.contains { $0.contains("lookup") })
  }

  /// Stages that need no samples ask for none.
  @Test func samples() throws {
    struct Asked: Error {}
    let (graph, _) = try network()
    let compiler = Compiler(library: try .standard())
    for stage in [CompileDump.Stage.equations, .forms] {
      _ = try compiler.dump(stage, of: graph) { throw Asked() }
    }
    for stage in [CompileDump.Stage.scales, .circuit] {
      #expect(throws: Asked.self) { try compiler.dump(stage, of: graph) { throw Asked() } }
    }
  }
}
