import Equations
import TensorGraph
import TestSupport
import Testing

@testable import Compiler
@testable import NetworkTestSupport

/// Masks that data decide on: scores of 4 rows, of which an input `m` says which columns count.
@Suite("Masks that data decide on") struct DataMaskTests {
  /// How a network hides scores `s` where m is 0.
  enum Way: String, CaseIterable {
    /// s + (1 − m)·c.
    case added
    /// s + (m − 1)·(−c).
    case turned
    /// m = 0 ? c : s.
    case chosen
    /// s + (m = 0 ? c : 0).
    case addedChoice
    /// s + (d ≠ 0 ? c : d), with d = 1 − m.
    case filled
    /// s + (k and m ≠ 0 ? 0 : c), with a constant k.
    case both
    /// s + (K + m = 0 ? c : K), with a constant K of zeros and c.
    case combined
    /// s + K + (1 − m)·c.
    case twice
    /// max(s + (1 − m)·c, the least number).
    case clamped

    /// Whether it leaves nothing of a row where the first column is hidden.
    var hidesRows: Bool { [.both, .combined, .twice].contains(self) }
  }

  static let depths: [Float] = [-1e4, -1e9, -Float.greatestFiniteMagnitude]
  static let masks: [[Int64]] = [[1, 1, 1, 1], [1, 1, 0, 0], [0, 1, 0, 1]]

  /// A network, and its parts while it is made.
  struct Net {
    var net: Network
    let m: ValueID
    let depth: Float

    init(_ depth: Float, seed: UInt64 = 5) throws {
      net = try Network(input: [4, 6], seed: seed)
      m = try net.builder.addInput(named: "m", shape: [1, 4], kind: .integer)
      self.depth = depth
    }

    mutating func number(_ value: Float) throws -> ValueID {
      try net.constant([], values: [value])
    }

    mutating func scores(of x: ValueID, _ columns: Int = 6) throws -> ValueID {
      try net.node(.gemm(transposeB: true), x, net.constant([4, columns]))
    }

    mutating func difference() throws -> ValueID {
      try net.node(.subtract, number(1), real(m))
    }

    mutating func real(_ id: ValueID) throws -> ValueID {
      try net.node(.multiply, net.node(.operation("Cast", ["to": .int(1)]), id), number(1))
    }

    mutating func isHidden() throws -> ValueID {
      let zero = net.builder.addConstant(named: "zero", try Tensor(shape: [], integer: [0]))
      return try net.node(.operation("Equal"), m, zero)
    }

    /// Zeros, and the depth above the diagonal.
    mutating func triangle() throws -> ValueID {
      try net.constant([4, 4], values: (0..<16).map { $0 % 4 > $0 / 4 ? depth : 0 })
    }

    mutating func chosen(_ truth: ValueID, _ a: ValueID, _ b: ValueID) throws -> ValueID {
      try net.node(.operation("Where"), truth, a, b)
    }
  }
}

extension DataMaskTests.Net {
  /// What is added to scores.
  mutating func mask(_ way: DataMaskTests.Way) throws -> ValueID {
    switch way {
    case .turned:
      return try net.node(
        .multiply, net.node(.subtract, real(m), number(1)), number(-depth))
    case .addedChoice: return try chosen(isHidden(), number(depth), number(0))
    case .filled:
      let d = try difference()
      let isHidden = try net.node(
        .operation("Not"), net.node(.operation("Equal"), d, number(0)))
      return try chosen(isHidden, number(depth), d)
    case .both:
      let isLow = net.builder.addConstant(
        named: "low", try Tensor(shape: [4, 4], integer: (0..<16).map { $0 % 4 > $0 / 4 ? 0 : 1 }),
        isBoolean: true)
      let isKept = try net.node(.operation("Not"), isHidden())
      return try chosen(
        net.node(.operation("And"), isLow, isKept), number(0), number(depth))
    case .combined:
      let k = try triangle()
      let isHidden = try net.node(
        .operation("Equal"), net.node(.add, k, real(m)), number(0))
      return try chosen(isHidden, number(depth), k)
    case .twice:
      return try net.node(
        .add, triangle(), net.node(.multiply, difference(), number(depth)))
    default: return try net.node(.multiply, difference(), number(depth))
    }
  }

  mutating func masked(_ scores: ValueID, _ way: DataMaskTests.Way) throws -> ValueID {
    switch way {
    case .chosen: return try chosen(isHidden(), number(depth), scores)
    case .clamped:
      return try net.node(
        .operation("Max"), net.node(.add, scores, mask(way)),
        number(-Float.greatestFiniteMagnitude))
    default: return try net.node(.add, scores, mask(way))
    }
  }

  mutating func sample(_ mask: [Int64]) throws -> [String: Tensor] {
    [
      "x": try net.numbers.tensor([4, 6], scale: 2),
      "m": try Tensor(shape: [1, 4], integer: mask),
    ]
  }
}

