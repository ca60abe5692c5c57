import Equations
import TensorGraph

// Linear models.

@Sendable
func importLinearRegressor(
  _ node: NodeView, _ importer: inout GraphImporter
) throws(GraphError) -> [ValueID?] {
  let scores = try importer.linear(node, try node.int("targets", default: 1))
  return [try importer.regression(scores, try PostTransform(node), of: node)]
}

@Sendable
func importLinearClassifier(
  _ node: NodeView, _ importer: inout GraphImporter
) throws(GraphError) -> [ValueID?] {
  let classes = try LabelList(node)
  let transform = try PostTransform(node)
  let features = try importer.featureCount(node)
  let coefficients = try node.floats("coefficients") ?? []
  let count = features == 0 ? 0 : coefficients.count / features
  guard count == classes.count || count == 1 && classes.count == 2 else {
    throw GraphError(.attribute, "\(count) scores for \(classes.count) classes")
  }
  let scores = try importer.linear(node, count)
  if count == 1 {
    guard classes.count == 2 else { throw GraphError(.unsupported, "a single class") }
    let place = try importer.isAbove(scores, column: 0, 0, of: node)
    let both = try importer.bothClasses(scores, isShare: true, transform, of: node)
    return [try importer.labels(classes, at: place, of: node), both]
  }
  let place = try importer.greatest(scores, of: node)
  return [
    try importer.labels(classes, at: place, of: node),
    try importer.transformed(scores, transform, of: node),
  ]
}

extension GraphImporter {
  /// The number of columns of a node's operand.
  func featureCount(_ node: NodeView) throws(GraphError) -> Int {
    builder[try node.input(0)].shape.last ?? 0
  }

  /// x·Wᵀ + b, with a row of W for each target.
  fileprivate mutating func linear(
    _ node: NodeView, _ targets: Int
  ) throws(GraphError) -> ValueID {
    let targets = try Forest.targetCount(targets)
    let x = try realRows(try node.input(0), of: node)
    let features = builder[x].shape[1]
    let coefficients = try node.floats("coefficients") ?? []
    var offsets = try node.floats("intercepts") ?? []
    if offsets.isEmpty { offsets = [Float](repeating: 0, count: targets) }
    guard coefficients.count == features * targets, offsets.count == targets else {
      throw GraphError(
        .attribute,
        "\(coefficients.count) coefficients and \(offsets.count) intercepts for \(features) features "
          + "and \(targets) targets")
    }
    let weights = try constant(coefficients, [targets, features], of: node, step: "coefficients")
    let added = try constant(offsets, [targets], of: node, step: "intercepts")
    return try apply(
      "Gemm", [x, weights, added], ["transB": .int(1)], of: node, step: "scores")
  }
}
