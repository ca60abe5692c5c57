import Argument
import FieldArithmetic
import Hashing
import Kernels
import Transcript

/// The one-time pads of a proof's messages (`Paper/` section 14).
struct Pads {
  let plan: PadPlan
  /// The pads of messages, their products, and the random triples, as the plan numbers them.
  let values: ExtensionVector

  /// Draws the pads.
  init(_ plan: PadPlan, entropy: inout some EntropySource) throws {
    var stream = MaskStream(seed: try entropy.seed())
    self.init(plan, drawn: stream.elements(plan.count))
  }

  /// - Parameter values: the pads of messages and the factors of the triples; the products, at
  ///   their places, are put there.
  init(_ plan: PadPlan, drawn values: ExtensionVector) {
    self.plan = plan
    for (k, product) in plan.products.enumerated() {
      values[plan.product(k)] = values[product.a] * values[product.b]
      let triple = plan.triple(k)
      values[triple + 2] = values[triple] * values[triple + 1]
    }
    self.values = values
  }

  /// Overwrites the pads. No proof can be made with them after that.
  func wipe() { values.wipe() }

  /// Writes the pads' coordinates to their cells.
  func place(in cells: BaseVector, _ layout: Layout) {
    for index in layout.witness.byOwner[layout.padOwner] {
      let box = layout.witness.boxes[index]
      var target = box.offset
      for coordinate in box.starts[0]..<box.starts[0] + (1 << box.logs[0]) {
        for pad in box.starts[1]..<box.starts[1] + (1 << box.logs[1]) {
          let value = values[pad]
          cells[target] = coordinate == 0 ? value.c0 : coordinate == 1 ? value.c1 : value.c2
          target += 1
        }
      }
    }
  }
}

/// Hides an honest prover's messages: sends each minus its pad, and answers for the pads.
final class MaskingResponder<Inner: Responder>: Responder {
  private let inner: Inner
  private let pads: Pads
  private var sent = 0
  private var sacrifice = Fp3.zero
  /// The lookups' root denominator, of which the inverse is asked for.
  private var root = Fp3.zero

  init(_ inner: Inner, pads: Pads) {
    self.inner = inner
    self.pads = pads
  }

  func message(_ label: MessageLabel, count: Int) -> [Fp3] {
    if label == .sacrificeValues { return sacrificeValues() }
    let values = label == .inverse ? [takeRoot().inverse] : inner.message(label, count: count)
    if label == .fractionRoot { root = values[0] }
    guard label.isMasked else { return values }
    defer { sent += values.count }
    return values.enumerated().map { $1 - pads.values[sent + $0] }
  }

  /// The root denominator, which is needed once.
  private func takeRoot() -> Fp3 {
    defer { root = .zero }
    return root
  }

  private func sacrificeValues() -> [Fp3] {
    let (plan, values) = (pads.plan, pads.values)
    return plan.products.enumerated().flatMap { k, product in
      let triple = plan.triple(k)
      return [
        sacrifice * values[product.a] - values[triple], values[product.b] - values[triple + 1],
      ]
    }
  }

  func digest(_ label: MessageLabel) -> Digest { inner.digest(label) }

  func hintElements(_ label: MessageLabel, count: Int) -> [Fp] {
    inner.hintElements(label, count: count)
  }

  func hintDigests(_ label: MessageLabel, count: Int) -> [Digest] {
    inner.hintDigests(label, count: count)
  }

  func learn(_ label: MessageLabel, challenges: [Fp3]) {
    if label == .sacrificeChallenge { sacrifice = challenges[0] }
    inner.learn(label, challenges: challenges)
  }

  func learn(_ label: MessageLabel, indices: [Int]) { inner.learn(label, indices: indices) }
}
