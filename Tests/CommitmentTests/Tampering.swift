import FieldArithmetic
import Hashing
import Prover
import Transcript

/// Passes everything on to another responder, but changes one answer of one kind.
final class Tampering: ForwardingResponder {
  enum Target { case element, digest, leaf, sibling }

  private let target: Target
  private let label: MessageLabel
  // How many answers of the kind to let pass, and which entry of the next one to change.
  private var skip: Int
  private let entry: Int

  init(_ honest: any Responder, _ target: Target, _ label: MessageLabel, skip: Int, entry: Int = 0)
  {
    self.target = target
    self.label = label
    self.skip = skip
    self.entry = entry
    super.init(honest)
  }

  private func isDue(_ kind: Target, _ label: MessageLabel) -> Bool {
    guard kind == target, label == self.label else { return false }
    skip -= 1
    return skip == -1
  }

  override func message(_ label: MessageLabel, count: Int) -> [Fp3] {
    var answer = super.message(label, count: count)
    if isDue(.element, label) { answer[entry] += Fp3(.zero, .zero, .one) }
    return answer
  }

  override func digest(_ label: MessageLabel) -> Digest {
    let answer = super.digest(label)
    return isDue(.digest, label) ? Digest(hashing: answer.bytes) : answer
  }

  override func hintElements(_ label: MessageLabel, count: Int) -> [Fp] {
    var answer = super.hintElements(label, count: count)
    if isDue(.leaf, label) { answer[min(entry, count - 1)] += .one }
    return answer
  }

  override func hintDigests(_ label: MessageLabel, count: Int) -> [Digest] {
    var answer = super.hintDigests(label, count: count)
    if isDue(.sibling, label) { answer[min(entry, count - 1)] = Digest(hashing: [1]) }
    return answer
  }
}
