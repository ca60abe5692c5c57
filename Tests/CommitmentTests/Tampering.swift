import FieldArithmetic
import Hashing
import Prover
import Transcript

/// Passes everything on to another responder, but changes one answer of one kind.
final class Tampering: Responder {
  enum Target { case element, digest, leaf, sibling }

  private let honest: any Responder
  private let target: Target
  private let label: MessageLabel
  // How many answers of the kind to let pass, and which entry of the next one to change.
  private var skip: Int
  private let entry: Int

  init(_ honest: any Responder, _ target: Target, _ label: MessageLabel, skip: Int, entry: Int = 0)
  {
    self.honest = honest
    self.target = target
    self.label = label
    self.skip = skip
    self.entry = entry
  }

  private func isDue(_ kind: Target, _ label: MessageLabel) -> Bool {
    guard kind == target, label == self.label else { return false }
    skip -= 1
    return skip == -1
  }

  func message(_ label: MessageLabel, count: Int) -> [Fp3] {
    var answer = honest.message(label, count: count)
    if isDue(.element, label) { answer[entry] += Fp3(.zero, .zero, .one) }
    return answer
  }

  func digest(_ label: MessageLabel) -> Digest {
    let answer = honest.digest(label)
    return isDue(.digest, label) ? Digest(hashing: answer.bytes) : answer
  }

  func hintElements(_ label: MessageLabel, count: Int) -> [Fp] {
    var answer = honest.hintElements(label, count: count)
    if isDue(.leaf, label) { answer[min(entry, count - 1)] += .one }
    return answer
  }

  func hintDigests(_ label: MessageLabel, count: Int) -> [Digest] {
    var answer = honest.hintDigests(label, count: count)
    if isDue(.sibling, label) { answer[min(entry, count - 1)] = Digest(hashing: [1]) }
    return answer
  }

  func learn(_ label: MessageLabel, challenges: [Fp3]) {
    honest.learn(label, challenges: challenges)
  }
  func learn(_ label: MessageLabel, indices: [Int]) { honest.learn(label, indices: indices) }
}

/// A responder of any type.
final class Erased: Responder {
  private let base: any Responder
  init(_ base: any Responder) { self.base = base }
  func message(_ label: MessageLabel, count: Int) -> [Fp3] { base.message(label, count: count) }
  func digest(_ label: MessageLabel) -> Digest { base.digest(label) }
  func hintElements(_ label: MessageLabel, count: Int) -> [Fp] {
    base.hintElements(label, count: count)
  }
  func hintDigests(_ label: MessageLabel, count: Int) -> [Digest] {
    base.hintDigests(label, count: count)
  }
  func learn(_ label: MessageLabel, challenges: [Fp3]) { base.learn(label, challenges: challenges) }
  func learn(_ label: MessageLabel, indices: [Int]) { base.learn(label, indices: indices) }
}
