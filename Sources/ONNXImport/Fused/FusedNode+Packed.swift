import TensorGraph

// Weights of few bits, several of them in a byte, with a scale and a zero point for each block of them.
extension FusedNode {
  /// A product with a constant matrix of 2, 4 or 8 bits: a, the blocks of each column of the matrix, their
  /// scales, their zero points, the number of the block that each row is of, and what is added.
  func packedProduct() throws(GraphError) -> [Onnx_NodeProto] {
    var parts = start()
    let matrix = parts.add(try packedMatrix(), step: "weights")
    let product = parts.add("MatMul", [operand(0), matrix], step: has(5) ? "product" : nil)
    if has(5) { parts.add("Add", [product, operand(5)]) }
    return parts.nodes
  }

  /// The matrix's reals.
  private func packedMatrix() throws(GraphError) -> Onnx_TensorProto {
    let (rows, columns) = (try size("K"), try size("N"))
    let (block, bits) = (try size("block_size"), int("bits") ?? 4)
    guard [2, 4, 8].contains(bits) else {
      throw GraphError(.unsupported, "weights of \(bits) bits; those of 2, 4 and 8 are supported")
    }
    guard block * bits % 8 == 0 else {
      throw GraphError(.attribute, "blocks of \(block) weights are no whole bytes")
    }
    let count = (rows - 1) / block + 1
    let bytes = count * (block * bits / 8)
    let packed = try integers(1, "weights", columns * bytes)
    let scales = try reals(2, "scales", columns * count)
    let zeros = try zeroPoints(columns: columns, blocks: count, bits: bits)
    let groups = try groups(rows, block, count)
    var weights = [Float](repeating: 0, count: rows * columns)
    for column in 0..<columns {
      let values = Self.unpacked(
        Array(packed[column * bytes..<(column + 1) * bytes]), bits: bits)
      for row in 0..<rows {
        let group = column * count + groups[row]
        weights[row * columns + column] = (Float(values[row]) - zeros[group]) * scales[group]
      }
    }
    return .reals(weights, shape: [rows, columns])
  }

  /// The zero point of each block of each column: half of the range where none is given, integers of which
  /// several share a byte, or reals.
  private func zeroPoints(
    columns: Int, blocks: Int, bits: Int
  ) throws(GraphError) -> [Float] {
    guard has(3) else {
      return [Float](repeating: Float(1 << (bits - 1)), count: columns * blocks)
    }
    guard constant(3)?.integers != nil else {
      return try reals(3, "zero points", columns * blocks)
    }
    let row = (blocks * bits - 1) / 8 + 1
    let packed = try integers(3, "zero points", columns * row)
    return (0..<columns).flatMap { column in
      Self.unpacked(Array(packed[column * row..<(column + 1) * row]), bits: bits).prefix(blocks)
        .map(Float.init)
    }
  }

  /// The number of the block that each row is of.
  private func groups(_ rows: Int, _ block: Int, _ count: Int) throws(GraphError) -> [Int] {
    guard has(4) else { return (0..<rows).map { $0 / block } }
    guard !has(3) else {
      throw GraphError(
        .unsupported, "zero points beside the blocks of rows, which ONNX Runtime leaves out")
    }
    guard let given = constant(4)?.integers, given.count >= rows,
      given.prefix(rows).allSatisfy({ (0..<Int64(count)).contains($0) })
    else {
      throw GraphError(.unsupported, "the blocks of its rows are not known, or do not exist")
    }
    return given.prefix(rows).map { Int($0) }
  }

  /// The integers without sign that share bytes, the first in the lowest bits.
  private static func unpacked(_ bytes: [Int64], bits: Int) -> [Int64] {
    bytes.flatMap { byte in
      stride(from: 0, to: 8, by: bits).map { byte >> Int64($0) & (1 << Int64(bits) - 1) }
    }
  }

  /// Rows of a table of few bits, which the second operand names; nil where the table is no constant. Of bytes
  /// the last axis has several integers in each, about half of their range if no zero point is given.
  func packedRows() throws(GraphError) -> [Onnx_NodeProto]? {
    guard let table = constant(0)?.integers, let own = shape(0), let scales = shape(2) else {
      return nil
    }
    var parts = start()
    var operands = [operand(0), operand(2), operand(3)]
    let bits = int("bits") ?? 4
    if case .unsigned(bits: 8)? = format(0), [2, 4, 8].contains(bits), !own.isEmpty, !scales.isEmpty
    {
      let whole = own.dropLast() + [own[own.count - 1] * (8 / bits)]
      operands[0] = parts.add(
        .bytes(Self.unpacked(table, bits: bits), shape: Array(whole)), step: "integers")
      operands[2] = parts.add(
        .bytes(try packedZeroPoints(scales, bits: bits), shape: scales), step: "zero points")
    }
    let real = parts.add(
      "DequantizeLinear", operands, step: "table",
      [.int("axis", int("quantize_axis") ?? 1), .int("block_size", int("block_size") ?? 128)])
    parts.add("Gather", [real, operand(1)], [.int("axis", int("gather_axis") ?? 0)])
    return parts.nodes
  }

  /// The zero points of a table's blocks, which have its scales' shape.
  private func packedZeroPoints(
    _ scales: [Int], bits: Int
  ) throws(GraphError) -> [Int64] {
    guard has(3) else {
      return [Int64](repeating: 1 << Int64(bits - 1), count: scales.reduce(1, *))
    }
    guard let last = scales.last, last > 0 else { return [] }
    let row = (last * bits - 1) / 8 + 1
    let packed = try integers(3, "zero points", scales.dropLast().reduce(row, *))
    return stride(from: 0, to: packed.count, by: row).flatMap { start in
      Self.unpacked(Array(packed[start..<start + row]), bits: bits).prefix(last)
    }
  }

  private func size(_ name: String) throws(GraphError) -> Int {
    guard let value = int(name), 1...Shape.maximumElements ~= value else {
      throw GraphError(.attribute, "the attribute \"\(name)\" is missing, or out of range")
    }
    return value
  }

  /// The bytes of a constant operand.
  private func integers(
    _ position: Int, _ what: String, _ count: Int
  ) throws(GraphError) -> [Int64] {
    guard let values = try known(position, what, count).integers,
      values.allSatisfy({ 0...255 ~= $0 })
    else { throw GraphError(.elementType, "its \(what) are no bytes") }
    return values
  }

  private func reals(
    _ position: Int, _ what: String, _ count: Int
  ) throws(GraphError) -> [Float] {
    let values = try known(position, what, count)
    return values.integers?.map(Float.init) ?? values.reals
  }

  private func known(
    _ position: Int, _ what: String, _ count: Int
  ) throws(GraphError) -> Tensor {
    guard let value = constant(position) else {
      throw GraphError(.unsupported, "its \(what) are not constant")
    }
    guard value.shape.reduce(1, *) == count else {
      throw GraphError(
        .shape, "its \(what) have the shape \(value.shape) and should be \(count)")
    }
    return value
  }
}
