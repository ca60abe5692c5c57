import FieldArithmetic
import Kernels

/// Rounds of the sum-check of Σ values·weights, both folded in place.
///
/// A fold waits for the round after it, so that one pass over memory does both.
struct ProductRounds {
  /// The values as committed, until the first fold makes elements of E of them.
  private var cells: BaseVector?
  private var extended: ExtensionVector
  private var form: ExtensionVector
  private var pending: Fp3?
  /// The number of values, with the missing zeros; before the pending fold.
  private var length: Int

  /// The values so far, as elements of E.
  var values: ExtensionVector {
    mutating get {
      settle()
      guard let cells else { return extended }
      extended = ExtensionVector(zeros: cells.count)
      extended.assign(cells)
      self.cells = nil
      return extended
    }
  }

  /// The weights so far.
  var weights: ExtensionVector {
    mutating get {
      settle()
      return form
    }
  }

  /// - Parameters:
  ///   - values: a power of two with the zeros that are missing at the end; overwritten.
  ///   - weights: as many; overwritten.
  ///   - length: that power of two, less than twice the number of values; theirs if it is nil.
  init(_ values: ExtensionVector, _ weights: ExtensionVector, length: Int? = nil) {
    extended = values
    form = weights
    self.length = length ?? values.count
    precondition(values.count == weights.count, "lengths differ")
    precondition(
      values.count <= self.length && self.length <= max(1, 2 * values.count),
      "not the next power of two")
  }

  /// - Parameters:
  ///   - cells: the values; a power of two with the zeros that are missing at the end.
  ///   - weights: as many; they are overwritten.
  ///   - length: that power of two, less than twice the number of cells.
  init(_ cells: BaseVector, _ weights: ExtensionVector, length: Int) {
    precondition(length / 2 < cells.count && cells.count <= length, "not the next power of two")
    self.cells = cells
    form = weights
    extended = ExtensionVector(zeros: length / 2)
    self.length = length
  }

  /// Binds the leading bit to a challenge.
  mutating func fold(at challenge: Fp3) {
    settle()
    pending = challenge
  }

  /// The next round.
  mutating func next() -> (atZero: Fp3, leading: Fp3) {
    guard let challenge = pending, cells == nil, isWhole, length % 4 == 0 else {
      settle()
      return cells.map { round($0) } ?? round(extended)
    }
    pending = nil
    let values = RoundValues.foldThenProduct(extended, form, at: challenge)
    (extended, form) = (extended.lowerHalf, form.lowerHalf)
    length /= 2
    return (values.atZero, values.leading)
  }

  /// Whether no zeros are missing at the end.
  private var isWhole: Bool { form.count == length }

  private mutating func settle() {
    guard let challenge = pending else { return }
    pending = nil
    length /= 2
    if let cells {
      extended.assignFold(of: cells, at: challenge)
      self.cells = nil
    } else {
      extended = extended.foldedInPlace(to: length, at: challenge)
    }
    form = form.foldedInPlace(to: length, at: challenge)
  }

  /// Where the upper half misses entries, which are zero, the difference of the halves is the lower
  /// one's negative.
  private func round(_ values: some RoundOperand) -> (atZero: Fp3, leading: Fp3) {
    let half = length / 2
    if isWhole {
      let values = values.product(form)
      return (values.atZero, values.leading)
    }
    let pairs = form.count - half
    let (low, high) = (0..<pairs, half..<form.count)
    let lows = values[low].dot(form[low])
    let crossed = values[high].dot(form[low]) + values[low].dot(form[high])
    let unpaired = values[pairs..<half].dot(form[pairs..<half])
    return (lows + unpaired, lows + values[high].dot(form[high]) - crossed + unpaired)
  }
}

/// The values of a product, over F or over E.
private protocol RoundOperand {
  subscript(range: Range<Int>) -> Self { get }
  func dot(_ weights: ExtensionVector) -> Fp3
  func product(_ weights: ExtensionVector) -> RoundValues
}

extension BaseVector: RoundOperand {
  fileprivate func dot(_ weights: ExtensionVector) -> Fp3 { weights.dot(self) }
  fileprivate func product(_ weights: ExtensionVector) -> RoundValues { .product(self, weights) }
}

extension ExtensionVector: RoundOperand {
  fileprivate func product(_ weights: ExtensionVector) -> RoundValues { .product(self, weights) }

  /// Both halves of a vector of twice as many elements folded onto each other, zeros in place of
  /// those that are missing at its end.
  fileprivate func assignFold(of whole: BaseVector, at challenge: Fp3) {
    let pairs = whole.count - count
    self[0..<pairs].assignFold(whole[0..<pairs], whole[count..<whole.count], at: challenge)
    self[pairs..<count].addProduct(.one - challenge, whole[pairs..<count])
  }
}
