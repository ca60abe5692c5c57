import CircuitLanguage
import ConstraintSystem
import Equations
import Foundation
import TensorGraph
import Witness

/// A constant of the network as integers.
struct ModelTensor: Hashable {
  var constant: ValueID
  /// The order of its axes.
  var order: [Int]
  /// What its values are multiplied by before they are rounded to `bits` fractional bits.
  var factor: Double
  var bits: Int
  /// The greatest magnitude that is declared.
  var magnitude: Int
  /// What the integers are held to, if they are.
  var limits: ClosedRange<Int>?
  /// How values between two integers are rounded: what something is compared with keeps its side.
  var rounding = FloatingPointRoundingRule.toNearestOrAwayFromZero
}

extension ModelTensor {
  /// The elements as integers, in the order of the axes.
  ///
  /// - Throws: `CompileError.outOfRange` where the magnitude does not hold one.
  func integers(_ tensor: Tensor, name: String) throws(CompileError) -> [Int] {
    let values = try rounded(tensor.doubles, name)
    guard order != Array(order.indices) else { return values }
    let strides = Shape.strides(tensor.shape)
    let shape = order.map { tensor.shape[$0] }
    var result: [Int] = []
    result.reserveCapacity(values.count)
    var place = [Int](repeating: 0, count: shape.count)
    var source = 0
    for _ in values.indices {
      result.append(values[source])
      for axis in shape.indices.reversed() {
        place[axis] += 1
        source += strides[order[axis]]
        if place[axis] < shape[axis] { break }
        source -= shape[axis] * strides[order[axis]]
        place[axis] = 0
      }
    }
    return result
  }

  private func rounded(_ values: [Double], _ name: String) throws(CompileError) -> [Int] {
    // A power of two: as good before the rounding of the product as behind it.
    let scale = scalbn(factor, bits)
    let bounds = limits.map { Double($0.lowerBound)...Double($0.upperBound) }
    let most = Double(magnitude)
    let isNearest = rounding == .toNearestOrAwayFromZero
    var result: [Int] = []
    result.reserveCapacity(values.count)
    for (position, value) in values.enumerated() {
      var scaled = value * scale
      scaled = isNearest ? scaled.rounded(.toNearestOrAwayFromZero) : scaled.rounded(rounding)
      if let bounds { scaled = min(max(scaled, bounds.lowerBound), bounds.upperBound) }
      guard abs(scaled) <= most else {
        throw .outOfRange(
          OutOfRange(
            tensor: name, position: position, value: value, fractionalBits: bits,
            range: -magnitude...magnitude))
      }
      result.append(Int(scaled))
    }
    return result
  }
}

/// The axis along which a sum's constants are laid out first: the argument binds a model tensor by one
/// index of the domain, which what it is multiplied with does not read.
struct ModelLane {
  let form: SumForm
  /// The shape of each operand that is a constant.
  let constants: [Int: [Int]]
  /// The index of the domain; nil where no constant has one.
  private(set) var index: Int?

  init(_ form: SumForm, constants: [Int: [Int]]) {
    self.form = form
    self.constants = constants
    var elements: [Int: Int] = [:]
    for term in form.terms {
      for read in term.factors {
        guard let shape = constants[read.operand] else { continue }
        for axis in shape.indices {
          guard let lane = lane(read, axis, in: term) else { continue }
          elements[lane, default: 0] += shape.reduce(1, *)
        }
      }
    }
    index = elements.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
  }

  /// The index of the domain that a constant's axis is read whole by, if the argument can bind the
  /// constant by it.
  private func lane(_ read: FormRead, _ axis: Int, in term: SumForm.Term) -> Int? {
    guard let shape = constants[read.operand], let index = read.positions[axis].plainIndex,
      index < form.domainRank, form.indices[index].size == shape[axis]
    else { return nil }
    let others = term.factors.filter { $0.operand != read.operand }
    let isShared = others.contains { other in
      other.positions.contains { $0.terms.contains { $0.index == index } }
    }
    return isShared ? nil : index
  }

  /// The order of a constant's axes for a read of it.
  func order(_ read: FormRead, in term: SumForm.Term) -> [Int] {
    var order = Array(read.positions.indices)
    guard let index, let axis = order.first(where: { lane(read, $0, in: term) == index }) else {
      return order
    }
    order.remove(at: axis)
    return [axis] + order
  }
}
