import TensorGraph

/// What ONNX's Resize and Upsample do to each axis, which is a node of the operator `ResizeAxis`.
struct Resizing {
  /// An axis that changes.
  struct Step: Equatable {
    var axis: Int
    var size: Int
    var scale: Double
  }

  private(set) var steps: [Step] = []

  /// - Parameters:
  ///   - shape: the operand's.
  ///   - axes: those that the lists are about; nil for all.
  ///   - scales: nil where sizes are given.
  ///   - policy: how sizes keep the proportions of the operand: `stretch`, `not_larger` or
  ///     `not_smaller`.
  ///
  /// Throws `.attribute` for lists that do not fit the shape or are not positive, `.tooLarge` for
  /// more elements than a tensor has, `.unsupported` for another policy.
  init(
    _ shape: [Int], axes: [Int]?, scales: [Double]?, sizes: [Int]?, policy: String
  ) throws(GraphError) {
    let axes = try (axes ?? Array(shape.indices)).mapTyped { axis throws(GraphError) in
      try Shape.normalizedAxis(axis, rank: shape.count)
    }
    guard Set(axes).count == axes.count else {
      throw GraphError(.attribute, "an axis stands twice in \(axes)")
    }
    let factors = try Self.factors(axes.map { shape[$0] }, scales, sizes, policy)
    var result = shape
    for (axis, factor) in zip(axes, factors) {
      result[axis] = factor.size
      if factor.size != shape[axis] || factor.scale != 1 {
        steps.append(Step(axis: axis, size: factor.size, scale: factor.scale))
      }
    }
    _ = try Shape.elementCount(result)
  }

  private static func factors(
    _ extents: [Int], _ scales: [Double]?, _ sizes: [Int]?, _ policy: String
  ) throws(GraphError) -> [(size: Int, scale: Double)] {
    let limit = Double(Shape.maximumElements)
    if let scales {
      guard scales.count == extents.count, scales.allSatisfy({ $0 > 0 && $0 <= limit }) else {
        throw GraphError(.attribute, "the scales \(scales) of \(extents.count) axes")
      }
      return try zip(extents, scales).mapTyped { extent, scale throws(GraphError) in
        let size = (Double(extent) * scale).rounded(.down)
        guard (1...limit).contains(size) else {
          throw GraphError(.tooLarge, "an axis is resized to \(size)")
        }
        return (Int(size), scale)
      }
    }
    guard let sizes, sizes.count == extents.count, !extents.contains(0),
      sizes.allSatisfy({ (1...Shape.maximumElements).contains($0) })
    else { throw GraphError(.attribute, "the sizes \(sizes ?? []) of \(extents.count) axes") }
    let exact = zip(sizes, extents).map { Double($0) / Double($1) }
    switch policy {
    case "stretch": return Array(zip(sizes, exact))
    case "not_larger", "not_smaller":
      let scale = policy == "not_larger" ? exact.min() ?? 1 : exact.max() ?? 1
      return extents.map { (Int((Double($0) * scale + 0.5).rounded(.down)), scale) }
    default: throw GraphError(.unsupported, "the aspect ratio policy \"\(policy)\"")
    }
  }
}

extension OperatorLibrary {
  /// Appends what a node of ONNX's Resize or Upsample is: `ResizeAxis` for each axis that changes.
  ///
  /// Throws `.unsupported` for sizes that depend on an input and for the ways of ONNX that have no
  /// equation: smoothing, cropping, and leaving out what lies outside.
  public func instantiateResize(
    _ node: OperatorNode, into builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    do throws(GraphError) {
      let resize = try ResizeNode(node, builder)
      var value = resize.operand
      for (place, step) in resize.resizing.steps.enumerated() {
        let isLast = place == resize.resizing.steps.count - 1
        let name = isLast ? node.outputs.first.flatMap { $0 } : nil
        var attributes = resize.attributes
        attributes["axis"] = .int(step.axis)
        attributes["size"] = .int(step.size)
        attributes["scale"] = .real(step.scale)
        let along = OperatorNode(
          operation: "ResizeAxis", domain: "assay", opset: 1, layer: node.layer, name: node.name,
          operands: [value], attributes: attributes,
          outputs: [name ?? "\(node.name)/axis\(step.axis)"])
        guard let results = try instantiate(along, into: &builder), let result = results[0] else {
          throw GraphError(.structure, "there is no operator ResizeAxis")
        }
        value = result
      }
      return value
    } catch {
      throw error.at(node: node.name)
    }
  }
}

/// The operands and attributes of a node of Resize or Upsample, in any version.
private struct ResizeNode {
  let operand: ValueID
  let resizing: Resizing
  /// Those of `ResizeAxis` that are alike for all axes.
  let attributes: [String: AttributeValue]

  init(_ node: OperatorNode, _ builder: EquationGraphBuilder) throws(GraphError) {
    guard let operand = node.operands.first ?? nil else {
      throw GraphError(.structure, "it has no operand")
    }
    self.operand = operand
    try Self.refuse(node)
    let isOld = node.operation == "Upsample" || node.opset < 11
    let scalesPlace = isOld ? 1 : 2
    var scales = try Self.constant(node, scalesPlace, "the scales", builder)?.reals.map(Double.init)
    switch node.attributes["scales"] {
    case .reals(let given)?: scales = given
    case .ints(let given)?: scales = given.map(Double.init)
    default: break
    }
    let sizes = isOld ? nil : try Self.constant(node, 3, "the sizes", builder)?.integers
    if scales?.isEmpty == true { scales = nil }
    var axes: [Int]?
    if case .ints(let given)? = node.attributes["axes"] { axes = given }
    resizing = try Resizing(
      builder[operand].shape, axes: axes, scales: scales, sizes: sizes?.map { Int($0) },
      policy: Self.text(node, "keep_aspect_ratio_policy") ?? "stretch")
    var attributes: [String: AttributeValue] = [:]
    for name in ["mode", "coordinate_transformation_mode", "nearest_mode", "cubic_coeff_a"] {
      attributes[name] = node.attributes[name]
    }
    if isOld {
      attributes["coordinate_transformation_mode"] = .text("asymmetric")
      attributes["nearest_mode"] = .text("floor")
    }
    self.attributes = attributes
  }

  private static let known: Set<String> = [
    "mode", "coordinate_transformation_mode", "nearest_mode", "cubic_coeff_a", "axes", "scales",
    "keep_aspect_ratio_policy", "antialias", "exclude_outside", "extrapolation_value",
  ]

  private static func refuse(_ node: OperatorNode) throws(GraphError) {
    for name in node.attributes.keys.sorted() where !known.contains(name) {
      throw GraphError(.unsupported, "the attribute \"\(name)\" is not known")
    }
    for name in ["antialias", "exclude_outside"] {
      guard let value = node.attributes[name], value != .int(0) else { continue }
      throw GraphError(.unsupported, "the attribute \"\(name)\" is \(value.text)")
    }
  }

  private static func text(_ node: OperatorNode, _ name: String) -> String? {
    if case .text(let text)? = node.attributes[name] { text } else { nil }
  }

  private static func constant(
    _ node: OperatorNode, _ place: Int, _ what: String, _ builder: EquationGraphBuilder
  ) throws(GraphError) -> Tensor? {
    guard node.operands.indices.contains(place), let id = node.operands[place] else { return nil }
    guard let value = builder.constantValue(id) else {
      throw GraphError(.unsupported, "\(what) depend on an input")
    }
    return value.count == 0 ? nil : value
  }
}