extension DataMaskTests {
  /// The greatest error on other samples than those that the scales were chosen by, as a part of an
  /// output's magnitude.
  private func error(
    _ graph: EquationGraph, _ samples: [[String: Tensor]], _ others: [[String: Tensor]]
  ) throws -> Double {
    let model = try Compiler(library: try .standard()).compile(graph, samples: samples)
    var greatest = 0.0
    for sample in others {
      let assignment = try model.evaluate(sample)
      let found = model.interface.outputs { assignment[$0].values }
      for (name, expected) in try graph.evaluate(sample) {
        let magnitude = expected.doubles.reduce(0) { max($0, abs($1)) }
        for (value, reference) in zip(try #require(found[name]).values, expected.doubles) {
          greatest = max(greatest, abs(value - reference) / magnitude)
        }
      }
    }
    return greatest
  }

  /// A softmax is right for all masks, whatever the masks of calibration were, and where single
  /// precision loses the scores beside a mask, so is a row of which it leaves nothing.
  @Test(arguments: Way.allCases, depths) func softmax(way: Way, depth: Float) throws {
    var net = try Net(depth)
    let masked = try net.masked(net.scores(of: net.net.input), way)
    let graph = try net.net.finish(try net.net.node(.operation("Softmax"), masked))
    let others = try Self.masks.map { try net.sample($0) }
    for calibration in Self.masks.prefix(2) {
      // A row of which nothing is left has as great a sum as any, which calibration must have seen.
      let other = way.hidesRows ? Self.masks[2] : calibration
      let samples = [try net.sample(calibration), try net.sample(other)]
      #expect(try error(graph, samples, others) < 0.005)
    }
    try expectFoundAgain(graph, [others[1]])
  }

  /// Scores that are multiplied by what is no power of two have as many digits as without a mask.
  @Test(arguments: [Way.added, .addedChoice, .both, .combined], depths)
  func scaledScores(way: Way, depth: Float) throws {
    var net = try Net(depth)
    let turned = try net.net.node(.view(.transpose([1, 0]), "Transpose"), net.net.input)
    let products = try net.net.node(.matrixMultiply, net.net.input, turned)
    let scores = try net.net.node(.multiply, products, net.number(1 / Float(3).squareRoot()))
    let masked = try net.masked(scores, way)
    let graph = try net.net.finish(try net.net.node(.operation("Softmax"), masked))
    let samples = try Self.masks.map { try net.sample($0) }
    #expect(try error(graph, samples, try Self.masks.map { try net.sample($0) }) < 0.005)
  }

  /// A mask that several layers add has no scale of its own that all of them would have to share.
  @Test(arguments: depths) func sharedMask(depth: Float) throws {
    var net = try Net(depth)
    let mask = try net.net.node(
      .view(.broadcast([4, 4]), "Expand"), net.mask(.added))
    let first = try net.net.node(.add, net.scores(of: net.net.input), mask)
    let middle = try net.net.node(.operation("Softmax"), first)
    let second = try net.net.node(.add, net.scores(of: middle, 4), mask)
    let graph = try net.net.finish(try net.net.node(.operation("Softmax"), second))
    let samples = [try net.sample([1, 1, 1, 1])]
    let others = try Self.masks.map { try net.sample($0) }
    #expect(try error(graph, samples, others) < 0.005)
  }

  /// A masked element is never the greatest, and the others are as precise as without.
  @Test(arguments: [Way.added, .chosen], depths)
  func placeOfTheGreatest(way: Way, depth: Float) throws {
    var net = try Net(depth)
    let masked = try net.masked(net.scores(of: net.net.input), way)
    let place = try net.net.node(.operation("ArgMax", ["axis": .int(1)]), masked)
    let graph = try net.net.finish(place)
    let samples = [try net.sample([1, 1, 1, 0])]
    let others = try (0..<8).map { try net.sample(Self.masks[1 + $0 % 2]) }
    #expect(try error(graph, samples, others) == 0)
  }

  /// Elements that are compared with each other alone may be as far beyond as is convenient.
  @Test(arguments: depths) func ranksOfMaskedElements(depth: Float) throws {
    var net = try Net(depth)
    let masked = try net.masked(net.scores(of: net.net.input), .chosen)
    let layer = net.net.builder.addLayer(named: "top", operation: "TopK")
    let count = net.net.builder.addConstant(named: "k", try Tensor(shape: [1], integer: [2]))
    let node = OperatorNode(
      operation: "TopK", opset: 17, layer: layer, name: "top", operands: [masked, count],
      attributes: [:], outputs: ["u", "v"])
    let results = try OperatorLibrary.standard().instantiate(node, into: &net.net.builder)
    let graph = try net.net.finish(try #require(results?.last ?? nil))
    let samples = [try net.sample([1, 1, 1, 0])]
    let others = try (0..<8).map { try net.sample(Self.masks[1 + $0 % 2]) }
    #expect(try error(graph, samples, others) == 0)
  }
}
