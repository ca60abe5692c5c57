extension CompileOptions {
  func write(to writer: inout ByteWriter) {
    writer.append(headroomBits)
    writer.append(accumulatorBits)
    writer.append(visibility.model.rawValue)
    visibility.inputs.write(to: &writer)
    visibility.outputs.write(to: &writer)
    writer.append(inputBits.count)
    for (name, bits) in inputBits.sorted(by: { $0.key < $1.key }) {
      writer.append(name)
      writer.append(bits)
    }
  }

  init(_ reader: inout ByteReader) throws(CompileError) {
    self.init(
      headroomBits: try reader.int(), accumulatorBits: try reader.int(),
      visibility: ModelVisibility(
        model: try Visibility(&reader), inputs: try PortVisibility(&reader),
        outputs: try PortVisibility(&reader)))
    for _ in 0..<(try reader.count(of: 16)) {
      let name = try reader.text()
      inputBits[name] = try reader.int()
    }
  }
}

extension Visibility {
  fileprivate init(_ reader: inout ByteReader) throws(CompileError) {
    self = try reader.flag() ? .public : .private
  }
}

extension PortVisibility {
  fileprivate func write(to writer: inout ByteWriter) {
    writer.append(others.rawValue)
    writer.append(named.count)
    for (name, visibility) in named.sorted(by: { $0.key < $1.key }) {
      writer.append(name)
      writer.append(visibility.rawValue)
    }
  }

  fileprivate init(_ reader: inout ByteReader) throws(CompileError) {
    self.init(try Visibility(&reader))
    for _ in 0..<(try reader.count(of: 9)) {
      let name = try reader.text()
      named[name] = try Visibility(&reader)
    }
  }
}
