import Equations
import TensorGraph

extension GraphImporter {
  /// Declares the graph inputs: those bound to a constant become constants, those with an
  /// initializer already are, and the rest must have a known shape.
  ///
  /// - Parameter live: the tensors that an output depends on. Of the others an input that can't be
  ///   one of the network's is left out.
  mutating func addInputs(_ graph: Onnx_GraphProto, live: Set<String>) throws(ImportError) {
    try checkDimensions(graph)
    let names = Set(graph.input.map(\.name))
    for name in [options.constants.keys.sorted(), options.inputShapes.keys.sorted()].joined()
    where !names.contains(name) {
      throw .invalid(
        place: "input \"\(name)\"",
        reason: "the model has no such input; it has \(graph.input.map(\.name))")
    }
    try checkInputNames(graph)
    for input in graph.input {
      if values[input.name] != nil, options.constants[input.name] == nil { continue }
      do throws(GraphError) {
        try addInput(input, of: graph)
      } catch {
        let place = "input \"\(input.name)\""
        guard error.code == .unsupported else {
          throw .invalid(place: place, reason: error.reason)
        }
        if live.contains(input.name) {
          report(.init(name: input.name, operation: "input", reason: error.reason))
        }
        values[input.name] = .reported
      }
    }
  }

  /// Names that are canonically equivalent are equal here, and not in ONNX: two inputs would be one,
  /// and an input would be a constant.
  private func checkInputNames(_ graph: Onnx_GraphProto) throws(ImportError) {
    var seen: Set<String> = []
    let initializers = Dictionary(graph.initializer.map { ($0.name, $0.name) }) { first, _ in first
    }
    for input in graph.input {
      let constant = initializers[input.name] ?? input.name
      guard seen.insert(input.name).inserted, constant.utf8.elementsEqual(input.name.utf8) else {
        throw .invalid(
          place: "input \"\(input.name)\"",
          reason: "another input or constant has the same name, or one that looks the same")
      }
    }
  }

  /// A size that is given for a dimension which no input has would change nothing in silence.
  private func checkDimensions(_ graph: Onnx_GraphProto) throws(ImportError) {
    var known: [String] = []
    for input in graph.input {
      guard case .tensorType(let type)? = input.type.value else { continue }
      for dimension in type.shape.dim where dimension.fixedSize == nil {
        let name = dimension.symbol
        if !name.isEmpty, !known.contains(name) { known.append(name) }
      }
    }
    for name in options.dimensions.keys.sorted() where !known.contains(name) {
      let there = known.isEmpty ? "it has none" : "those of its inputs are \(known)"
      throw .invalid(
        place: "dimension \"\(name)\"", reason: "the model has no such dimension; \(there)")
    }
  }

  private mutating func addInput(
    _ input: Onnx_ValueInfoProto, of graph: Onnx_GraphProto
  ) throws(GraphError) {
    guard case .tensorType(let type)? = input.type.value else {
      throw GraphError(.unsupported, "it is not a tensor")
    }
    if type.elemType == Onnx_TensorProto.DataType.string.rawValue {
      return try addWords(input.name, shape: try inputShape(input.name, type), in: graph)
    }
    let format = try ElementFormat(type.elemType, of: input.name)
    formats[input.name] = format
    if let constant = options.constants[input.name] {
      let tensor = try bind(constant, format, type)
      values[input.name] = .tensor(
        builder.addConstant(named: input.name, tensor, isBoolean: format.kind == .boolean))
      return
    }
    let shape = try inputShape(input.name, type)
    guard try Shape.elementCount(shape) > 0 else {
      // What has no elements says nothing, and nobody has to give it.
      let tensor = try Tensor(shape: shape, format.kind == .real ? .real([]) : .integer([]))
      let id = builder.addConstant(
        named: input.name, tensor, isBoolean: format.kind == .boolean)
      return try define(input.name, .tensor(id))
    }
    let limits = format.kind == .integer ? format.limits : nil
    let bounds =
      format.bits <= 32
      ? limits.map { Int($0.lowerBound)...Int($0.upperBound.rounded(.down)) } : nil
    let id = try builder.addInput(
      named: input.name, shape: shape, kind: format.kind, bounds: bounds)
    if let limits { intervals.note(id, Interval(limits)) }
    try define(input.name, .tensor(id))
  }

  private func bind(
    _ constant: ImportOptions.ConstantInput, _ format: ElementFormat,
    _ type: Onnx_TypeProto.Tensor
  ) throws(GraphError) -> Tensor {
    if type.hasShape { try check(constant.shape, against: type.shape) }
    if format.kind == .real {
      return try Tensor(shape: constant.shape, real: constant.values.map(Float.init))
    }
    var integers: [Int64] = []
    for value in constant.values {
      guard let integer = Int64(exactly: value) else {
        throw GraphError(.value, "the constant given for it holds \(value), not an integer")
      }
      integers.append(integer)
    }
    return try Tensor(shape: constant.shape, integer: integers)
  }

  private func inputShape(
    _ name: String, _ type: Onnx_TypeProto.Tensor
  ) throws(GraphError) -> [Int] {
    if let shape = options.inputShapes[name] {
      if type.hasShape { try check(shape, against: type.shape) }
      return shape
    }
    guard type.hasShape else {
      throw GraphError(.shape, "the model does not say its shape; it must be given")
    }
    var shape: [Int] = []
    for (axis, dimension) in type.shape.dim.enumerated() {
      shape.append(try extent(dimension, axis: axis))
    }
    return shape
  }

  /// A symbolic leading axis is a batch of one; any other has to be given.
  private func extent(
    _ dimension: Onnx_TensorShapeProto.Dimension, axis: Int
  ) throws(GraphError) -> Int {
    if let size = dimension.fixedSize { return size }
    if let size = options.dimensions[dimension.symbol] { return size }
    guard axis == 0 else {
      throw GraphError(
        .shape,
        dimension.symbol.isEmpty
          ? "the model does not say how long axis \(axis) is: give a file for it, whose shape is taken"
          : "the model does not say how long axis \(axis), \"\(dimension.symbol)\", is: give its "
            + "size with --dimension, or a file for the input, whose shape is taken")
    }
    return 1
  }

  private func check(
    _ shape: [Int], against declared: Onnx_TensorShapeProto
  ) throws(GraphError) {
    let agrees =
      shape.count == declared.dim.count
      && zip(shape, declared.dim).allSatisfy { $1.fixedSize ?? $0 == $0 }
    guard agrees else {
      let text = declared.dim.map { $0.fixedSize.map(String.init) ?? "?" }
      throw GraphError(
        .shape, "the shape \(shape) given for it is not [\(text.joined(separator: ", "))]")
    }
  }
}
