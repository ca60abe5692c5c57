import TensorGraph

/// An output that is further from the float network than is tolerated, and why.
public struct Inaccuracy: Equatable, Sendable, CustomStringConvertible {
  public var output: Accuracy.Output
  /// The shape of the output.
  public var shape: [Int]
  /// The greatest error that is tolerated, as a fraction of the output's range.
  public var tolerance: Double
  /// The tensors that lose the bits, the first one in the network first.
  public var losses: [Loss]
  /// Whether the samples were not given but made up.
  public var isMadeUp: Bool

  /// A tensor whose scale is too coarse for what it holds.
  public struct Loss: Equatable, Sendable {
    public enum Role: Equatable, Sendable {
      case input
      /// A constant of a node.
      case constant(node: String)
      /// The result of a node.
      case result(node: String)
    }
    public var tensor: String
    public var role: Role
    /// The distance of neighbouring values of its scale.
    public var unit: Double
    /// The greatest magnitude that it holds.
    public var magnitude: Double
    public var cause: Cause
    /// Values that count as zero; nil where there are none.
    public var lost: Lost?

    /// What makes the scale so coarse.
    public enum Cause: Equatable, Sendable {
      /// The tensor's own values.
      case magnitude
      /// Another tensor of the same scale.
      case shared(name: String, magnitude: Double)
      /// Another tensor that it is added to or multiplied by, in a node.
      case partner(name: String, magnitude: Double, node: String)
      /// The scale is made for greater values than this sample's.
      case limit(Double)
    }

    /// How many of how many values count as zero, and the greatest magnitude of these.
    public struct Lost: Equatable, Sendable {
      public var count: Int
      public var total: Int
      public var magnitude: Double
    }
  }

  public var description: String {
    ([headline] + losses.map { "  \($0)" } + ["Remedies: \(remedies.joined(separator: "; "))."])
      .joined(separator: "\n")
  }

  /// What is wrong and where it comes from, without remedies, on one line.
  public var finding: String { ([headline] + losses.map(\.description)).joined(separator: "; ") }

  private var headline: String {
    let place = Readable.place(output.position, shape)
    let spot = "on \(isMadeUp ? "made-up " : "")sample \(output.sample + 1) at \(place)"
    let values =
      output.isLabel
      ? "the score of what it chooses is \(Float(output.value)), the greatest is "
        + "\(Float(output.reference))"
      : "\(Readable.number(output.value)) instead of \(Readable.number(output.reference))"
    let share =
      output.isLabel && output.changed > 0
      ? "another label at \(output.changed) of \(output.labels) places"
      : output.range > 0
        ? "off by \(Readable.percent(output.errorOfRange)) of its range"
        : "not zero, its only value"
    return "as integers the output \"\(output.name)\" is \(share), and "
      + "\(Readable.percent(tolerance)) is tolerated: \(values) \(spot)"
  }

  private var remedies: [String] {
    var found: [String] = []
    for text in losses.map(\.remedy) where !found.contains(text) { found.append(text) }
    if isMadeUp { found.append("give real samples with --calibration") }
    if output.isLabel, output.errorOfRange <= tolerance {
      found = ["make the scores an output, since these two are closer than 16 bits can tell"]
    } else if losses.isEmpty {
      found.append("normalise inputs and layers to like magnitudes")
    }
    found.append("accept the error with a greater --tolerance")
    return found
  }
}

extension Inaccuracy.Loss: CustomStringConvertible {
  public var description: String {
    var text = "\(subject) has steps of \(Readable.number(unit)), since \(reason)"
    if let lost {
      text +=
        ": \(lost.count) of its \(lost.total) values, such as "
        + "\(Readable.number(lost.magnitude)), count as zero"
    }
    return text
  }

  private var reason: String {
    let own = Readable.number(magnitude)
    switch cause {
    case .magnitude: return "it reaches \(own)"
    case .shared(let name, let greatest):
      return
        "it shares its scale with \"\(name)\", which reaches \(Readable.number(greatest)); its "
        + "own values reach \(own)"
    case .partner(let name, let greatest, let node):
      return "in the node \"\(node)\" it meets \"\(name)\", which reaches "
        + "\(Readable.number(greatest)); its own values reach \(own)"
    case .limit(let limit):
      return "its scale is made for values up to \(Readable.number(limit)), and it reaches only "
        + own
    }
  }

  private var subject: String {
    switch role {
    case .input: "the input \"\(tensor)\""
    case .constant(let node): "the constant \"\(tensor)\" of the node \"\(node)\""
    case .result(let node): "the tensor \"\(tensor)\" of the node \"\(node)\""
    }
  }

  /// What whoever made the network can do.
  var remedy: String {
    switch cause {
    case .limit: return "calibrate with samples of the magnitudes that occur"
    case .shared(let name, let greatest), .partner(let name, let greatest, _):
      if greatest > 100 * magnitude {
        return "clip \"\(name)\" to a few times what counts, such as a mask to -100"
      }
    case .magnitude: break
    }
    switch role {
    case .input:
      return
        "normalise the values of \"\(tensor)\" to like magnitudes before they enter the network, "
        + "give those that are so large an input of their own, or make an input that never changes "
        + "a --constant"
    case .constant:
      return
        "scale \"\(tensor)\" so that its values are of like magnitudes, as they are when what it "
        + "multiplies is normalised"
    case .result:
      return "normalise or clip the values of \"\(tensor)\""
    }
  }
}
