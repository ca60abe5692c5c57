import ConstraintSystem
import Equations
import TensorGraph
import Testing

@testable import Compiler

@Suite("Forms of random equations give what the equations give")
struct RandomFormTests {
  @Test(arguments: [1, 2, 3, 5])
  func agree(size: Int) throws {
    var (compared, refused) = (0, 0)
    for seed in 1...300 as ClosedRange<UInt64> {
      var random = RandomEquations(seed: seed, size: size)
      let graph = try random.graph(nodes: 5)
      let inputs = random.inputs(of: graph)
      let expected = try EquationOracle(graph: graph).values(inputs)
      guard expected.values.allSatisfy({ $0.allSatisfy { abs($0) < 65536 } }) else { continue }
      compared += 1
      let forms: FormGraph
      do throws(CompileError) {
        forms = try FormGraph(graph)
      } catch {
        guard case .unsupported = error else { throw error }
        refused += 1
        continue
      }
      let found = try forms.evaluate(inputs)
      try compareEvaluator(forms, inputs, found, seed)
      for (before, after) in zip(graph.outputs, forms.outputs) {
        let (a, b) = (expected[before.value] ?? [], found[after.value] ?? [])
        let scale = expected.values.flatMap { $0 }.reduce(1) { max($0, abs($1)) }
        let error = zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
        // Constants that are computed on the way are held in single precision.
        let isSingle = forms.constants.keys.contains { forms[$0].name.contains("/constant") }
        #expect(
          a.count == b.count && error <= (isSingle ? 1e-6 : 1e-9) * scale,
          "seed \(seed), \(before.name): \(error) of \(scale)\n\(forms)")
      }
    }
    #expect(compared > 200)
    // Only extremes of what leaves a value are refused.
    #expect(refused <= 15, "\(refused) graphs are refused")
  }
  /// The compiler's evaluator gives what walking the forms gives.
  private func compareEvaluator(
    _ forms: FormGraph, _ inputs: [[Double]], _ expected: [ValueID: [Double]], _ seed: UInt64
  ) throws {
    let sample = Dictionary(uniqueKeysWithValues: zip(forms.inputs, inputs))
    let scale = expected.values.flatMap { $0 }.reduce(1) { max($0, abs($1)) }
    var evaluation = FormEvaluator(forms)
    try evaluation.run(sample) { id, values in
      let slow = expected[id] ?? []
      let error = zip(values, slow).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(
        values.count == slow.count && error <= 1e-11 * scale,
        "seed \(seed), \(forms[id].name): \(error) of \(scale)\n\(forms)")
    }
  }
}
