import ConstraintSystem
import Equations
import TensorGraph

/// Where the elements of an image are seen through affine maps: coordinates from −1 to 1, of the last
/// axis first, and a constant 1, times a matrix for each image.
@Sendable
func importAffineGrid(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  let shape = builder[operand].shape
  let size = try node.constantInts(1, "size", builder) ?? []
  let image = Array(size.dropFirst(2))
  let rank = image.count
  guard rank == 2 || rank == 3, shape == [size[0], rank, rank + 1], image.allSatisfy({ $0 > 0 })
  else { throw GraphError(.shape, "maps of the shape \(shape) do not fit images of \(size)") }
  let isAligned = try node.flag("align_corners")
  guard !isAligned || !image.contains(1) else {
    throw GraphError(
      .unsupported, "corners are aligned of images \(image), which have no second one")
  }
  let count = try Shape.elementCount(image + [rank + 1])
  try builder.reserve(elements: count)
  var values: [Float] = []
  values.reserveCapacity(count)
  for position in 0..<count / (rank + 1) {
    var rest = position
    for axis in image.indices.reversed() {
      let (place, extent) = (Double(rest % image[axis]), Double(image[axis]))
      values.append(
        Float(isAligned ? 2 * place / (extent - 1) - 1 : (2 * place + 1) / extent - 1))
      rest /= image[axis]
    }
    values.append(1)
  }
  let grid = node.emit(
    constant: try Tensor(shape: image + [rank + 1], real: values), to: &builder, step: "grid")
  func place(_ index: Int) -> ReadPosition { .affine(AffineIndex(index: index)) }
  // Indices: the image's number, its axes, the coordinate, and that of the grid.
  let summed = rank + 2
  let product = RealExpression.binary(
    .multiply,
    .read(OperandRead(operand: 0, positions: [place(0), place(rank + 1), place(summed)])),
    .read(OperandRead(operand: 1, positions: (1...rank).map(place) + [place(summed)])))
  let target = [shape[0]] + image + [rank]
  let equation = Equation(
    indices: (target + [rank + 1]).enumerated().map {
      .init(name: "i\($0.offset)", size: $0.element)
    }, domainRank: target.count, value: .reduce(.sum, over: [summed], product))
  return [try node.emit(equation, [operand, grid], to: &builder)]
}
