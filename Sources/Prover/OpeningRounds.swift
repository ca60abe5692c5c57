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

  /// - Parameters: vectors of equal lengths, a power of two; both are overwritten.
  init(_ values: ExtensionVector, _ weights: ExtensionVector) {
    extended = values
    form = weights
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
  }

  /// Binds the leading bit to a challenge.
  mutating func fold(at challenge: Fp3) {
    settle()
    pending = challenge
  }

  /// The next round.
  mutating func next() -> (atZero: Fp3, leading: Fp3) {
    if let cells { return pending == nil ? firstRound(cells) : settledRound() }
    guard let challenge = pending, extended.count % 4 == 0 else { return settledRound() }
    pending = nil
    let values = RoundValues.foldThenProduct(extended, form, at: challenge)
    (extended, form) = (extended.lowerHalf, form.lowerHalf)
    return (values.atZero, values.leading)
  }

  private mutating func settledRound() -> (atZero: Fp3, leading: Fp3) {
    settle()
    let values = RoundValues.product(extended, form)
    return (values.atZero, values.leading)
  }

  private mutating func settle() {
    guard let challenge = pending else { return }
    pending = nil
    guard let cells else {
      extended = extended.foldedInPlace(at: challenge)
      form = form.foldedInPlace(at: challenge)
      return
    }
    let half = extended.count
    let pairs = cells.count - half
    extended[0..<pairs].assignFold(cells[0..<pairs], cells[half..<cells.count], at: challenge)
    extended[pairs..<half].addProduct(.one - challenge, cells[pairs..<half])
    form[0..<pairs].assignFold(form[0..<pairs], form[half..<cells.count], at: challenge)
    form[pairs..<half].assignProduct(.one - challenge, form[pairs..<half])
    form = form[0..<half]
    self.cells = nil
  }

  /// Where the upper half misses entries, which are zero, the difference of the halves is the lower
  /// one's negative.
  private func firstRound(_ cells: BaseVector) -> (atZero: Fp3, leading: Fp3) {
    let half = extended.count
    let pairs = cells.count - half
    if pairs == half {
      let values = RoundValues.product(cells, form)
      return (values.atZero, values.leading)
    }
    let (low, high) = (0..<pairs, half..<cells.count)
    let lows = form[low].dot(cells[low])
    let crossed = form[low].dot(cells[high]) + form[high].dot(cells[low])
    let unpaired = form[pairs..<half].dot(cells[pairs..<half])
    return (lows + unpaired, lows + form[high].dot(cells[high]) - crossed + unpaired)
  }
}
