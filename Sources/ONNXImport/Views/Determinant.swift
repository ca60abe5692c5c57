import ConstraintSystem
import Equations
import TensorGraph

/// Determinants of small matrices: minors of the first rows, one row more each time.
@Sendable
func importDet(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  let shape = builder[operand].shape
  let size = shape.last ?? 0
  guard shape.count >= 2, shape[shape.count - 2] == size, (1...maximumSize).contains(size) else {
    throw GraphError(
      .unsupported, "the determinant of \(shape); up to \(maximumSize) rows are supported")
  }
  let count = shape.dropLast(2).reduce(1, *)
  let matrices = try node.emit(
    .reshape([count, size, size]), [operand], to: &builder, step: "matrices")
  var sets = (0..<size).map { 1 << $0 }
  var minors = try node.emit(
    .slice([.init(all: count), .init(start: 0, count: 1, step: 1), .init(all: size)]), [matrices],
    to: &builder, step: "row 0")
  minors = try node.emit(.reshape([count, size]), [minors], to: &builder, step: "minors 1")
  for row in 1..<max(size, 1) {
    let wider = (0..<1 << size).filter { $0.nonzeroBitCount == row + 1 }
    let signs = node.emit(
      constant: try expansion(wider, sets, size), to: &builder, step: "signs \(row)")
    minors = try node.emit(
      expanded(count, row, [wider.count, size, sets.count]), [matrices, minors, signs],
      to: &builder, step: "minors \(row + 1)")
    sets = wider
  }
  return [try node.emit(.reshape(Array(shape.dropLast(2))), [minors], to: &builder)]
}

/// Of matrices with more rows there are too many minors.
private let maximumSize = 6

/// For each set of columns, column and smaller set: the sign with which an element of the column times
/// the minor of the smaller set counts.
private func expansion(_ wider: [Int], _ sets: [Int], _ size: Int) throws(GraphError) -> Tensor {
  var signs: [Float] = []
  for set in wider {
    for column in 0..<size {
      for other in sets {
        let isPart = other & 1 << column == 0 && other | 1 << column == set
        let behind = (set >> (column + 1)).nonzeroBitCount
        signs.append(isPart ? (behind % 2 == 0 ? 1 : -1) : 0)
      }
    }
  }
  return try Tensor(shape: [wider.count, size, sets.count], real: signs)
}

/// Σ over columns c and sets s of matrix[n, row, c] · minors[n, s] · signs[w, c, s].
private func expanded(_ count: Int, _ row: Int, _ sizes: [Int]) -> Equation {
  func read(_ operand: Int, _ positions: [ReadPosition]) -> RealExpression {
    .read(OperandRead(operand: operand, positions: positions))
  }
  let element = read(
    0, [NodeView.along(0), .affine(AffineIndex(constant: row)), NodeView.along(2)])
  let minor = read(1, [NodeView.along(0), NodeView.along(3)])
  let sign = read(2, [NodeView.along(1), NodeView.along(2), NodeView.along(3)])
  let product = RealExpression.binary(.multiply, .binary(.multiply, element, minor), sign)
  return Equation(
    indices: NodeView.indices([count] + sizes), domainRank: 2,
    value: .reduce(.sum, over: [2, 3], product))
}
