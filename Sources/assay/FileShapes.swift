import CommandSupport
import ONNXImport

/// The sizes that a model leaves open and that the files given for its inputs have.
struct FileShapes {
  /// An axis of which the model does not say the size.
  enum Place: Hashable {
    /// All that share the name.
    case named(String)
    case axis(input: String, Int)

    var text: String {
      switch self {
      case .named(let name): name
      case .axis(let input, let axis): "axis \(axis) of \(input)"
      }
    }
  }

  /// A size, and the file that has it.
  typealias Found = (size: Int, path: String)

  /// Of the axes that have one size in all files.
  private var sizes: [Place: Found] = [:]
  /// Extents of the model's leading axes along which the files may hold several inferences.
  private(set) var leading: [Place: Found] = [:]
  private var shapes: [String: [Int]] = [:]
  private let inputs: [ONNXModel.Input]
  private let options: ImportOptions

  /// - Parameter arguments: lists of `[name=]file`, each for all inputs.
  /// - Throws: `CommandError.input` where files disagree.
  init(_ model: ONNXModel, _ options: ImportOptions, _ arguments: [[String]]) throws {
    inputs = model.inputs.filter { options.constants[$0.name] == nil }
    self.options = options
    guard inputs.contains(where: \.isOpen) else { return }
    let slots = inputs.map { InputSlot(name: $0.name, shape: []) }
    for list in arguments {
      for (slot, value, file) in try InputArguments.assign(list, slots, skipsEmpty: false)
      where file.isShaped {
        guard let input = inputs.first(where: { $0.name == slot.name }) else { continue }
        try take(value.shape, input, file.path)
      }
    }
  }

  private mutating func take(
    _ shape: [Int], _ input: ONNXModel.Input, _ path: String
  ) throws {
    guard let axes = input.axes else {
      if let other = shapes.updateValue(shape, forKey: input.name), other != shape {
        throw CommandError.input(
          "\(path): has the shape \(shape), and another file for \"\(input.name)\" has \(other); the "
            + "network does not say which it takes")
      }
      return
    }
    guard let own = Self.aligned(shape, axes) else { return }
    for (axis, declared) in axes.enumerated() {
      guard case .symbolic(let name) = declared, options.dimensions[name] == nil else { continue }
      let place = name.isEmpty ? Place.axis(input: input.name, axis) : .named(name)
      if axis == 0, shape.count == axes.count {
        if own[0] == 0 {
          try note(place, 0, path)
        } else if own[0] > 1, leading[place] == nil {
          leading[place] = (own[0], path)
        }
      } else {
        try note(place, own[axis], path)
      }
    }
  }

  private mutating func note(_ place: Place, _ size: Int, _ path: String) throws {
    if let other = sizes[place], other.size != size {
      throw CommandError.input(
        "\(path): \(place.text) is \(size), and \(other.size) in \(other.path); compile the network "
          + "for one size")
    }
    sizes[place] = (size, path)
  }

  /// The extents that a file has along the declared axes; nil where it does not fit them.
  private static func aligned(_ shape: [Int], _ axes: [ONNXModel.Axis]) -> [Int]? {
    var own = shape
    if shape.count == axes.count + 1 { own.removeFirst() }
    if shape.count + 1 == axes.count { own.insert(1, at: 0) }
    guard own.count == axes.count else { return nil }
    for (axis, (extent, declared)) in zip(own, axes).enumerated() {
      guard axis > 0, case .fixed(let size) = declared, size != extent else { continue }
      return nil
    }
    return own
  }
}

extension FileShapes {
  /// The options with these sizes, and with those of leading axes instead of 1 where they are given.
  func options(leading: [Place: Int] = [:]) -> ImportOptions {
    var result = options
    var known = sizes.mapValues(\.size)
    for (place, size) in leading where known[place] == nil { known[place] = size }
    for case (.named(let name), let size) in known { result.dimensions[name] = size }
    for (name, shape) in shapes { result.inputShapes[name] = shape }
    for input in inputs where input.isUnnamed {
      guard let shape = shape(of: input, known, result.dimensions) else { continue }
      result.inputShapes[input.name] = shape
    }
    return result
  }

  /// The complete shape of an input, if all its sizes are known.
  private func shape(
    of input: ONNXModel.Input, _ known: [Place: Int], _ dimensions: [String: Int]
  ) -> [Int]? {
    var shape: [Int] = []
    for (axis, declared) in (input.axes ?? []).enumerated() {
      let size: Int? =
        switch declared {
        case .fixed(let size): size
        case .symbolic(""): known[.axis(input: input.name, axis)]
        case .symbolic(let name): dimensions[name]
        }
      guard let size = size ?? (axis == 0 ? 1 : nil) else { return nil }
      shape.append(size)
    }
    return shape
  }

  /// What was taken from which file, in a sentence; nil where nothing was.
  func note(leading: [Place: Found] = [:]) -> String? {
    let all = sizes.merging(leading) { own, _ in own }
    let parts = all.map { "\($0.key.text) = \($0.value.size) (\($0.value.path))" }
    let whole = shapes.map { "\($0.key) has the shape \($0.value)" }
    let texts = (parts + whole).sorted()
    return texts.isEmpty
      ? nil : "sizes taken from the given files: " + texts.joined(separator: ", ")
  }
}

extension ONNXModel.Input {
  /// Whether the shape is one that the model allows, where nothing else settles any of its axes.
  func leavesOpen(_ shape: [Int], besides dimensions: [String: Int]) -> Bool {
    guard let axes else { return true }
    return axes.count == shape.count
      && zip(axes, shape).allSatisfy { axis, extent in
        switch axis {
        case .fixed(let size): size == extent
        case .symbolic(let name): dimensions[name] == nil
        }
      }
  }

  /// Whether the model leaves a size open.
  fileprivate var isOpen: Bool {
    axes?.contains { if case .symbolic = $0 { true } else { false } } ?? true
  }

  /// Whether it leaves one open that has no name.
  fileprivate var isUnnamed: Bool { axes?.contains(.symbolic("")) ?? false }
}
