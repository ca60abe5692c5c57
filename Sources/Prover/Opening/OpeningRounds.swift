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
  ///   - length: that power of two, less than twice the number of values.
  init(_ values: ExtensionVector, _ weights: ExtensionVector, length: Int) {
    self.init(nil, extended: values, weights, count: values.count, length: length)
  }

  /// The same for values over F, which are not overwritten.
  init(_ cells: BaseVector, _ weights: ExtensionVector, length: Int) {
    self.init(
      cells, extended: ExtensionVector(zeros: length / 2), weights, count: cells.count,
      length: length)
  }

  private init(
    _ cells: BaseVector?, extended: ExtensionVector, _ weights: ExtensionVector, count: Int,
    length: Int
  ) {
    precondition(count == weights.count, "lengths differ")
    precondition(count <= length && length < max(1, 2 * count), "not the next power of two")
    self.cells = cells
    self.extended = extended
    form = weights
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
  /// those that are missing at its end. This vector has to be zero.
  fileprivate func assignFold(of whole: BaseVector, at challenge: Fp3) {
    let pairs = whole.count - count
    self[0..<pairs].assignFold(whole[0..<pairs], whole[count..<whole.count], at: challenge)
    self[pairs..<count].addProduct(.one - challenge, whole[pairs..<count])
  }
}
