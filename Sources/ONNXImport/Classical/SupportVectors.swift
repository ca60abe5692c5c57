import Equations
import TensorGraph

/// What support vector machines have in common: how like a row is to each vector.
struct SupportVectors {
  static let attributes: Set<String> = [
    "coefficients", "kernel_params", "kernel_type", "post_transform", "rho", "support_vectors",
  ]

  enum Kernel: String {
    case linear = "LINEAR"
    case polynomial = "POLY"
    case radial = "RBF"
    case sigmoid = "SIGMOID"
  }

  let kernel: Kernel
  /// γ, the constant and the degree.
  let parameters: [Double]
  let coefficients: [Float]
  let offsets: [Float]
  let vectors: [Float]

  init(_ node: NodeView) throws(GraphError) {
    let word = try node.string("kernel_type") ?? "LINEAR"
    guard let kernel = Kernel(rawValue: word) else {
      throw GraphError(.attribute, "the attribute \"kernel_type\" is \"\(word)\"")
    }
    self.kernel = kernel
    let parameters = (try node.floats("kernel_params") ?? []).map(Double.init)
    guard kernel == .linear || parameters.count == 3 else {
      throw GraphError(.attribute, "its kernel has \(parameters.count) parameters, not three")
    }
    self.parameters = parameters
    coefficients = try node.floats("coefficients") ?? []
    offsets = try node.floats("rho") ?? []
    vectors = try node.floats("support_vectors") ?? []
  }

  /// The kernel of a row and a vector, operands 0 and 1, over the last index.
  private func kernelValue() throws(GraphError) -> RealExpression {
    let (x, v) = (RealExpression.at(0, 0, 2), RealExpression.at(1, 1, 2))
    let product = RealExpression.reduce(.sum, over: [2], x * v)
    guard kernel != .linear else { return product }
    let (factor, constant, degree) = (parameters[0], parameters[1], parameters[2])
    let scaled = .constant(factor) * product + .constant(constant)
    switch kernel {
    case .linear: return product
    case .sigmoid: return .unary(.tanh, scaled)
    case .radial:
      let distance = RealExpression.reduce(.sum, over: [2], (x - v) * (x - v))
      return .unary(.exp, .constant(-factor) * distance)
    case .polynomial:
      guard degree == degree.rounded(), (1...16).contains(degree) else {
        throw GraphError(.unsupported, "a polynomial kernel of degree \(degree)")
      }
      return .binary(.power, scaled, .constant(degree))
    }
  }

  /// `[rows, vectors]`: the kernel of each row and each of some vectors.
  func kernels(
    _ x: ValueID, _ vectors: [Float], of node: NodeView, _ importer: inout GraphImporter
  ) throws(GraphError) -> ValueID {
    let shape = importer.builder[x].shape
    guard shape[1] > 0, !vectors.isEmpty, vectors.count % shape[1] == 0 else {
      throw GraphError(
        .attribute, "\(vectors.count) numbers are no vectors of \(shape[1]) features")
    }
    let count = vectors.count / shape[1]
    let list = try importer.constant(vectors, [count, shape[1]], of: node, step: "vectors")
    return try node.emit(
      Equation([shape[0], count, shape[1]], rank: 2, try kernelValue()), [x, list],
      to: &importer.builder, step: "kernels")
  }
}

extension SupportVectors {
  /// What the vectors' weights, of a shape `[vectors, scores]`, make of each row's kernels. Of products
  /// they are one weight for each feature, without the large products that cancel.
  fileprivate func scores(
    _ x: ValueID, _ weights: [Float], _ shape: [Int], of node: NodeView,
    _ importer: inout GraphImporter
  ) throws(GraphError) -> ValueID {
    let features = importer.builder[x].shape[1]
    guard kernel == .linear, weights.count == shape[0] * shape[1],
      vectors.count == shape[0] * features
    else {
      let kernels = try kernels(x, vectors, of: node, &importer)
      return try importer.weighted(kernels, weights, shape, offsets, of: node)
    }
    var sums = [Double](repeating: 0, count: features * shape[1])
    for vector in 0..<shape[0] {
      for feature in 0..<features {
        let factor = Double(vectors[vector * features + feature])
        for score in 0..<shape[1] {
          sums[feature * shape[1] + score] += factor * Double(weights[vector * shape[1] + score])
        }
      }
    }
    return try importer.weighted(
      x, sums.map(Float.init), [features, shape[1]], offsets, of: node)
  }
}

