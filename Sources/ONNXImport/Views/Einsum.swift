import ConstraintSystem
import Equations
import TensorGraph

/// A sum of products in index notation; letters of the result span it, all others are summed over.
@Sendable
func importEinsum(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  guard let text = try node.string("equation") else {
    throw GraphError(.attribute, "the attribute \"equation\" is missing")
  }
  var operands = try node.allInputs()
  let shapes = operands.map { builder[$0].shape }
  var notation = try EinsumNotation(text, ranks: shapes.map(\.count))
  for position in operands.indices {
    operands[position] = try node.diagonal(
      operands[position], &notation.operands[position], &builder)
  }
  let equation = try notation.equation(operands.map { builder[$0].shape })
  let kinds = operands.map { builder[$0].kind }
  let kind = kinds.allSatisfy { $0 != .real } ? ElementKind.integer : .real
  return [try node.emit(equation, kind: kind, operands, to: &builder)]
}

/// The letters of an einsum, with a letter of its own for each axis that an ellipsis stands for.
private struct EinsumNotation {
  var operands: [[String]] = []
  var result: [String]

  init(_ text: String, ranks: [Int]) throws(GraphError) {
    let sides = text.filter { $0 != " " }.components(separatedBy: "->")
    let lists = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard sides.count <= 2, lists.count == ranks.count else {
      throw GraphError(
        .attribute, "the equation \"\(text)\" does not fit its \(ranks.count) operands")
    }
    var ellipsis = 0
    var parsed: [[String]] = []
    for (list, rank) in zip(lists, ranks) {
      let letters = try Self.letters(list, text)
      let hidden = rank - letters.count { $0 != "..." }
      guard letters.contains("...") ? hidden >= 0 : hidden == 0 else {
        throw GraphError(
          .shape, "the part \"\(list)\" of the equation does not fit an operand of \(rank) axes")
      }
      if letters.contains("...") { ellipsis = max(ellipsis, hidden) }
      parsed.append(letters)
    }
    for (letters, rank) in zip(parsed, ranks) {
      operands.append(Self.expanded(letters, rank - letters.count { $0 != "..." }, of: ellipsis))
    }
    if sides.count == 2 {
      result = Self.expanded(try Self.letters(sides[1], text), ellipsis, of: ellipsis)
    } else {
      // Without a result: what an ellipsis stands for, then the letters that occur once, in order.
      let all = operands.flatMap { $0 }.filter { $0.count == 1 }
      let once = Set(all).filter { letter in all.count { $0 == letter } == 1 }
      result = Self.expanded(["..."], ellipsis, of: ellipsis) + once.sorted()
    }
    let known = Set(operands.flatMap { $0 })
    guard Set(result).count == result.count, result.allSatisfy(known.contains) else {
      throw GraphError(
        .attribute, "the result of the equation \"\(text)\" repeats a letter, or has one of its own"
      )
    }
  }

  private static func letters(_ part: String, _ text: String) throws(GraphError) -> [String] {
    var letters: [String] = []
    var rest = Substring(part)
    while let first = rest.first {
      if rest.hasPrefix("...") {
        letters.append("...")
        rest = rest.dropFirst(3)
        continue
      }
      guard first.isASCII, first.isLetter else {
        throw GraphError(.attribute, "the equation \"\(text)\" holds \"\(first)\"")
      }
      letters.append(String(first))
      rest = rest.dropFirst()
    }
    guard letters.count(where: { $0 == "..." }) <= 1 else {
      throw GraphError(.attribute, "a part of the equation \"\(text)\" has two ellipses")
    }
    return letters
  }

  /// Hidden axes are counted from the last, as they broadcast.
  private static func expanded(_ letters: [String], _ hidden: Int, of all: Int) -> [String] {
    letters.flatMap { letter in
      letter == "..." ? (0..<hidden).map { "axis\(all - hidden + $0)" } : [letter]
    }
  }

  func equation(_ shapes: [[Int]]) throws(GraphError) -> Equation {
    var sizes: [String: Int] = [:]
    for (letters, shape) in zip(operands, shapes) {
      for (letter, extent) in zip(letters, shape) {
        let known = sizes[letter] ?? 1
        guard known == 1 || extent == 1 || known == extent else {
          throw GraphError(
            .shape, "the letter \"\(letter)\" stands for \(known) and for \(extent) elements")
        }
        sizes[letter] = max(known, extent)
      }
    }
    let summed = Set(sizes.keys).subtracting(result).sorted()
    let order = result + summed
    var numbers: [String: Int] = [:]
    for (number, letter) in order.enumerated() { numbers[letter] = number }
    let reads = operands.indices.map { place in
      RealExpression.read(
        OperandRead(
          operand: place,
          positions: zip(operands[place], shapes[place]).map { letter, extent in
            // A single element serves all values of the letter.
            .affine(extent == 1 ? AffineIndex() : AffineIndex(index: numbers[letter] ?? 0))
          }))
    }
    let product = reads.dropFirst().reduce(reads[0]) { .binary(.multiply, $0, $1) }
    let places = summed.indices.map { result.count + $0 }
    return Equation(
      indices: order.map { .init(name: $0, size: sizes[$0] ?? 1) }, domainRank: result.count,
      value: places.isEmpty ? product : .reduce(.sum, over: places, product))
  }
}

extension NodeView {
  /// An operand in which no letter occurs twice: of axes with one letter the diagonal.
  fileprivate func diagonal(
    _ operand: ValueID, _ letters: inout [String], _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    var operand = operand
    while let second = letters.indices.first(where: { letters[..<$0].contains(letters[$0]) }),
      let first = letters.firstIndex(of: letters[second])
    {
      let shape = builder[operand].shape
      guard shape[first] == shape[second] else {
        throw GraphError(.shape, "the letter \"\(letters[first])\" stands for axes of two sizes")
      }
      let others = shape.indices.filter { $0 != first && $0 != second }
      let (extent, kept) = (shape[first], others.map { shape[$0] })
      let turned = try emit(
        .transpose(others + [first, second]), [operand], to: &builder, step: "turned")
      let flat = try emit(
        .reshape(kept + [extent * extent]), [turned], to: &builder, step: "flat")
      let slices =
        kept.map { ViewStep.AxisSlice(all: $0) }
        + [.init(start: 0, count: extent, step: extent == 1 ? 1 : extent + 1)]
      operand = try emit(.slice(slices), [flat], to: &builder, step: "diagonal")
      letters = others.map { letters[$0] } + [letters[first]]
    }
    return operand
  }
}
