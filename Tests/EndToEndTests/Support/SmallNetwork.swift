/// A network of one node in ONNX's bytes, with any names.
enum SmallNetwork {
  /// - Parameters:
  ///   - operation: as ONNX spells it.
  ///   - node: the node's name.
  static func bytes(
    operation: String = "Relu", node: String, input: String, output: String
  ) -> [UInt8] {
    bytes(operation: operation, domain: "", node: node, inputs: [input], output: output)
  }

  /// - Parameters:
  ///   - domain: of which the model imports version 1, empty for ONNX's own.
  ///   - inputs: of 1×4 floats each, as is the output.
  static func bytes(
    operation: String, domain: String, node: String = "layer", inputs: [String],
    output: String = "y"
  ) -> [UInt8] {
    let node =
      inputs.flatMap { field(1, $0) } + field(2, output) + field(3, node) + field(4, operation)
      + (domain.isEmpty ? [] : field(7, domain))
    let graph =
      field(1, node) + field(2, "g") + inputs.flatMap { field(11, port($0)) }
      + field(12, port(output))
    let imports =
      field(8, field(2, 13)) + (domain.isEmpty ? [] : field(8, field(1, domain) + field(2, 1)))
    return field(1, 8) + field(7, graph) + imports
  }

  /// A tensor of 1×4 floats.
  private static func port(_ name: String) -> [UInt8] {
    let shape = field(1, field(1, 1)) + field(1, field(1, 4))
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))
  }

  private static func field(_ number: Int, _ value: Int) -> [UInt8] {
    integer(number << 3) + integer(value)
  }

  private static func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
    integer(number << 3 | 2) + integer(bytes.count) + bytes
  }

  private static func field(_ number: Int, _ text: String) -> [UInt8] {
    field(number, Array(text.utf8))
  }

  private static func integer(_ value: Int) -> [UInt8] {
    var (rest, bytes): (Int, [UInt8]) = (value, [])
    while rest >= 128 {
      bytes.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
