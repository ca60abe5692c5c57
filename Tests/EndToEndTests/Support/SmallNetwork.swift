/// A network of one node in ONNX's bytes, with any names.
enum SmallNetwork {
  /// - Parameters:
  ///   - operation: as ONNX spells it.
  ///   - node: the node's name.
  ///   - shape: of the input, and as the file says of the output.
  static func bytes(
    operation: String = "Relu", node: String, input: String, output: String, shape: [Int] = [1, 4]
  ) -> [UInt8] {
    bytes(
      operation: operation, domain: "", node: node, inputs: [input], output: output, shape: shape)
  }

  /// - Parameters:
  ///   - domain: of which the model imports version 1, empty for ONNX's own.
  ///   - inputs: of the shape that the output has, too.
  static func bytes(
    operation: String, domain: String, node: String = "layer", inputs: [String],
    output: String = "y", shape: [Int] = [1, 4]
  ) -> [UInt8] {
    let node =
      inputs.flatMap { field(1, $0) } + field(2, output) + field(3, node) + field(4, operation)
      + (domain.isEmpty ? [] : field(7, domain))
    let graph =
      field(1, node) + field(2, "g") + inputs.flatMap { field(11, port($0, shape)) }
      + field(12, port(output, shape))
    let imports =
      field(8, field(2, 13)) + (domain.isEmpty ? [] : field(8, field(1, domain) + field(2, 1)))
    return field(1, 8) + field(7, graph) + imports
  }

  /// A tensor of floats.
  private static func port(_ name: String, _ shape: [Int]) -> [UInt8] {
    let shape = shape.flatMap { field(1, field(1, $0)) }
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
