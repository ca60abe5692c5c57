import ConstraintSystem
import Equations
import TensorGraph

// What is done to the columns of a table before a model sees them.

@Sendable
func importScaler(
  _ node: NodeView, _ importer: inout GraphImporter
) throws(GraphError) -> [ValueID?] {
  let x = try importer.realRows(try node.input(0), of: node)
  let features = importer.builder[x].shape[1]
  let offset = try importer.perColumn(node, "offset", features)
  let scale = try importer.perColumn(node, "scale", features)
  return [
    try node.emit(
      Equation(importer.builder[x].shape, rank: 2, (.at(0, 0, 1) - .at(1, 1)) * .at(2, 1)),
      [x, offset, scale], to: &importer.builder)
  ]
}

@Sendable
func importNormalizer(
  _ node: NodeView, _ importer: inout GraphImporter
) throws(GraphError) -> [ValueID?] {
  let x = try importer.realRows(try node.input(0), of: node)
  let shape = importer.builder[x].shape
  let norm = try node.string("norm") ?? "MAX"
  let element = RealExpression.at(0, 0, 1)
  let size: RealExpression
  switch norm {
  case "MAX": size = .reduce(.maximum, over: [1], element)
  case "L1": size = .reduce(.sum, over: [1], .unary(.abs, element))
  case "L2": size = .unary(.sqrt, .reduce(.sum, over: [1], element * element))
  default: throw GraphError(.attribute, "the attribute \"norm\" is \"\(norm)\"")
  }
  let sizes = try node.emit(
    Equation(shape, rank: 1, size), [x], to: &importer.builder, step: "norm")
  // A row of zeros stays what it is.
  let divisor = RealExpression.at(1, 0) + .binary(.equal, .at(1, 0), .constant(0))
  return [
    try node.emit(
      Equation(shape, rank: 2, .binary(.divide, element, divisor)), [x, sizes],
      to: &importer.builder)
  ]
}

/// Values that are no numbers are refused as inputs, so that there are none to be replaced.
@Sendable
func importImputer(
  _ node: NodeView, _ importer: inout GraphImporter
) throws(GraphError) -> [ValueID?] {
  let operand = try node.input(0)
  let isReal = importer.builder[operand].kind == .real
  let replaced =
    isReal
    ? try node.float("replaced_value_float").map(Double.init)
    : try node.int("replaced_value_int64").map(Double.init)
  guard let replaced, !replaced.isNaN else { return [operand] }
  let x = try importer.rows(operand, of: node)
  let shape = importer.builder[x].shape
  let list =
    isReal
    ? try importer.perColumn(node, "imputed_value_floats", shape[1])
    : try importer.perColumn(integers: node, "imputed_value_int64s", shape[1])
  let value = RealExpression.select(
    .binary(.equal, .at(0, 0, 1), .constant(replaced)), .at(1, 1), .at(0, 0, 1))
  return [
    try node.emit(
      Equation(shape, rank: 2, value), kind: importer.builder[x].kind, [x, list],
      to: &importer.builder)
  ]
}

@Sendable
func importBinarizer(
  _ node: NodeView, _ importer: inout GraphImporter
) throws(GraphError) -> [ValueID?] {
  let operand = try node.input(0)
  let threshold = Double(try node.float("threshold") ?? 0)
  let equation = Equation.elementwise(importer.builder[operand].shape) { read in
    .binary(.less, .constant(threshold), read(0))
  }
  let isAbove = try node.emit(
    equation, kind: .boolean, [operand], to: &importer.builder, step: "above")
  return [try importer.real(isAbove, of: node)]
}

/// Columns of several tables beside each other.
@Sendable
func importFeatureVectorizer(
  _ node: NodeView, _ importer: inout GraphImporter
) throws(GraphError) -> [ValueID?] {
  let widths = try node.ints("inputdimensions") ?? []
  var parts: [ValueID] = []
  for (place, operand) in try node.allInputs().enumerated() {
    let part = try importer.realRows(operand, of: node)
    guard place < widths.count, importer.builder[part].shape[1] == widths[place] else {
      throw GraphError(.attribute, "its operand \(place) has other columns than it says")
    }
    parts.append(part)
  }
  return [try node.emit(.concatenate(axis: 1), parts, to: &importer.builder)]
}

/// The columns at listed places.
@Sendable
func importArrayFeatureExtractor(
  _ node: NodeView, _ importer: inout GraphImporter
) throws(GraphError) -> [ValueID?] {
  let places = try node.input(1)
  let operand = try node.input(0)
  // One axis is one row, as ONNX Runtime has it.
  let shape = importer.builder[operand].shape
  let x = shape.count == 1 ? try importer.rows(operand, of: node) : operand
  importer.keepWords([x], of: node)
  let count = importer.builder[places].count
  let flat = try node.emit(
    .reshape([count]), [places], to: &importer.builder, step: "places")
  let axis = importer.builder[x].shape.count - 1
  guard let list = importer.builder.constantValue(flat)?.integers else {
    // Of the numbers from zero on, each is its place.
    if let labels = importer.builder.constantValue(x)?.integers,
      importer.vocabulary(of: x) == nil,
      labels.enumerated().allSatisfy({ $0.offset == $0.element }), labels.count == shape.last,
      shape.count <= 2
    {
      return [try node.emit(.reshape([1, count]), [flat], to: &importer.builder)]
    }
    return [try node.picked(x, flat, axis: axis, &importer.builder)]
  }
  var known: [Int] = []
  for place in list {
    known.append(try NodeView.place(place, along: importer.builder[x].shape[axis]))
  }
  return [try node.emit(takingFrom: x, axis: axis, at: known, to: &importer.builder)]
}

extension GraphImporter {
  /// Integers or truth values as the real numbers that they are.
  mutating func real(_ id: ValueID, of node: NodeView) throws(GraphError) -> ValueID {
    try node.emit(
      Equation.elementwise(builder[id].shape) { read in read(0) }, [id], to: &builder)
  }

  /// One number for each column: as many as there are, or one for all.
  fileprivate mutating func perColumn(
    _ node: NodeView, _ attribute: String, _ columns: Int
  ) throws(GraphError) -> ValueID {
    let values = try node.floats(attribute) ?? []
    guard values.count == columns || values.count == 1 else {
      throw GraphError(
        .attribute, "\(values.count) numbers in \"\(attribute)\" for \(columns) columns")
    }
    let all = values.count == columns ? values : [Float](repeating: values[0], count: columns)
    return try constant(all, [columns], of: node, step: attribute)
  }

  fileprivate mutating func perColumn(
    integers node: NodeView, _ attribute: String, _ columns: Int
  ) throws(GraphError) -> ValueID {
    let values = try node.wideInts(attribute) ?? []
    guard values.count == columns || values.count == 1 else {
      throw GraphError(
        .attribute, "\(values.count) numbers in \"\(attribute)\" for \(columns) columns")
    }
    let all = values.count == columns ? values : [Int64](repeating: values[0], count: columns)
    return try constant(integers: all, [columns], of: node, step: attribute)
  }
}
