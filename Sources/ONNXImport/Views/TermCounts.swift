import ConstraintSystem
import Equations
import Foundation
import TensorGraph

/// How often each of some sequences of numbers is in a text, or a weight where it is.
@Sendable
func importTfIdfVectorizer(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  let shape = builder[operand].shape
  guard builder[operand].kind == .integer, shape.count == 1 || shape.count == 2 else {
    throw GraphError(.unsupported, "texts of the shape \(shape) that are not lists of integers")
  }
  let grams = try WordSequences(node)
  let rows = shape.count == 2 ? shape[0] : 1
  let text = try node.emit(
    .reshape([rows, shape[shape.count - 1]]), [operand], to: &builder, step: "texts")
  var parts: [ValueID] = []
  var places = [Int?](repeating: nil, count: grams.width)
  var found = 0
  for length in grams.lengths {
    guard let counts = try node.counts(of: grams, length, in: text, &builder) else { continue }
    for (number, gram) in grams.sequences(length).enumerated() {
      places[grams.columns[gram]] = found + number
    }
    found += grams.sequences(length).count
    parts.append(counts)
  }
  let zeros = try Tensor(shape: [rows, 1], real: [Float](repeating: 0, count: rows))
  parts.append(node.emit(constant: zeros, to: &builder, step: "none"))
  let all = try node.emit(.concatenate(axis: 1), parts, to: &builder, step: "counts")
  let ordered = try node.emit(
    takingFrom: all, axis: 1, at: places.map { $0 ?? found }, to: &builder, step: "ordered")
  let weighed = try node.weighed(ordered, grams, rows: rows, &builder)
  return [
    try node.emit(
      .reshape(Array(shape.dropLast()) + [grams.width]), [weighed], to: &builder)
  ]
}

/// The sequences that are counted, as the node lists them.
private struct WordSequences {
  /// How long those are that count.
  let lengths: ClosedRange<Int>
  let skips: Int
  /// Of each sequence the column where it is counted.
  let columns: [Int]
  let width: Int
  let mode: String
  let weights: [Float]?
  private let pool: [Int]
  /// Where sequences of each length begin in the pool.
  private let starts: [Int]

  init(_ node: NodeView) throws(GraphError) {
    guard let pool = try node.ints("pool_int64s") else {
      throw GraphError(.unsupported, "it counts words that are texts; give numbers for them")
    }
    let (starts, columns) = (
      try node.ints("ngram_counts") ?? [], try node.ints("ngram_indexes") ?? []
    )
    let (least, most) = (
      try node.int("min_gram_length", default: 1), try node.int("max_gram_length", default: 1)
    )
    mode = try node.string("mode") ?? "TF"
    weights = try node.floats("weights")
    skips = try node.int("max_skip_count", default: 0)
    width = (columns.max() ?? -1) + 1
    guard 1...64 ~= least, least...64 ~= most, 0...1024 ~= skips, !columns.isEmpty,
      columns.allSatisfy({ 0...1 << 24 ~= $0 }), Set(columns).count == columns.count,
      starts.allSatisfy({ 0...pool.count ~= $0 }), starts == starts.sorted(),
      weights.map({ $0.count == columns.count }) ?? true, ["TF", "IDF", "TFIDF"].contains(mode)
    else { throw GraphError(.attribute, "its lists of sequences do not fit each other") }
    lengths = least...most
    (self.pool, self.starts, self.columns) = (pool, starts, columns)
    let count = starts.indices.reduce(0) { $0 + words($1 + 1).count / ($1 + 1) }
    guard count == columns.count else {
      throw GraphError(.attribute, "\(columns.count) columns for \(count) sequences")
    }
  }

  /// The sequences of a length, one behind the other.
  func words(_ length: Int) -> [Int] {
    guard starts.indices.contains(length - 1) else { return [] }
    let end = starts.indices.contains(length) ? starts[length] : pool.count
    return Array(pool[starts[length - 1]..<end])
  }

  /// Which sequences of all those of a length are.
  func sequences(_ length: Int) -> Range<Int> {
    let before = (1..<length).reduce(0) { $0 + words($1).count / $1 }
    return before..<before + words(length).count / length
  }
}

