import Argument
import CKernels
import ConstraintSystem
import FieldArithmetic
import Kernels
import Witness

/// Makes the two factors of a product into arrays over the shared indices, by summing every other
/// index out in one pass over each tensor.
struct FactorArrays {
  let layout: Layout
  let assignment: Assignment
  let check: ZeroCheck
  /// The model folded over its lanes, by rows.
  let foldedModel: ExtensionVector?

  func make(_ plan: ProductPlan) -> (first: ExtensionVector, second: ExtensionVector) {
    let term = layout.system.equalities[plan.equality].terms[plan.term]
    let shape = SharedShape(plan, layout.system.equalities[plan.equality])
    let first = array(
      term.factors[plan.first], plan.onlyFirst, check.firstFactorWeights(plan), shape, plan)
    scale(first, by: check.firstFactorWeights(plan), shape)
    let second = array(
      term.factors[plan.second], plan.onlySecond, check.secondFactorWeights(plan), shape, plan)
    return (first, second)
  }

  /// - Parameter own: the indices that are summed out, under `weights`.
  private func array(
    _ factor: LinearExpression, _ own: [Int], _ weights: [AxisVector?], _ shape: SharedShape,
    _ plan: ProductPlan
  ) -> ExtensionVector {
    if own.isEmpty && !factor.terms.contains(where: { isModel($0.read.tensor) }) {
      return gathered(factor, shape)
    }
    let result = ExtensionVector(zeros: shape.count)
    result.raw.fill(.zero, count: shape.count)
    let ownSum = own.reduce(Fp3.one) { $0 * (weights[$1]?.sum ?? .one) }
    if factor.constant != 0 {
      shape.visit { address, _ in result.raw[address] += ownSum * Fp3(factor.constant) }
    }
    for term in factor.terms {
      var contraction = ReadContraction(
        layout: layout, assignment: assignment, own: own, weights: weights)
      contraction.foldedModel = foldedModel
      contraction.laneBlocks = check.laneBlocks(plan.equality)
      contraction.add(term, to: result.raw, shape)
    }
    return result
  }

  private func isModel(_ tensor: Int) -> Bool { layout.system.tensors[tensor].role == .model }

  /// A factor that has no index of its own: its integers, as they are.
  private func gathered(_ factor: LinearExpression, _ shape: SharedShape) -> ExtensionVector {
    let values = UnsafeMutablePointer<Int64>.allocate(capacity: shape.count)
    defer { values.deallocate() }
    values.initialize(repeating: 0, count: shape.count)
    ReadGather(tensors: layout.system.tensors, assignment: assignment).gather(
      factor, indices: shape.indices, ranges: shape.sizes.map { (start: 0, count: $0) },
      strides: shape.strides, into: values)
    let result = ExtensionVector(zeros: shape.count)
    result.raw.fill(.zero, count: shape.count)
    ck_from_int(CK_I64, values, result.raw.base, shape.count)
    return result
  }

  /// Multiplies by the weights of the shared indices.
  private func scale(_ array: ExtensionVector, by weights: [AxisVector?], _ shape: SharedShape) {
    var table = ExtensionVector(zeros: 1)
    table.raw[0] = .one
    var count = 1
    for (index, bits) in zip(shape.indices, shape.bits) {
      guard let vector = weights[index] else { continue }
      let next = ExtensionVector(zeros: count << bits)
      next.raw.fill(.zero, count: count << bits)
      let axis = ExtensionVector(zeros: vector.values.count)
      for (i, value) in vector.values.enumerated() { axis.raw[i] = value }
      ck_e_outer_axpy(
        Fp3.one.raw, table.raw, count, axis.raw, vector.values.count,
        next.raw.advanced(by: vector.start), 1 << bits)
      table = next
      count <<= bits
    }
    ck_e_mul(array.raw, table.raw, array.raw, shape.count)
  }
}

/// The shared indices of a product, each with room for a power of two of values.
struct SharedShape {
  let indices: [Int]
  let sizes: [Int]
  let bits: [Int]
  let strides: [Int]
  /// The number of elements of an array over them.
  let count: Int

  init(_ plan: ProductPlan, _ equality: Equality) {
    indices = plan.shared
    sizes = plan.shared.map { equality.indices[$0].size }
    bits = plan.sharedBits
    strides = rowMajorStrides(plan.sharedBits.map { 1 << $0 })
    count = 1 << plan.variables
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