@Sendable
func importSupportVectorRegressor(
  _ node: NodeView, _ importer: inout GraphImporter
) throws(GraphError) -> [ValueID?] {
  let machine = try SupportVectors(node)
  let x = try importer.realRows(try node.input(0), of: node)
  guard machine.offsets.count == 1 else {
    throw GraphError(.attribute, "\(machine.offsets.count) offsets in \"rho\", not one")
  }
  let count = try node.int("n_supports")
  guard machine.vectors.isEmpty || count.map({ $0 == machine.coefficients.count }) ?? true else {
    throw GraphError(
      .attribute, "\(machine.coefficients.count) coefficients for \(count ?? 0) support vectors")
  }
  let score: ValueID
  if machine.vectors.isEmpty {
    let product = try machine.kernels(x, machine.coefficients, of: node, &importer)
    score = try importer.weighted(product, [1], [1, 1], machine.offsets, of: node)
  } else {
    score = try machine.scores(
      x, machine.coefficients, [machine.coefficients.count, 1], of: node, &importer)
  }
  guard try node.flag("one_class") else {
    return [try importer.regression(score, try PostTransform(node), of: node)]
  }
  let isInside = RealExpression.binary(.less, .constant(0), .at(0, 0, 1))
  return [
    try node.emit(
      Equation(
        importer.builder[score].shape, rank: 2, .constant(2) * isInside - .constant(1)),
      [score], to: &importer.builder)
  ]
}

@Sendable
func importSupportVectorClassifier(
  _ node: NodeView, _ importer: inout GraphImporter
) throws(GraphError) -> [ValueID?] {
  let classes = try LabelList(node)
  let machine = try SupportVectors(node)
  let sizes = try node.ints("vectors_per_class") ?? []
  let most = machine.vectors.count
  guard sizes.count == classes.count, classes.count > 1, most > 0,
    sizes.allSatisfy({ (0...most).contains($0) })
  else {
    throw GraphError(
      .unsupported,
      "a machine without support vectors of each class; write it as a LinearClassifier")
  }
  let pairs = ClassPairs(sizes)
  let x = try importer.realRows(try node.input(0), of: node)
  let scores = try machine.scores(
    x, try pairs.weights(machine.coefficients), [pairs.vectors, pairs.list.count], of: node,
    &importer)
  let transform = try PostTransform(node)
  let place = try importer.winner(scores, pairs, of: node)
  if let slopes = try node.floats("prob_a"), !slopes.isEmpty {
    return [
      try importer.labels(classes, at: place, of: node),
      try importer.probabilities(
        scores, slopes, try node.floats("prob_b") ?? [], classes.count, of: node),
    ]
  }
  let result =
    classes.count == 2
    ? try importer.bothClasses(scores, isShare: false, transform, of: node)
    : try importer.transformed(scores, transform, of: node)
  return [try importer.labels(classes, at: place, of: node), result]
}

/// Each two classes, the first before the second, decide between themselves.
struct ClassPairs {
  let sizes: [Int]
  let list: [(first: Int, second: Int)]

  init(_ sizes: [Int]) {
    self.sizes = sizes
    list = sizes.indices.flatMap { first in
      (first + 1..<max(sizes.count, first + 1)).map { (first, $0) }
    }
  }

  /// How many support vectors there are.
  var vectors: Int { sizes.reduce(0, +) }

  /// What each vector weighs for each pair: `[vectors, pairs]`, of a row of coefficients for each other class.
  func weights(_ coefficients: [Float]) throws(GraphError) -> [Float] {
    guard coefficients.count == (sizes.count - 1) * vectors else {
      throw GraphError(
        .attribute,
        "\(coefficients.count) coefficients for \(vectors) vectors of \(sizes.count) classes")
    }
    var result = [Float](repeating: 0, count: vectors * list.count)
    let starts = sizes.indices.map { sizes[..<$0].reduce(0, +) }
    for (pair, (first, second)) in list.enumerated() {
      for (own, other) in [(first, second - 1), (second, first)] {
        for vector in starts[own]..<starts[own] + sizes[own] {
          result[vector * list.count + pair] = coefficients[other * vectors + vector]
        }
      }
    }
    return result
  }
}

