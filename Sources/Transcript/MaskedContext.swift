import FieldArithmetic
import Hashing

/// A context whose messages are hidden behind pads: what is sent is the message minus its pad, and
/// the pads are committed before (`Paper/` section 14).
///
/// Checks that would need the messages themselves are collected as affine forms of the pads, which
/// the opening of the commitment proves to vanish. It wraps a verifier's context, a prover's one
/// whose responder subtracts the pads, or a counter of pads: the protocol is the same for all.
public struct MaskedContext<Base: ReadingContext & ~Copyable>: ReadingContext, ~Copyable
where Base.Value == Fp3 {
  public typealias Value = MaskedValue

  private var base: Base
  /// What has been read and multiplied so far.
  public private(set) var plan = PadPlan()
  private var zeros: [MaskedValue] = []

  public init(_ base: consuming Base) { self.base = base }

  /// The context within.
  public consuming func unwrap() -> Base { base }

  public mutating func read(_ label: MessageLabel, count: Int) throws(ProofError) -> [MaskedValue] {
    let values = try base.readClear(label, count: count)
    return values.map { value in
      defer { plan.messages += 1 }
      return MaskedValue(
        constant: value, messages: PadWindow(first: plan.messages, coefficients: [.one]),
        products: .empty)
    }
  }

  public mutating func readClear(_ label: MessageLabel, count: Int) throws(ProofError) -> [Fp3] {
    try base.readClear(label, count: count)
  }

  public mutating func readDigest(_ label: MessageLabel) throws(ProofError) -> Digest {
    try base.readDigest(label)
  }

  public mutating func hintElements(_ label: MessageLabel, count: Int) throws(ProofError) -> [Fp] {
    try base.hintElements(label, count: count)
  }

  public mutating func hintDigests(_ label: MessageLabel, count: Int) throws(ProofError)
    -> [Digest]
  {
    try base.hintDigests(label, count: count)
  }

  public mutating func challenges(_ label: MessageLabel, count: Int) -> [Fp3] {
    base.challenges(label, count: count)
  }

  public mutating func queryIndices(_ label: MessageLabel, count: Int, bits: Int) -> [Int] {
    base.queryIndices(label, count: count, bits: bits)
  }

  public mutating func requireWork(_ label: MessageLabel, bits: Int) throws(ProofError) {
    try base.requireWork(label, bits: bits)
  }

  /// (a′ + s)(b′ + t) = a′b′ + a′·t + b′·s + st: affine in the pads s and t and their product.
  /// - Parameters: two messages as they were read.
  public mutating func product(_ a: MaskedValue, _ b: MaskedValue) -> MaskedValue {
    guard let left = a.messages.single, let right = b.messages.single,
      a.products.coefficients.isEmpty, b.products.coefficients.isEmpty
    else { preconditionFailure("only messages themselves are multiplied") }
    defer { plan.products.append(.init(a: left, b: right)) }
    return MaskedValue(
      constant: a.constant * b.constant,
      messages: .sum(a.messages.times(b.constant), b.messages, scale: a.constant),
      products: PadWindow(first: plan.products.count, coefficients: [.one]))
  }

  public mutating func requireZero(_ value: MaskedValue, _ check: Check) throws(ProofError) {
    zeros.append(value)
  }

  /// A value is not zero when it has an inverse, which the prover sends.
  public mutating func requireNonzero(_ value: MaskedValue, _ check: Check) throws(ProofError) {
    let inverse = try read(.inverse, count: 1)[0]
    zeros.append(product(value, inverse) - MaskedValue(constant: .one))
  }

  public mutating func require(
    _ condition: @autoclosure () -> Bool, _ check: Check
  ) throws(ProofError) {
    try base.require(condition(), check)
  }

  /// Checks the pads' products against random triples: for (a, b, c) and (a′, b′, c′) the prover
  /// shows ρ = t·a − a′ and σ = b − b′, and t·c − c′ = t·σ·a + ρ·b − ρ·σ holds for more than one t
  /// only if both products are right.
  public mutating func settle() throws(ProofError) -> [PadRelation] {
    var relations = zeros.map { PadRelation(value: $0) }
    guard !plan.products.isEmpty else { return relations }
    let t = base.challenge(.sacrificeChallenge)
    let shown = try base.readClear(.sacrificeValues, count: 2 * plan.products.count)
    for (k, product) in plan.products.enumerated() {
      let (rho, sigma) = (shown[2 * k], shown[2 * k + 1])
      let triple = plan.triple(k)
      relations += [
        PadRelation(
          value: MaskedValue(constant: rho),
          pads: [(product.a, .zero - t), (triple, .one)]),
        PadRelation(
          value: MaskedValue(constant: sigma),
          pads: [(product.b, .zero - .one), (triple + 1, .one)]),
        PadRelation(
          value: MaskedValue(constant: rho * sigma),
          pads: [
            (plan.product(k), t), (triple + 2, .zero - .one), (product.a, .zero - t * sigma),
            (product.b, .zero - rho),
          ]),
      ]
    }
    return relations
  }
}

/// Counts the pads of a protocol: every message is zero and every challenge one.
public struct CountingContext: ReadingContext, ~Copyable {
  public typealias Value = Fp3

  public init() {}

  public mutating func read(_ label: MessageLabel, count: Int) throws(ProofError) -> [Fp3] {
    Array(repeating: .zero, count: count)
  }
  public mutating func readClear(_ label: MessageLabel, count: Int) throws(ProofError) -> [Fp3] {
    Array(repeating: .zero, count: count)
  }
  public mutating func readDigest(_ label: MessageLabel) throws(ProofError) -> Digest {
    Digest(hashing: [])
  }
  public mutating func hintElements(_ label: MessageLabel, count: Int) throws(ProofError) -> [Fp] {
    Array(repeating: .zero, count: count)
  }
  public mutating func hintDigests(_ label: MessageLabel, count: Int) throws(ProofError)
    -> [Digest]
  {
    Array(repeating: Digest(hashing: []), count: count)
  }
  public mutating func challenges(_ label: MessageLabel, count: Int) -> [Fp3] {
    Array(repeating: .one, count: count)
  }
  public mutating func queryIndices(_ label: MessageLabel, count: Int, bits: Int) -> [Int] {
    Array(repeating: 0, count: count)
  }
  public mutating func requireWork(_ label: MessageLabel, bits: Int) throws(ProofError) {}
  public mutating func product(_ a: Fp3, _ b: Fp3) -> Fp3 { a * b }
  public mutating func requireZero(_ value: Fp3, _ check: Check) throws(ProofError) {}
  public mutating func requireNonzero(_ value: Fp3, _ check: Check) throws(ProofError) {}
  public mutating func require(
    _ condition: @autoclosure () -> Bool, _ check: Check
  ) throws(ProofError) {}
}
