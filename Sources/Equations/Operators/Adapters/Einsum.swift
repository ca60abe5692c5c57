import ConstraintSystem
import TensorGraph

/// ONNX's Einsum: its text says which axes of its operands run together, and so is an equation.
public enum Einsum {
  /// Appends the equation that a node's attribute `equation` says.
  ///
  /// Throws `.attribute` for a text that is none, `.shape` where operands do not fit it, and what
  /// appending an equation throws.
  public static func append(
    _ node: OperatorNode, to builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    do throws(GraphError) {
      guard case .text(let text)? = node.attributes["equation"], node.attributes.count == 1 else {
        throw GraphError(.attribute, "it has the one attribute \"equation\"")
      }
      let operands = node.operands.compactMap { $0 }
      guard operands.count == node.operands.count, !operands.isEmpty else {
        throw GraphError(.structure, "an operand is missing")
      }
      let parsed = try EinsumText(text, count: operands.count)
      let equation = try parsed.equation(operands.map { builder[$0].shape })
      let kind = equation.value.kind(operands.map { builder[$0].kind })
      return try builder.append(
        equation, kind: kind, operands, layer: node.layer,
        name: node.outputs.first.flatMap { $0 } ?? node.name)
    } catch {
      throw error.at(node: node.name)
    }
  }
}

/// A text such as `...ij,jk->...ik`.
private struct EinsumText {
  enum Label: Hashable {
    case letter(Character)
    /// An axis of the dots, counted from the last.
    case dots(Int)
  }

  enum Part {
    case letter(Character)
    case dots
  }

  private var operands: [[Part]] = []
  /// Nil where the text leaves it out: letters that stand once, in alphabetical order, after the
  /// dots.
  private var result: [Part]?

  init(_ text: String, count: Int) throws(GraphError) {
    let sides = text.filter { $0 != " " }.split(separator: "->", omittingEmptySubsequences: false)
    guard (1...2).contains(sides.count) else {
      throw GraphError(.attribute, "the equation \"\(text)\" has \(sides.count - 1) arrows")
    }
    for operand in sides[0].split(separator: ",", omittingEmptySubsequences: false) {
      operands.append(try Self.parts(operand, of: text))
    }
    guard operands.count == count else {
      throw GraphError(
        .attribute, "the equation \"\(text)\" is of \(operands.count) operands, not \(count)")
    }
    if sides.count == 2 { result = try Self.parts(sides[1], of: text) }
  }

  private static func parts(_ side: Substring, of text: String) throws(GraphError) -> [Part] {
    var parts: [Part] = []
    var rest = side
    var hasDots = false
    while let character = rest.first {
      if rest.hasPrefix("..."), !hasDots {
        rest.removeFirst(3)
        hasDots = true
        parts.append(.dots)
      } else if character.isLetter, character.isASCII {
        rest.removeFirst()
        parts.append(.letter(character))
      } else {
        throw GraphError(.attribute, "the equation \"\(text)\" has a '\(character)'")
      }
    }
    return parts
  }

  func equation(_ shapes: [[Int]]) throws(GraphError) -> Equation {
    var labels: [[Label]] = []
    for (parts, shape) in zip(operands, shapes) {
      labels.append(try Self.labels(parts, rank: shape.count))
    }
    let dots = labels.joined().reduce(0) { depth, label in
      if case .dots(let place) = label { max(depth, place + 1) } else { depth }
    }
    let result = try resultLabels(labels, dots: dots)
    guard Set(result).count == result.count, Set(result).isSubset(of: labels.joined()) else {
      throw GraphError(.attribute, "the equation's result has axes twice, or that no operand has")
    }
    return equation(labels, result, try Self.sizes(labels, shapes), shapes)
  }

  private func equation(
    _ labels: [[Label]], _ result: [Label], _ sizes: [Label: Int], _ shapes: [[Int]]
  ) -> Equation {
    var order = result
    var places: [Label: Int] = [:]
    for (place, label) in result.enumerated() { places[label] = place }
    for label in labels.joined() where places[label] == nil {
      places[label] = order.count
      order.append(label)
    }
    var value: RealExpression?
    for (operand, axes) in labels.enumerated() {
      // An axis of one element is repeated.
      let positions = zip(axes, shapes[operand]).map { label, size in
        ReadPosition.affine(size == 1 ? AffineIndex() : AffineIndex(index: places[label] ?? 0))
      }
      let read = RealExpression.read(OperandRead(operand: operand, positions: positions))
      value = value.map { .binary(.multiply, $0, read) } ?? read
    }
    let bound = Array(result.count..<order.count)
    let product = value ?? .constant(1)
    return Equation(
      indices: order.map { .init(name: Self.name($0), size: sizes[$0] ?? 1) },
      domainRank: result.count, value: bound.isEmpty ? product : .reduce(.sum, over: bound, product)
    )
  }

  private static func name(_ label: Label) -> String {
    switch label {
    case .letter(let letter): String(letter)
    case .dots(let place): "dot\(place)"
    }
  }

  /// The labels of an operand's axes.
  private static func labels(_ parts: [Part], rank: Int) throws(GraphError) -> [Label] {
    let letters = parts.count { if case .letter = $0 { true } else { false } }
    guard rank == letters || rank > letters && letters < parts.count else {
      throw GraphError(.shape, "an operand of \(rank) axes where the equation has \(letters)")
    }
    return labels(parts, dots: rank - letters)
  }

  private static func labels(_ parts: [Part], dots: Int) -> [Label] {
    parts.flatMap { part -> [Label] in
      switch part {
      case .letter(let letter): [.letter(letter)]
      case .dots: (0..<dots).reversed().map { .dots($0) }
      }
    }
  }

  private func resultLabels(
    _ labels: [[Label]], dots: Int
  ) throws(GraphError) -> [Label] {
    if let result { return Self.labels(result, dots: dots) }
    var counts: [Character: Int] = [:]
    for case .letter(let letter) in labels.joined() { counts[letter, default: 0] += 1 }
    let once = counts.filter { $0.value == 1 }.keys.sorted()
    return Self.labels([.dots], dots: dots) + once.map { .letter($0) }
  }

  private static func sizes(
    _ labels: [[Label]], _ shapes: [[Int]]
  ) throws(GraphError) -> [Label: Int] {
    var sizes: [Label: Int] = [:]
    for (axes, shape) in zip(labels, shapes) {
      for (label, size) in zip(axes, shape) {
        let known = sizes[label, default: size]
        guard known == size || known == 1 || size == 1 else {
          throw GraphError(.shape, "the axis \(name(label)) is \(size) and should be \(known)")
        }
        sizes[label] = max(known, size)
      }
    }
    return sizes
  }
}
