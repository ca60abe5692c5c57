import TensorGraph

// Windows.
extension AttributeBinder {
  func padding(
    _ attribute: AttributeDeclaration, _ arguments: [OperatorExpression], _ scope: SizeScope
  ) throws(GraphError) -> Padding {
    var lists: [[Int]] = []
    for argument in arguments.prefix(4) {
      let list = try scope.vector(argument)
      guard list.count == lists.first?.count ?? list.count else {
        throw GraphError(
          .shape,
          "\(argument.text) has \(list.count) axes where \(arguments[0].text) has "
            + "\(lists[0].count)", at: argument.location)
      }
      lists.append(list)
    }
    let window = SlidingWindow(
      sizes: lists[0], kernel: lists[1], strides: lists[2], dilations: lists[3])
    let pads = try integers(alias(of: attribute.name))
    let automatic = try text("auto_pad")
    guard case .transposedPadding = attribute.kind else {
      let roundingUp = arguments.count == 5 ? try scope.isTrue(arguments[4]) : false
      return try window.padding(pads: pads, automatic: automatic, roundingUp: roundingUp)
    }
    return try window.transposedPadding(
      pads: pads, automatic: automatic, outputShape: try integers("output_shape"),
      beyond: scope.vector(arguments[4]))
  }

  private func integers(_ name: String) throws(GraphError) -> [Int]? {
    switch node.attributes[name] {
    case nil: return nil
    case .ints(let values)?: return values
    case let other?:
      throw GraphError(.attribute, "the attribute \"\(name)\" is \(other.text), not integers")
    }
  }

  private func text(_ name: String) throws(GraphError) -> String? {
    switch node.attributes[name] {
    case nil: return nil
    case .text(let text)?: return text
    case let other?:
      throw GraphError(.attribute, "the attribute \"\(name)\" is \(other.text), not a text")
    }
  }
}
