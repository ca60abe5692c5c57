extension GraphImporter {
  /// An order of the nodes in which operands come before their uses: the file's own where that is
  /// one. Names that nothing defines are left to the import of the node.
  func topologicalOrder(
    _ nodes: [Onnx_NodeProto], defined: Set<String>
  ) throws(ImportError) -> [Int] {
    var producers: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for output in node.output where !output.isEmpty {
        guard producers.updateValue(index, forKey: output) == nil, !defined.contains(output) else {
          throw .invalid(
            place: "node \"\(Self.displayName(node))\"",
            reason: "its output \"\(output)\" is defined twice")
        }
      }
    }
    let operands = nodes.map { node in
      Set(node.reads.compactMap { producers[$0] })
    }
    if operands.indices.allSatisfy({ index in operands[index].allSatisfy { $0 < index } }) {
      return Array(nodes.indices)
    }
    return try sort(operands, nodes)
  }

  private func sort(
    _ operands: [Set<Int>], _ nodes: [Onnx_NodeProto]
  ) throws(ImportError) -> [Int] {
    var users = [[Int]](repeating: [], count: nodes.count)
    var missing = operands.map(\.count)
    for (index, sources) in operands.enumerated() {
      for source in sources { users[source].append(index) }
    }
    var order = nodes.indices.filter { missing[$0] == 0 }
    var next = 0
    while next < order.count {
      for user in users[order[next]].sorted() {
        missing[user] -= 1
        if missing[user] == 0 { order.append(user) }
      }
      next += 1
    }
    guard order.count == nodes.count else {
      let names = nodes.indices.filter { missing[$0] > 0 }.prefix(5)
        .map { Self.displayName(nodes[$0]) }
      throw .invalid(
        place: "graph", reason: "nodes depend on each other in a cycle, among them \(names)")
    }
    return order
  }
}
