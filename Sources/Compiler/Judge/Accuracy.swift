import Foundation

/// How far the integer network is from the float network on some samples.
public struct Accuracy: Equatable, Sendable {
  /// An output of the network.
  public struct Output: Equatable, Sendable {
    /// As the network calls it.
    public var name: String
    /// The greatest difference to the float evaluation. Of a label, by how much the score of the
    /// label that was chosen stays below the greatest score.
    public var error: Double = 0
    /// The range: the greatest magnitude of the float output over all samples. Of a label, how far
    /// the scores that it is the greatest of are apart.
    public var range: Double = 0
    /// Whether the output is of labels, the positions of greatest values.
    public var isLabel = false
    /// Of labels, how many there were on all samples and how many differ from the float network's.
    public var labels = 0
    public var changed = 0
    /// Of labels, the greatest difference of a score to the float network's, where a tensor has these,
    /// and how many labels are chosen by a difference of no more than twice that.
    public var noise = 0.0
    public var close = 0
    /// Where the error is: the sample, counted from 0, and the row-major position in the output.
    public var sample = 0
    public var position = 0
    /// The two values that differ there; of a label the scores.
    public var value = 0.0
    public var reference = 0.0

    /// The error as a fraction of the range; 1 where an output that should be zero is not.
    public var errorOfRange: Double {
      error == 0 ? 0 : range > 0 ? error / range : 1
    }

    /// The fraction of labels that differ.
    public var changedLabels: Double { labels == 0 ? 0 : Double(changed) / Double(labels) }
  }

  /// In the network's order.
  public var outputs: [Output] = []
  /// How many samples were looked at, and how many there were.
  public var samples = 0
  public var given = 0
  /// On how many samples the position of the greatest value is that of the float network, for all
  /// outputs that are labels, or scores: real numbers along the last axis and no other. Nil where
  /// there is no such output.
  public var unchanged: Int?

  /// Labels that may fall otherwise by what is rounded, in sentences for people.
  var notes: [String] {
    outputs.filter { $0.isLabel && $0.close > 0 }.map {
      "output \"\($0.name)\": \($0.close) of its \($0.labels) labels on these samples, of which "
        + "\($0.changed) differ, are chosen between scores that are no further apart than "
        + "\(Readable.number(2 * $0.noise)), where scores are off by up to \(Readable.number($0.noise))"
    }
  }

  /// The output with the greatest error.
  public var worst: Output? { outputs.max { $0.errorOfRange < $1.errorOfRange } }

  /// The greatest difference of an output's value to the float network's.
  public var error: Double { outputs.reduce(0) { max($0, $1.error) } }

  /// The greatest error of an output as a fraction of its range.
  public var errorOfRange: Double { worst?.errorOfRange ?? 0 }

  /// The same errors, measured by ranges that include those of other samples.
  public func including(rangesOf other: Accuracy) -> Accuracy {
    var result = self
    for number in outputs.indices where other.outputs.indices.contains(number) {
      result.outputs[number].range = max(outputs[number].range, other.outputs[number].range)
    }
    return result
  }

  /// One sentence for people, such as "outputs within 0.02 % of their range on 32 samples; the class
  /// unchanged on 32 of 32".
  public var text: String {
    let subject = outputs.count == 1 ? "output" : "outputs"
    let owner = outputs.count == 1 ? "its" : "their"
    let some = given > samples ? "the first \(samples) of \(given)" : "\(samples)"
    var text =
      "\(subject) within \(Readable.percent(errorOfRange)) of \(owner) range on \(some) "
      + (given == 1 ? "sample" : "samples")
    if outputs.count > 1, let worst, worst.error > 0 { text += " (\"\(worst.name)\" the worst)" }
    if let unchanged { text += "; the class unchanged on \(unchanged) of \(samples)" }
    return text
  }
}

/// How numbers are written for people in this module's sentences.
enum Readable {
  /// Three significant digits.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    let text = String(format: "%.3g", value)
    return text.contains("e") && abs(value) >= 1 && abs(value) < 1e7
      ? String(format: "%.0f", value) : text
  }

  /// A fraction in percent, rounded up to two significant digits so that it is a bound.
  static func percent(_ fraction: Double) -> String {
    guard fraction.isFinite else { return "more than 100 %" }
    guard fraction > 0 else { return "0 %" }
    let value = fraction * 100
    let unit = pow(10, (log10(value)).rounded(.down) - 1)
    let rounded = (value / unit * (1 - 1e-12)).rounded(.up) * unit
    return String(format: rounded >= 100 ? "%.0f" : "%.2g", rounded) + " %"
  }

  /// Indices along each axis of a row-major position.
  static func place(_ position: Int, _ shape: [Int]) -> [Int] {
    var rest = position
    return Array(
      shape.reversed().map { extent in
        defer { rest /= max(extent, 1) }
        return rest % max(extent, 1)
      }.reversed())
  }
}
