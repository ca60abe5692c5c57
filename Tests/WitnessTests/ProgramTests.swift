import ConstraintSystem
import Kernels
import TestSupport
import Testing
import Witness

@Suite struct ProgramTests {
  /// A convolution of two channels into an accumulator, rescaled with its remainder, then pooled.
  private static let layer: Circuit = {
    let acc = 4
    let position = AffineIndex(
      constant: -1, terms: [.init(index: 1, coefficient: 1), .init(index: 3, coefficient: 1)])
    let accumulator = WitnessProgram.Step(
      name: "conv: acc", target: acc, indices: indices(6, 40, 2, 3),
      computation: .sumOfProducts([
        product(read(0, index(0), index(2), index(3)), read(1, index(2), position), over: [2, 3])
      ]))
    let value = HintExpression.read(read(acc, index(0), index(1)))
    let rescaled = WitnessProgram.Step(
      name: "conv: y", target: 2, indices: indices(6, 40),
      computation: .expression(.floorDivide(.add(value, .constant(8)), .constant(16))))
    // The pool's target [6, 20] is run through as 6 · 4 · 5 positions.
    let pooled = AffineIndex(
      terms: [
        .init(index: 1, coefficient: 10), .init(index: 2, coefficient: 2),
        .init(index: 3, coefficient: 1),
      ])
    let pool = WitnessProgram.Step(
      name: "pool: z", target: 3, indices: indices(6, 4, 5, 2),
      computation: .expression(.maximumOver([3], .read(read(2, index(0), pooled)))))
    return Circuit(
      system: ConstraintSystem(tensors: [
        tensor("w", [6, 2, 3], .model), tensor("x", [2, 40], .publicInput),
        tensor("y", [6, 40], .witness), tensor("z", [6, 20], .publicOutput),
      ]),
      program: WitnessProgram(
        temporaries: [tensor("acc", [6, 40], .witness)], steps: [accumulator, rescaled, pool]))
  }()

  @Test func stepsFeedEachOtherForAnyNumberOfThreads() throws {
    var generator = SeededGenerator(seed: 5)
    let (model, inputs) = randomValues(for: Self.layer, &generator)
    let (w, x) = (model[0]?.values ?? [], inputs[1]?.values ?? [])
    var y: [Int] = []
    for channel in 0..<6 {
      for place in 0..<40 {
        var sum = 8
        for input in 0..<2 {
          for tap in 0..<3 where (0..<40).contains(place + tap - 1) {
            sum += w[channel * 6 + input * 3 + tap] * x[input * 40 + place + tap - 1]
          }
        }
        y.append(sum >> 4)
      }
    }
    let z = (0..<120).map { max(y[2 * $0], y[2 * $0 + 1]) }
    for threads in [1, 2, 3, 8] {
      Parallelism.threads = threads
      let assignment = try Evaluator.evaluate(Self.layer, model: model, inputs: inputs)
      #expect(assignment.tensors.count == 4)
      #expect(assignment[2].values == y)
      #expect(assignment[3].values == z)
    }
    Parallelism.threads = 0
  }

  @Test func aTargetOfOneValueNeedsNoIndex() throws {
    for shape in [[], [1], [1, 1]] {
      let leading = shape.map { StatementIndex(name: "one", size: $0) }
      let x = read(0, index(leading.count))
      let positions = shape.indices.map { index($0) }
      let bias = TensorRead(tensor: 1, positions: positions)
      let circuit = circuit(
        [
          tensor("x", [9], .publicInput), tensor("b", shape, .publicInput),
          tensor("y", shape, .witness),
        ], leading + indices(9),
        .sumOfProducts([
          product(x, x, over: [leading.count]),
          .init(coefficient: 1, factors: [LinearExpression(bias)]),
        ]))
      let result = try Evaluator.evaluate(
        circuit, model: [:],
        inputs: [0: IntegerBuffer(Array(1...9)), 1: IntegerBuffer([1000])])
      #expect(result[2].values == [1285])
    }
  }

  @Test func buffersOfEveryWidth() {
    let values = [-32768, 0, 32767]
    let wide = [1 << 40, -5]
    #expect(IntegerBuffer(narrowing: values).width == .int16)
    #expect(IntegerBuffer(narrowing: [-32769]).width == .int32)
    #expect(IntegerBuffer(narrowing: wide).width == .int64)
    #expect(IntegerBuffer(narrowing: []).values == [])
    for list in [values, wide, [-32769, 65536]] {
      let buffer = IntegerBuffer(narrowing: list)
      #expect(buffer.values == list)
      #expect(buffer.withInt64 { $0.map { Int($0) } } == list)
      #expect(buffer.withUnsafeBytes { $0.count } == list.count * buffer.width.rawValue)
    }
  }
}
