/// A JSON document to be printed; objects keep the order of their keys.
public enum JSONValue: Equatable, Sendable {
  case object([Member])
  case array([JSONValue])
  case string(String)
  case integer(Int)
  case number(Double)
  case boolean(Bool)
  case null

  public struct Member: Equatable, Sendable {
    public var key: String
    public var value: JSONValue

    public init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  public static func object(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
    .object(members.map { Member($0.key, $0.value) })
  }

  public static func integers(_ values: [Int]) -> JSONValue {
    .array(values.map(JSONValue.integer))
  }

  public static func numbers(_ values: [Double]) -> JSONValue {
    .array(values.map(JSONValue.number))
  }

  /// The document on one line.
  public var text: String {
    var output = ""
    write(to: &output)
    return output
  }

  private func write(to output: inout String) {
    switch self {
    case .object(let members):
      Self.write(members, "{", "}", to: &output) { member, output in
        Self.write(member.key, to: &output)
        output += ": "
        member.value.write(to: &output)
      }
    case .array(let values):
      Self.write(values, "[", "]", to: &output) { value, output in value.write(to: &output) }
    case .string(let text): Self.write(text, to: &output)
    case .integer(let value): output += String(value)
    // JSON has no way to say what is not a number.
    case .number(let value): output += value.isFinite ? "\(value)" : "null"
    case .boolean(let value): output += value ? "true" : "false"
    case .null: output += "null"
    }
  }

  private static func write<Element>(
    _ elements: [Element], _ open: String, _ close: String, to output: inout String,
    _ body: (Element, inout String) -> Void
  ) {
    output += open
    for (index, element) in elements.enumerated() {
      if index > 0 { output += ", " }
      body(element, &output)
    }
    output += close
  }

  private static func write(_ text: String, to output: inout String) {
    output += "\""
    var marks = 0
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\t": output += "\\t"
      case "\r": output += "\\r"
      // Whoever prints the document sees nothing that steers a terminal.
      case _ where Text.steers(scalar, after: &marks):
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      default: output.unicodeScalars.append(scalar)
      }
    }
    output += "\""
  }
}