extension GraphImporter {
  /// x·W + b.
  fileprivate mutating func weighted(
    _ x: ValueID, _ weights: [Float], _ shape: [Int], _ offsets: [Float], of node: NodeView
  ) throws(GraphError) -> ValueID {
    guard weights.count == shape[0] * shape[1], offsets.count == shape[1],
      builder[x].shape[1] == shape[0]
    else { throw GraphError(.attribute, "its coefficients are not as many as its vectors") }
    let matrix = try constant(weights, shape, of: node, step: "coefficients")
    let added = try constant(offsets, [shape[1]], of: node, step: "rho")
    return try apply("Gemm", [x, matrix, added], of: node, step: "scores")
  }

  /// The class that wins most pairs. Of two it is the first one where the score is above zero, which is the
  /// greater of the score and zero then.
  fileprivate mutating func winner(
    _ scores: ValueID, _ pairs: ClassPairs, of node: NodeView
  ) throws(GraphError) -> ValueID {
    guard pairs.sizes.count == 2 else {
      return try greatest(try votes(scores, pairs, of: node), of: node)
    }
    let shape = builder[scores].shape
    let zeros = try constant(
      [Float](repeating: 0, count: shape[0]), shape, of: node, step: "zero")
    let both = try node.emit(
      .concatenate(axis: 1), [scores, zeros], to: &builder, step: "decided")
    return try greatest(both, isLast: true, of: node)
  }

  /// How many pairs each class wins: the first of two where the score is above zero.
  fileprivate mutating func votes(
    _ scores: ValueID, _ pairs: ClassPairs, of node: NodeView
  ) throws(GraphError) -> ValueID {
    let (count, classes) = (pairs.list.count, pairs.sizes.count)
    var gains = [Int64](repeating: 0, count: count * classes)
    var seconds = [Int64](repeating: 0, count: classes)
    for (pair, (first, second)) in pairs.list.enumerated() {
      gains[pair * classes + first] = 1
      gains[pair * classes + second] = -1
      seconds[second] += 1
    }
    let rows = builder[scores].shape[0]
    let wins = try node.emit(
      Equation([rows, count], rank: 2, .binary(.less, .constant(0), .at(0, 0, 1))), kind: .integer,
      [scores], to: &builder, step: "wins")
    return try node.emit(
      Equation(
        [rows, classes, count], rank: 2,
        .reduce(.sum, over: [2], .at(0, 0, 2) * .at(1, 2, 1)) + .at(2, 1)), kind: .integer,
      [
        wins, try constant(integers: gains, [count, classes], of: node, step: "gains"),
        try constant(integers: seconds, [classes], of: node, step: "seconds"),
      ], to: &builder, step: "votes")
  }

  /// Two classes' probabilities by a logistic of their score; nil for more, which ONNX Runtime finds by
  /// trial.
  fileprivate mutating func probabilities(
    _ scores: ValueID, _ slopes: [Float], _ offsets: [Float], _ classes: Int, of node: NodeView
  ) throws(GraphError) -> ValueID? {
    guard classes == 2 else {
      lostOutputs[node.name] =
        "probabilities of \(classes) classes, which ONNX Runtime finds by trial; take its labels "
        + "alone (--output-tensor), or train it without probabilities"
      return nil
    }
    guard slopes.count == 1, offsets.count == 1 else {
      throw GraphError(.attribute, "\(slopes.count) slopes and \(offsets.count) offsets, not one")
    }
    let argument =
      RealExpression.constant(Double(slopes[0])) * .at(0, 0, 1)
      + .constant(Double(offsets[0]))
    let shape = [builder[scores].shape[0], 1]
    let arguments = try node.emit(
      Equation(shape, rank: 2, argument), [scores], to: &builder, step: "logits")
    let opposite = try node.emit(
      Equation(shape, rank: 2, .unary(.negate, .at(0, 0, 1))), [arguments], to: &builder,
      step: "opposite")
    let both = try node.emit(
      .concatenate(axis: 1), [opposite, arguments], to: &builder, step: "both")
    return try transformed(both, .logistic, of: node)
  }
}