extension NodeView {
  /// Of each text how often each sequence of a length is in it; nil where there are none.
  fileprivate func counts(
    of grams: WordSequences, _ length: Int, in text: ValueID, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID? {
    let words = grams.words(length)
    let (rows, size) = (builder[text].shape[0], builder[text].shape[1])
    guard !words.isEmpty else { return nil }
    let pool = emit(
      constant: try Tensor(
        shape: [words.count / length, length], integer: words.map { Int64($0) }), to: &builder,
      step: "sequences \(length)")
    var sum = RealExpression.constant(0)
    var indices = Self.indices([rows, words.count / length])
    for skip in 0...(length == 1 ? 0 : grams.skips) {
      let places = size - (length - 1) * (skip + 1)
      guard places > 0 else { break }
      let index = indices.count
      indices.append(.init(name: "place\(skip)", size: places))
      let hits = (0..<length).map { word -> RealExpression in
        let position = AffineIndex(
          constant: word * (skip + 1), terms: [.init(index: index, coefficient: 1)])
        return .binary(
          .equal, .read(OperandRead(operand: 0, positions: [Self.along(0), .affine(position)])),
          .read(
            OperandRead(
              operand: 1, positions: [Self.along(1), .affine(AffineIndex(constant: word))])))
      }
      let hit = hits.dropFirst().reduce(hits[0]) { .binary(.and, $0, $1) }
      let found = RealExpression.reduce(.sum, over: [index], hit)
      sum = sum == .constant(0) ? found : .binary(.add, sum, found)
    }
    return try emit(
      Equation(indices: indices, domainRank: 2, value: sum), [text, pool], to: &builder,
      step: "counts \(length)")
  }

  /// The counts as the node's mode has them.
  fileprivate func weighed(
    _ counts: ValueID, _ grams: WordSequences, rows: Int, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    var weights = [Float](repeating: 1, count: grams.width)
    for (column, weight) in zip(grams.columns, grams.weights ?? []) { weights[column] = weight }
    let list = emit(
      constant: try Tensor(shape: [grams.width], real: weights), to: &builder, step: "weights")
    let count = RealExpression.read(
      OperandRead(operand: 0, positions: [Self.along(0), Self.along(1)]))
    let weight = RealExpression.read(OperandRead(operand: 1, positions: [Self.along(1)]))
    let value: RealExpression =
      switch grams.mode {
      case "TF": count
      case "IDF": .binary(.multiply, .binary(.less, .constant(0), count), weight)
      default: .binary(.multiply, count, weight)
      }
    let equation = Equation(
      indices: Self.indices([rows, grams.width]), domainRank: 2, value: value)
    return try emit(
      equation, grams.mode == "TF" ? [counts] : [counts, list], to: &builder, step: "weighed")
  }
}

/// How much of each frequency goes into each band of the mel scale.
@Sendable
func importMelWeightMatrix(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  var numbers: [Double] = []
  for (position, what) in ["number of bands", "length", "rate", "lowest", "highest"].enumerated() {
    guard let id = node.optionalInput(position), let value = builder.constantValue(id),
      value.count == 1
    else { throw GraphError(.unsupported, "its \(what) is no constant number") }
    numbers.append(value.integers.map { Double($0[0]) } ?? Double(value.reals[0]))
  }
  guard let bands = Int(exactly: numbers[0]), let length = Int(exactly: numbers[1]),
    1...1 << 16 ~= bands, 2...1 << 24 ~= length, numbers[2] > 0
  else { throw GraphError(.attribute, "its numbers \(numbers) say no matrix") }
  let count = length / 2 + 1
  try builder.reserve(elements: count * bands)
  func mel(_ frequency: Double) -> Double { 2595 * log1p(frequency / 700) / log(10) }
  let (low, high) = (mel(numbers[3]), mel(numbers[4]))
  let edges = (0..<bands + 2).map { band -> Int in
    let place = Double(band) * ((high - low) / Double(bands + 2)) + low
    let frequency = 700 * expm1(place / 2595 * log(10))
    return Int(Double(length + 1) * frequency / numbers[2])
  }
  var weights = [Float](repeating: 0, count: count * bands)
  for band in 0..<bands {
    let (first, middle, last) = (edges[band], edges[band + 1], edges[band + 2])
    guard first >= 0, first <= middle, middle <= last, last <= count else {
      throw GraphError(.attribute, "its bands leave the spectrum")
    }
    if middle == first {
      if middle < count { weights[middle * bands + band] = 1 }
    } else {
      for place in first...min(middle, count - 1) {
        weights[place * bands + band] = Float(Double(place - first) / Double(middle - first))
      }
    }
    for place in middle..<last where last > middle {
      weights[place * bands + band] = Float(Double(last - place) / Double(last - middle))
    }
  }
  return [
    node.emit(constant: try Tensor(shape: [count, bands], real: weights), to: &builder)
  ]
}
