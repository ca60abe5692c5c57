import Argument
import CKernels
import ConstraintSystem
import FieldArithmetic
import Kernels
import Witness

/// Makes linear expressions into arrays over some of their indices, by summing every other index out in
/// one pass over each tensor.
struct ExpressionArrays {
  let layout: Layout
  let assignment: Assignment
  /// The model folded over its lanes, by rows.
  let foldedModel: ExtensionVector?

  /// - Parameters:
  ///   - own: the indices that are summed out, under `weights`.
  ///   - laneBlocks: the weights of the blocks of lanes where a model tensor is read.
  func make(
    _ expression: LinearExpression, own: [Int], weights: [AxisVector?], laneBlocks: AxisVector?,
    _ shape: SharedShape
  ) -> ExtensionVector {
    if own.isEmpty && !expression.terms.contains(where: { isModel($0.read.tensor) }) {
      return gathered(expression, shape)
    }
    let result = ExtensionVector(zeros: shape.count)
    result.raw.fill(.zero, count: shape.count)
    let ownSum = own.reduce(Fp3.one) { $0 * (weights[$1]?.sum ?? .one) }
    if expression.constant != 0 {
      shape.visit { address, _ in result.raw[address] += ownSum * Fp3(expression.constant) }
    }
    for term in expression.terms {
      var contraction = ReadContraction(
        layout: layout, assignment: assignment, own: own, weights: weights)
      contraction.foldedModel = foldedModel
      contraction.laneBlocks = laneBlocks
      contraction.add(term, to: result.raw, shape)
    }
    return result
  }

  private func isModel(_ tensor: Int) -> Bool { layout.system.tensors[tensor].role == .model }

  /// An expression that has no index of its own: its integers, as they are.
  private func gathered(_ expression: LinearExpression, _ shape: SharedShape) -> ExtensionVector {
    let values = UnsafeMutablePointer<Int64>.allocate(capacity: shape.count)
    defer { values.deallocate() }
    values.initialize(repeating: 0, count: shape.count)
    ReadGather(tensors: layout.system.tensors, assignment: assignment).gather(
      expression, indices: shape.indices, ranges: shape.sizes.map { (start: 0, count: $0) },
      strides: shape.strides, into: values)
    let result = ExtensionVector(zeros: shape.count)
    result.raw.fill(.zero, count: shape.count)
    ck_from_int(CK_I64, values, result.raw.base, shape.count)
    return result
  }
}

/// The indices that an array is over, such as the shared ones of a product, each with room for a power of
/// two of values.
struct SharedShape {
  let indices: [Int]
  let sizes: [Int]
  let bits: [Int]
  let strides: [Int]
  /// The number of elements of an array over them.
  let count: Int

  init(_ plan: ProductPlan, _ equality: Equality) {
    self.init(plan.shared, sizes: plan.shared.map { equality.indices[$0].size })
  }

  init(_ indices: [Int], sizes: [Int]) {
    self.indices = indices
    self.sizes = sizes
    bits = sizes.map { bitsNeeded(for: $0) }
    strides = rowMajorStrides(bits.map { 1 << $0 })
    count = 1 << bits.reduce(0, +)
  }

  /// Calls the body for all values of the indices, with the address in an array.
  func visit(_ body: (Int, [Int]) -> Void) {
    let region = GatherRegion(
      indices: indices, ranges: sizes.map { (start: 0, count: $0) }, strides: strides)
    region.forEachRow { offset, starts in
      var values = starts
      for i in 0..<region.rowCount {
        if !values.isEmpty { values[values.count - 1] = i }
        body(offset + i * region.rowStride, values)
      }
    }
  }
}
