import Equations
import Foundation
import TensorGraph

/// Numbers that stand for nothing but "less than all else", such as a mask of −10⁹ or −∞ before a softmax.
///
/// A value whose readers can't tell how far it is beyond some number (`Blindness`) keeps the scale of
/// what is not beyond, in 32 bits of width, and constants that are added to it are held to a bound. Whatever
/// else is added to them is less.
enum Saturation {
  static let width = 32
  /// The width of what is not beyond all measure, at the most.
  static let innerWidth = 20
  /// What an infinity is in forms: its sums and multiples are still single precision.
  static let infinity = 0x1p100
  /// Constants of this magnitude, which are multiples of an infinity, must be told by nobody.
  static let least = 0x1p90
  /// Doubles lose what is added to numbers from here on.
  static let cancelling = 0x1p26
  /// What is held is so many times what else is added.
  static let dominance = 2.0
  /// Single precision loses what is added to a number from here on.
  static let absorbing = 0x1p27
  /// A mask that absorbs is so many times one that does not, where both are held.
  static let absorbed = 4.0
  /// A mask is one from here on.
  static let mask = 0x1p13
  /// A value has elements beyond all measure where these are so many times the others, and so great.
  static let gap = 6
  static let leastExponent = 10

  /// The greatest constant of a sum of some fractional bits, in its units: 1024, but no less than many
  /// times what is not beyond all measure, and no more than leaves some such constants a sum in 32 bits.
  static func bound(bits: Int) -> Int { 1 << min(max(bits + 10, 22), 28) }

  /// The greatest constant beside values of some range.
  static func bound(of range: ClosedRange<Int>, bits: Int) -> Int {
    max(bound(bits: bits), min(Int(dominance) * (range.magnitude + 1), 1 << 30))
  }

  /// The number, or what stands for it where it is infinite, or as good as that.
  static func finite(_ value: Double) -> Double {
    guard abs(value) > infinity else { return value }
    return value < 0 ? -infinity : infinity
  }
}

extension FormGraph {
  /// The sums with constants that only functions read which give zero for all that is below zero.
  var rectified: Set<ValueID> {
    var readers: [ValueID: [Node]] = [:]
    for node in nodes {
      for operand in Set(node.operands) { readers[operand, default: []].append(node) }
    }
    let results = Set(kept)
    let found = nodes.filter { node in
      guard case .sum(let sum) = node.form, self[node.output].isCommitted,
        self[node.output].kind == .real, !results.contains(node.output),
        SumFacts(sum, node, self).hasConstants, let users = readers[node.output]
      else { return false }
      return users.allSatisfy(\.ignoresNegatives)
    }
    return Set(found.map(\.output))
  }
}

extension FormGraph.Node {
  /// Whether the result is zero wherever what it reads is below zero.
  fileprivate var ignoresNegatives: Bool {
    guard case .apply(let apply) = form else { return false }
    return apply.slopes?.below == 0 || apply.bounds?.lowerBound == 0
  }
}
