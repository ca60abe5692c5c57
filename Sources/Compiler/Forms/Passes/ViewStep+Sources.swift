import ConstraintSystem
import Equations

extension ViewStep {
  /// For each axis of a view's result, where along the operand's axes it is; nil for an axis that one of
  /// the operand was divided into. The view itself is nil where it does not keep all elements.
  func sources(from shape: [Int], to target: [Int]) -> [AffineIndex?]? {
    switch self {
    case .transpose(let permutation): return permutation.map { AffineIndex(index: $0) }
    case .reshape: break
    default: return nil
    }
    var result = [AffineIndex?](repeating: nil, count: target.count)
    var (from, to) = (0, 0)
    while from < shape.count || to < target.count {
      let (firstFrom, firstTo) = (from, to)
      var (a, b) = (1, 1)
      repeat {
        if a <= b, from < shape.count {
          a *= shape[from]
          from += 1
        } else if to < target.count {
          b *= target[to]
          to += 1
        } else {
          return nil
        }
      } while a != b
      let wide = (firstTo..<to).filter { target[$0] > 1 }
      for axis in firstTo..<to where target[axis] == 1 { result[axis] = AffineIndex() }
      guard wide.count == 1 else { continue }
      let block = Array(shape[firstFrom..<from])
      let strides = block.indices.map { block[($0 + 1)...].reduce(1, *) }
      result[wide[0]] = AffineIndex(
        constant: 0,
        coefficients: Dictionary(
          uniqueKeysWithValues: block.indices.filter { block[$0] > 1 }
            .map { (firstFrom + $0, strides[$0]) }))
    }
    return result
  }
}
