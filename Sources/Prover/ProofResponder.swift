import FieldArithmetic
import Hashing
import Transcript

/// Answers the whole protocol: the argument first, then the opening.
final class ProofResponder: Responder {
  let argument: ArgumentResponder
  private let witnessRoot: Digest?
  var opening: OpeningProver?

  init(_ argument: ArgumentResponder, witnessRoot: Digest?) {
    self.argument = argument
    self.witnessRoot = witnessRoot
  }

  func message(_ label: MessageLabel, count: Int) -> [Fp3] {
    argument.message(label) ?? opening?.message(label, count: count) ?? []
  }

  func digest(_ label: MessageLabel) -> Digest {
    if label == .witnessRoot, let witnessRoot { return witnessRoot }
    return opening?.digest(label) ?? Digest(hashing: [])
  }

  func hintElements(_ label: MessageLabel, count: Int) -> [Fp] {
    opening?.hintElements(label, count: count) ?? []
  }

  func hintDigests(_ label: MessageLabel, count: Int) -> [Digest] {
    opening?.hintDigests(label, count: count) ?? []
  }

  func learn(_ label: MessageLabel, challenges: [Fp3]) {
    argument.learn(label, challenges)
    opening?.learn(label, challenges: challenges)
  }

  func learn(_ label: MessageLabel, indices: [Int]) { opening?.learn(label, indices: indices) }
}
