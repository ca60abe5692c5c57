/// Changes of text by words, numbers and signs.
struct TokenMutation {
  /// What may take the place of a token.
  let words: [String]

  /// Some changes, most often one.
  func mutated(_ input: [UInt8], _ random: inout Random) -> [UInt8] {
    var tokens = Self.tokens(input)
    repeat { change(&tokens, &random) } while random.once(in: 3)
    return tokens.flatMap { $0 }
  }

  private func change(_ tokens: inout [[UInt8]], _ random: inout Random) {
    guard !tokens.isEmpty else { return tokens.append(word(&random)) }
    let place = random.below(tokens.count)
    switch random.below(9) {
    case 0: tokens.rearrange(&random)
    case 1: tokens[place] = word(&random)
    case 2: tokens.insert(word(&random), at: place)
    case 3: tokens.insert(contentsOf: tokens[random.range(in: tokens.count, limit: 24)], at: place)
    case 4: tokens.removeSubrange(random.range(in: tokens.count, limit: 24))
    case 5:
      // Another name or number that occurs.
      tokens[place] = random.pick(tokens)
    case 6: nest(&tokens, &random)
    default:
      let numbers = tokens.indices.filter { Int(Self.text(tokens[$0])) != nil }
      guard !numbers.isEmpty else { return }
      let number = random.pick(numbers)
      let value = Int(Self.text(tokens[number])) ?? 0
      tokens[number] = Array(String(random.integer(near: value)).utf8)
    }
  }

  /// Brackets around a range, a few or many of them.
  private func nest(_ tokens: inout [[UInt8]], _ random: inout Random) {
    let range = random.range(in: tokens.count, limit: 12)
    let (open, close) = random.pick([("(", ")"), ("[", "]"), ("{", "}"), ("-", "")])
    let depth = random.once(in: 4) ? 1 << random.below(10) : 1
    let closing = Array(String(repeating: close, count: depth).utf8)
    tokens.insert(closing, at: range.upperBound)
    tokens.insert(Array(String(repeating: open, count: depth).utf8), at: range.lowerBound)
  }

  private func word(_ random: inout Random) -> [UInt8] { Array(random.pick(words).utf8) }

  private static func text(_ token: [UInt8]) -> String { String(decoding: token, as: UTF8.self) }

  /// Words, numbers and gaps each in one piece, all other bytes singly.
  private static func tokens(_ input: [UInt8]) -> [[UInt8]] {
    var tokens: [[UInt8]] = []
    var last = 0
    for byte in input {
      let kind = kind(byte)
      if kind != 0, kind == last {
        tokens[tokens.count - 1].append(byte)
      } else {
        tokens.append([byte])
      }
      last = kind
    }
    return tokens
  }

  private static func kind(_ byte: UInt8) -> Int {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
      1
    case 0x20, 0x09, 0x0A, 0x0D: 2
    default: 0
    }
  }
}
