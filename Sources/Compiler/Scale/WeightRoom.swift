import Equations
import TensorGraph

extension FormGraph {
  /// How wide the values of classes may be so that weights that they are multiplied by have so many
  /// digits, or all that they need, in sums of 47 bits; by root, and never less than 16.
  func widthsBesideWeights(_ digits: Int) -> [Int: Int] {
    let classes = ValueClasses(self)
    var widths: [Int: Int] = [:]
    for node in nodes {
      guard case .sum(let form) = node.form else { continue }
      for term in SumFacts(form, node, self).terms where term.isWeighted && term.values.count == 1 {
        let weights = term.constant.flatMap { constants[node.operands[$0]] }
        guard let weights, self[node.operands[term.values[0]]].kind == .real else { continue }
        let others = weights.digits(upTo: digits) + term.count.ceilingLog2 + 1
        let root = classes.root(node.operands[term.values[0]].index)
        let width = max(CompileOptions().accumulatorBits - others, 16)
        widths[root] = min(widths[root] ?? width, width)
      }
    }
    return widths
  }
}

extension Tensor {
  /// How many binary digits below the greatest magnitude hold all numbers exactly, or a limit that this
  /// is not below.
  fileprivate func digits(upTo limit: Int) -> Int {
    let top = Double(greatestMagnitude)
    guard top > 0 else { return 0 }
    var digits = 1
    for value in reals where value != 0 {
      // The place of the last digit, seen from the first one of the greatest.
      let own = Int(top.exponent) - Int(value.exponent) + value.significandWidth + 1
      digits = max(digits, own)
      if digits >= limit { return limit }
    }
    return digits
  }
}
