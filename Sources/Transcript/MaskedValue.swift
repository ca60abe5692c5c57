import FieldArithmetic

/// Coefficients of consecutive pads.
public struct PadWindow: Equatable, Sendable {
  /// The first pad with a coefficient.
  public private(set) var first: Int
  public private(set) var coefficients: [Fp3]

  public static let empty = PadWindow(first: 0, coefficients: [])

  public init(first: Int, coefficients: [Fp3]) {
    self.first = first
    self.coefficients = coefficients
  }

  /// The one pad of which this is, with the coefficient 1; nil otherwise.
  var single: Int? { coefficients.count == 1 && coefficients[0] == .one ? first : nil }

  /// a + scale·b.
  static func sum(_ a: PadWindow, _ b: PadWindow, scale: Fp3) -> PadWindow {
    if b.coefficients.isEmpty { return a }
    let low = a.coefficients.isEmpty ? b.first : min(a.first, b.first)
    let high = max(a.first + a.coefficients.count, b.first + b.coefficients.count)
    var sum = [Fp3](repeating: .zero, count: high - low)
    for (i, value) in a.coefficients.enumerated() { sum[a.first - low + i] = value }
    for (i, value) in b.coefficients.enumerated() { sum[b.first - low + i] += scale * value }
    return PadWindow(first: low, coefficients: sum)
  }

  /// Adds a window; in place where it begins no earlier than this one.
  mutating func add(_ other: PadWindow) {
    guard !coefficients.isEmpty, other.first >= first else {
      self = .sum(self, other, scale: .one)
      return
    }
    let offset = other.first - first
    while coefficients.count < offset + other.coefficients.count { coefficients.append(.zero) }
    for (i, value) in other.coefficients.enumerated() { coefficients[offset + i] += value }
  }

  func times(_ scale: Fp3) -> PadWindow {
    PadWindow(first: first, coefficients: coefficients.map { $0 * scale })
  }
}

/// A value of the protocol as a verifier of masked messages knows it: a public constant plus unknown
/// committed pads (`Paper/` section 14).
public struct MaskedValue: AffineValue, Equatable, Sendable {
  public var constant: Fp3
  /// One-time pads of messages.
  public var messages: PadWindow
  /// Products of two of these.
  public var products: PadWindow

  public init(constant: Fp3) {
    self.init(constant: constant, messages: .empty, products: .empty)
  }

  public init(constant: Fp3, messages: PadWindow, products: PadWindow) {
    self.constant = constant
    self.messages = messages
    self.products = products
  }

  public static func + (a: MaskedValue, b: MaskedValue) -> MaskedValue { sum(a, b, .one) }

  public static func - (a: MaskedValue, b: MaskedValue) -> MaskedValue {
    sum(a, b, .zero - .one)
  }

  public static func += (a: inout MaskedValue, b: MaskedValue) {
    a.constant += b.constant
    a.messages.add(b.messages)
    a.products.add(b.products)
  }

  public static func * (a: MaskedValue, b: Fp3) -> MaskedValue {
    MaskedValue(
      constant: a.constant * b, messages: a.messages.times(b), products: a.products.times(b))
  }

  private static func sum(_ a: MaskedValue, _ b: MaskedValue, _ scale: Fp3) -> MaskedValue {
    MaskedValue(
      constant: a.constant + scale * b.constant,
      messages: .sum(a.messages, b.messages, scale: scale),
      products: .sum(a.products, b.products, scale: scale))
  }

  public func add(to form: inout PadForm, scale: Fp3) {
    form.constant += scale * constant
    form.addMessages(messages, scale: scale)
    form.addProducts(products, scale: scale)
  }
}

/// What must vanish: a value, and a few pads by their numbers.
public struct PadRelation: Sendable {
  var value: MaskedValue
  var pads: [(pad: Int, coefficient: Fp3)] = []

  /// Adds scale times the relation to a form.
  public func add(to form: inout PadForm, scale: Fp3) {
    value.add(to: &form, scale: scale)
    for (pad, coefficient) in pads { form.add(scale * coefficient, pad: pad) }
  }
}

/// A linear form of all pads, with a constant.
///
/// The pads are numbered: those of messages, the products, and for each product a random triple
/// (a′, b′, a′·b′).
public struct PadForm: Equatable, Sendable {
  public let plan: PadPlan
  public var constant = Fp3.zero
  public private(set) var coefficients: [Fp3]

  public init(_ plan: PadPlan) {
    self.plan = plan
    coefficients = Array(repeating: .zero, count: plan.count)
  }

  mutating func addMessages(_ window: PadWindow, scale: Fp3) {
    for (i, value) in window.coefficients.enumerated() {
      coefficients[window.first + i] += scale * value
    }
  }

  mutating func addProducts(_ window: PadWindow, scale: Fp3) {
    for (i, value) in window.coefficients.enumerated() {
      coefficients[plan.messages + window.first + i] += scale * value
    }
  }

  /// Adds to the coefficient of one pad.
  mutating func add(_ value: Fp3, pad: Int) { coefficients[pad] += value }
}

/// How many pads a protocol takes, and which of them are multiplied.
public struct PadPlan: Equatable, Sendable {
  /// A product of the pads of two messages.
  public struct Product: Equatable, Sendable {
    public var a: Int
    public var b: Int
  }

  public internal(set) var messages = 0
  public internal(set) var products: [Product] = []

  public init() {}

  /// All pads.
  public var count: Int { messages + 4 * products.count }

  /// The number of the pad that is product k.
  public func product(_ k: Int) -> Int { messages + k }

  /// The number of the first of product k's random triple.
  public func triple(_ k: Int) -> Int { messages + products.count + 3 * k }
}
