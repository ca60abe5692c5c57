import TensorGraph

// Attention whose operands and masks have one of several forms, as that of the one form that the operators'
// texts have: rows of heads, a mask of keys, and what is added to the scores.
extension FusedNode {
  /// The nodes of an attention; nil for any other node, and for one that has that form already.
  func attentionParts() throws(GraphError) -> [Onnx_NodeProto]? {
    if operation == "GroupQueryAttention" { return unpackedHeads() }
    guard ["Attention", "MultiHeadAttention", "QAttention"].contains(operation), isComplete else {
      return nil
    }
    for option in ["do_rotary", "past_present_share_buffer"] where (int(option) ?? 0) != 0 {
      throw GraphError(
        .unsupported, "its option \(option) is not supported: optimise the network without it")
    }
    switch operation {
    case "Attention": return try selfAttention()
    case "QAttention": return try quantisedAttention()
    default: return try severalHeads()
    }
  }

  /// Queries, keys and values that are in one operand, head by head; nil where they are not.
  private func unpackedHeads() -> [Onnx_NodeProto]? {
    guard node.input.count > 2, !has(1), !has(2),
      let queries = int("num_heads"), let pairs = int("kv_num_heads"),
      1...Self.mostHeads ~= queries, 1...Self.mostHeads ~= pairs
    else { return nil }
    let heads = (0..<queries + 2 * pairs).map { "\(output)/head\($0)" }
    var parts = start()
    parts.add("Split", [operand(0)], results: heads, [.int("axis", -1)])
    var operands = node.input
    for (place, range) in [
      0..<queries, queries..<queries + pairs, queries + pairs..<queries + 2 * pairs,
    ].enumerated() {
      operands[place] = parts.add(
        "Concat", Array(heads[range]), step: "operand\(place)", [.int("axis", -1)])
    }
    parts.add(
      operation, operands, results: node.output, node.attribute, domain: "com.microsoft")
    return parts.nodes
  }

  /// More heads than any network has.
  private static let mostHeads = 1 << 12

  /// The operands are what is attended to, weights, what is added, a mask, earlier keys and values, and what is
  /// added to the scores.
  private func selfAttention() throws(GraphError) -> [Onnx_NodeProto]? {
    let sizes = try headSizes()
    guard sizes[0] != sizes[2] || !(shape(3)?.count ?? 2 == 2) || hasDefaults else { return nil }
    var parts = start()
    let product = parts.add(
      "MatMul", [operand(0), operand(1)], step: has(2) ? "product" : "projected")
    if has(2) { parts.add("Add", [product, operand(2)], step: "projected") }
    try attend(sizes, mask: 3, past: 4, added: operand(5), &parts)
    return parts.nodes
  }

  /// Whether an attribute says what no text has to know.
  private var hasDefaults: Bool {
    ["do_rotary", "rotary_embedding_dim", "past_present_share_buffer"].contains {
      attribute($0) != nil
    }
  }

  /// The same of integers: what is attended to, weights, what is added, the two scales, a mask, the two zero
  /// points, and earlier keys and values.
  private func quantisedAttention() throws(GraphError) -> [Onnx_NodeProto] {
    let sizes = try headSizes()
    var parts = start()
    parts.add(
      "MatMulIntegerToFloat", [0, 1, 3, 4, 6, 7, 2].map(operand), step: "projected",
      domain: "com.microsoft")
    try attend(sizes, mask: 5, past: 8, added: "", &parts)
    return parts.nodes
  }

  /// How wide queries, keys and values are.
  private func headSizes() throws(GraphError) -> [Int] {
    guard let columns = shape(1)?.last, let rows = shape(0), rows.count == 3 else {
      throw GraphError(.shape, "it attends to \(shape(0) ?? []), which are no rows of texts")
    }
    let given = attribute("qkv_hidden_sizes")?.ints.compactMap { Int(exactly: $0) } ?? []
    let sizes = given.isEmpty ? [Int](repeating: columns / 3, count: 3) : given
    guard sizes.count == 3, sizes.allSatisfy({ 1 <= $0 && $0 <= columns }), sizes[0] == sizes[1],
      sizes.reduce(0, +) == columns
    else {
      throw GraphError(.attribute, "queries, keys and values of \(sizes) do not fit \(columns)")
    }
    return sizes
  }

  /// Attention by rows that have queries, keys and values.
  private func attend(
    _ sizes: [Int], mask: Int, past: Int, added: String, _ parts: inout NodeParts
  ) throws(GraphError) {
    let projected = parts.named("projected")
    var (operands, start) = ([String](), 0)
    for (name, size) in zip(["query", "key", "value"], sizes) {
      operands.append(parts.take(projected, start..<start + size, axis: 2, step: name))
      start += size
    }
    operands += ["", operand(mask), added] + earlier(past, &parts)
    let own = attributes(without: [
      "qkv_hidden_sizes", "do_rotary", "rotary_embedding_dim", "past_present_share_buffer",
    ])
    // Keys and values of unlike width are not joined.
    let isKept = node.output.count > 1 && !node.output[1].isEmpty && sizes[0] == sizes[2]
    let present = ["keys", "values"].map { parts.named($0) }
    parts.add(
      "MultiHeadAttention", operands, results: [parts.named(nil)] + (isKept ? present : []), own,
      domain: "com.microsoft")
    guard isKept else { return }
    parts.add("SequenceConstruct", present, results: [parts.named("present")])
    parts.add(
      "ConcatFromSequence", [parts.named("present")], results: [node.output[1]],
      [.int("axis", 0), .int("new_axis", 1)])
  }

  /// Keys and values of earlier calls, which share an operand; none where it is left out.
  private func earlier(_ past: Int, _ parts: inout NodeParts) -> [String] {
    guard let shape = shape(past) else { return [] }
    return ["earlier keys", "earlier values"].enumerated().map { place, name in
      let taken = parts.take(operand(past), place..<place + 1, axis: 0, step: "\(name)/taken")
      return parts.reshape(taken, Array(shape.dropFirst()), step: name)
    }
  }
}
