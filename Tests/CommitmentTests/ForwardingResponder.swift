import FieldArithmetic
import Hashing
import Prover
import Transcript

/// Passes everything on to another responder; what listens or cheats overrides what it is about.
class ForwardingResponder: Responder {
  let inner: any Responder

  init(_ inner: any Responder) { self.inner = inner }

  func message(_ label: MessageLabel, count: Int) -> [Fp3] { inner.message(label, count: count) }
  func digest(_ label: MessageLabel) -> Digest { inner.digest(label) }
  func hintElements(_ label: MessageLabel, count: Int) -> [Fp] {
    inner.hintElements(label, count: count)
  }
  func hintDigests(_ label: MessageLabel, count: Int) -> [Digest] {
    inner.hintDigests(label, count: count)
  }
  func learn(_ label: MessageLabel, challenges: [Fp3]) {
    inner.learn(label, challenges: challenges)
  }
  func learn(_ label: MessageLabel, indices: [Int]) { inner.learn(label, indices: indices) }
}
