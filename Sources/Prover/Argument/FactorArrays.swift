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
    ExpressionArrays(layout: layout, assignment: assignment, foldedModel: foldedModel).make(
      factor, own: own, weights: weights, laneBlocks: check.laneBlocks(plan.equality), shape)
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
