import FieldArithmetic
import Hashing
import Transcript

/// Hands everything on to another responder, and measures how long each answer takes.
final class MeasuringResponder<R: Responder>: Responder {
  private let responder: R
  private let profile: ProofProfile

  init(_ responder: R, _ profile: ProofProfile) {
    self.responder = responder
    self.profile = profile
  }

  func message(_ label: MessageLabel, count: Int) -> [Fp3] {
    profile.measure(ProofStep(label)) { responder.message(label, count: count) }
  }

  func digest(_ label: MessageLabel) -> Digest {
    profile.measure(ProofStep(label)) { responder.digest(label) }
  }

  func hintElements(_ label: MessageLabel, count: Int) -> [Fp] {
    profile.measure(ProofStep(label)) { responder.hintElements(label, count: count) }
  }

  func hintDigests(_ label: MessageLabel, count: Int) -> [Digest] {
    profile.measure(ProofStep(label)) { responder.hintDigests(label, count: count) }
  }

  func learn(_ label: MessageLabel, challenges: [Fp3]) {
    profile.measure(ProofStep(label)) { responder.learn(label, challenges: challenges) }
  }

  func learn(_ label: MessageLabel, indices: [Int]) {
    profile.measure(ProofStep(label)) { responder.learn(label, indices: indices) }
  }
}
