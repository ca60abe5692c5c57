import TensorGraph

// Attention of several heads, the operands of which are packed, or head by head, or masked in another way.
extension FusedNode {
  /// The operands are queries, keys, values, what is added to them, a mask, what is added to the scores, and
  /// earlier keys and values.
  func severalHeads() throws(GraphError) -> [Onnx_NodeProto]? {
    var parts = start()
    var operands = node.input + [String](repeating: "", count: max(0, 6 - node.input.count))
    let isRewritten = [
      try unpack(&operands, &parts), try headByHead(&operands, &parts),
      try masked(&operands, &parts),
    ].contains(true)
    guard isRewritten else { return nil }
    parts.add(
      operation, operands, results: node.output, node.attribute, domain: "com.microsoft")
    return parts.nodes
  }

  /// Queries, keys and values that share an operand, or keys and values that do: `[batch, n, heads, 3, d]` and
  /// `[batch, n, heads, 2, d]`.
  private func unpack(
    _ operands: inout [String], _ parts: inout NodeParts
  ) throws(GraphError) -> Bool {
    let position = shape(0)?.count == 5 ? 0 : 1
    guard let packed = shape(position), packed.count == 5 else { return false }
    guard packed[3] == 3 - position, !has(position + 1) else {
      throw GraphError(.shape, "packed heads of the shape \(packed) are not \(3 - position)")
    }
    for place in 0..<packed[3] {
      let taken = parts.take(
        operand(position), place..<place + 1, axis: 3, step: "unpacked \(place)")
      operands[position + place] = parts.reshape(
        taken, [packed[0], packed[1], packed[2] * packed[4]], step: "operand \(position + place)")
    }
    return true
  }

  /// Keys and values of the shape `[batch, heads, n, d]`, to which nothing is added.
  private func headByHead(
    _ operands: inout [String], _ parts: inout NodeParts
  ) throws(GraphError) -> Bool {
    guard shape(1)?.count == 4, let values = shape(2), values.count == 4 else { return false }
    guard !has(3) else {
      throw GraphError(.unsupported, "keys head by head, to which something is added")
    }
    for place in 1...2 {
      guard let shape = shape(place) else { continue }
      let turned = parts.turn(operand(place), [0, 2, 1, 3], step: "rows \(place)")
      operands[place] = parts.reshape(
        turned, [shape[0], shape[2], shape[1] * shape[3]], step: "operand \(place)")
    }
    return true
  }

  /// A mask that says where the keys end, and where they begin, and one of each query.
  private func masked(
    _ operands: inout [String], _ parts: inout NodeParts
  ) throws(GraphError) -> Bool {
    guard let mask = shape(4), mask.count != 2 else { return false }
    guard let batch = shape(0)?.first, let total = keyCount() else { return false }
    switch mask.count {
    case 1:
      operands[4] = try keyMask(mask[0], batch: batch, total: total, &parts)
    case 3:
      guard mask[0] == batch, mask[2] == total else {
        throw GraphError(
          .shape, "a mask of the shape \(mask) does not fit \(batch) texts of \(total)")
      }
      operands[5] = scoreMask(mask, &parts)
      operands[4] = ""
    default:
      throw GraphError(
        .unsupported, "its mask has the shape \(mask); masks of one to three axes are supported")
    }
    return true
  }

  /// How many keys there are, earlier ones included.
  private func keyCount() -> Int? {
    guard let keys = shape(has(1) ? 1 : 0), keys.count > 2 else { return nil }
    let earlier = shape(6).map { $0.count > 2 ? $0[2] : 0 } ?? 0
    return earlier + keys[keys.count == 4 ? 2 : 1]
  }

  /// 1 for each key that is before its text's end, and not before its beginning. The list has the ends, and then
  /// nothing, the beginnings, or where the texts' queries and keys begin, which do not matter here.
  private func keyMask(
    _ count: Int, batch: Int, total: Int, _ parts: inout NodeParts
  ) throws(GraphError) -> String {
    guard [batch, 2 * batch, 3 * batch + 2].contains(count) else {
      throw GraphError(.shape, "a mask of \(count) numbers does not fit \(batch) texts")
    }
    let places = parts.add(Array(0..<total), step: "mask/keys")
    func isBefore(_ range: Range<Int>, _ name: String) -> String {
      let taken = parts.take(operand(4), range, axis: 0, step: "mask/\(name)/taken")
      let column = parts.reshape(taken, [batch, 1], step: "mask/\(name)")
      return parts.add("Less", [places, column], step: "mask/before \(name)")
    }
    var seen = isBefore(0..<batch, "ends")
    if count == 2 * batch {
      let early = isBefore(batch..<2 * batch, "beginnings")
      let late = parts.add("Not", [early], step: "mask/late")
      seen = parts.add("And", [seen, late], step: "mask/seen")
    }
    return parts.add("Cast", [seen], step: "mask/numbers", [.int("to", 6)])
  }

  /// What is added to the scores where a query does not see a key, and what is added besides.
  private func scoreMask(_ shape: [Int], _ parts: inout NodeParts) -> String {
    let zero = parts.add(.integers([0]), step: "mask/zero")
    let seen = parts.add("Less", [zero, operand(4)], step: "mask/seen")
    let nothing = parts.add(.reals([0]), step: "mask/nothing")
    let barred = parts.add(
      .reals([attribute("mask_filter_value")?.f ?? -10000]), step: "mask/barred")
    let added = parts.add("Where", [seen, nothing, barred], step: "mask/scores")
    let mask = parts.reshape(added, [shape[0], 1, shape[1], shape[2]], step: "mask/of heads")
    return has(5) ? parts.add("Add", [mask, operand(5)], step: "mask/added") : mask
  }
}
