/// Changes of protocol-buffers messages that keep all lengths right.
struct WireMutation {
  /// Words that fields may hold: operators and attributes.
  let words: [String]
  /// All fields of the message and of those within it.
  private var pool: [WireMessage.Field] = []

  init(words: [String]) { self.words = words }

  /// - Returns: nil where the bytes are no message.
  static func mutated(_ input: [UInt8], words: [String], _ random: inout Random) -> [UInt8]? {
    guard var message = WireMessage(input[...]) else { return nil }
    var mutation = WireMutation(words: words)
    mutation.collect(message)
    repeat { mutation.change(&message, &random) } while random.once(in: 3)
    return message.encoded
  }

  private mutating func collect(_ message: WireMessage) {
    for field in message.fields {
      pool.append(field)
      if case .message(let inner) = field.value { collect(inner) }
    }
  }

  private func change(_ message: inout WireMessage, _ random: inout Random) {
    let inner = message.fields.indices.filter {
      if case .message = message.fields[$0].value { true } else { false }
    }
    if !inner.isEmpty, !random.once(in: 4) {
      let place = random.pick(inner)
      if case .message(var part) = message.fields[place].value {
        change(&part, &random)
        message.fields[place].value = .message(part)
      }
      return
    }
    changeFields(&message.fields, &random)
  }

  private func changeFields(_ fields: inout [WireMessage.Field], _ random: inout Random) {
    switch random.below(6) {
    case 0: fields.rearrange(&random)
    case 1: fields.change(&random) { $0.number = max(1, $1.integer(near: $0.number) & 31) }
    case 2:
      guard let number = fields.randomElement(using: &random)?.number else { return }
      // A node where nodes are, an attribute where attributes are.
      let alike = pool.filter { $0.number == number }
      if !alike.isEmpty { fields.insert(random.pick(alike), at: random.below(fields.count)) }
    case 3:
      if !pool.isEmpty { fields.append(random.pick(pool)) }
    default: fields.change(&random) { $0.value = changed($0.value, &$1) }
    }
  }

  private func changed(
    _ value: WireMessage.Value, _ random: inout Random
  ) -> WireMessage.Value {
    switch value {
    case .varint(let number):
      return .varint(
        UInt64(bitPattern: Int64(random.integer(near: Int(truncatingIfNeeded: number)))))
    case .fixed(let word): return .fixed(word.map { _ in UInt8(random.below(256)) })
    case .message(let message): return .bytes(message.encoded)
    case .bytes(let content):
      let others: [[UInt8]] = pool.compactMap {
        if case .bytes(let other) = $0.value { other } else { nil }
      }
      return switch random.below(4) {
      case 0 where !words.isEmpty: .bytes(Array(random.pick(words).utf8))
      case 1 where !others.isEmpty: .bytes(random.pick(others))
      case 2: .bytes(content + content)
      default: .bytes(Engine.mutated(content, capacity: content.count + 8))
      }
    }
  }
}
