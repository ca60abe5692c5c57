import ConstraintSystem

/// Rows of cells in columns as wide as their widest cell.
public struct TextTable: Sendable {
  public enum Alignment: Sendable { case left, right }

  private var rows: [[String]]
  private let alignments: [Alignment]

  /// - Parameter columns: headings, which are left out when they are all empty.
  public init(_ columns: [(heading: String, alignment: Alignment)]) {
    alignments = columns.map(\.alignment)
    let headings = columns.map(\.heading)
    rows = headings.allSatisfy(\.isEmpty) ? [] : [headings]
  }

  /// Appends a row; cells beyond the columns are dropped. Each is one line of `Text.line`.
  public mutating func append(_ cells: [String]) {
    rows.append(cells.prefix(alignments.count).map { Text.line($0) })
  }

  public var text: String {
    let widths = alignments.indices.map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let space = String(repeating: " ", count: widths[column] - cell.count)
        if column > 0 { line += "  " }
        line += alignments[column] == .left ? cell + space : space + cell
      }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}

/// How quantities are written for people.
public enum Quantity {
  /// `digits` significant digits.
  public static func text(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    var magnitude = 0
    var scaled = abs(value)
    while scaled >= 10 { (scaled, magnitude) = (scaled / 10, magnitude + 1) }
    while scaled < 1 { (scaled, magnitude) = (scaled * 10, magnitude - 1) }
    if magnitude < -4 || magnitude >= 15 {
      return "\(fixed(value < 0 ? -scaled : scaled, digits - 1))e\(magnitude)"
    }
    return fixed(value, max(0, digits - 1 - magnitude))
  }

  /// What integers of this number of fractional bits, or what tensors have in place of one, are of.
  public static func unit(_ fractionalBits: Int) -> String {
    fractionalBits == SingleOrder.scale ? "order of float32" : power(-fractionalBits)
  }

  /// The power of two with this exponent.
  public static func power(_ exponent: Int) -> String { "2^\(exponent)" }

  public static func seconds(_ value: Double) -> String { "\(fixed(value, 3)) s" }

  /// In the largest binary unit that leaves at least 1.
  public static func bytes(_ count: Int) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var value = Double(count)
    var unit = 0
    while value >= 1024, unit + 1 < units.count { (value, unit) = (value / 1024, unit + 1) }
    return unit == 0 ? "\(count) B" : "\(fixed(value, 1)) \(units[unit])"
  }

  /// Rounded to `places` decimal places.
  static func fixed(_ value: Double, _ places: Int) -> String {
    var factor = 1.0
    for _ in 0..<places { factor *= 10 }
    let rounded = (abs(value) * factor).rounded()
    guard rounded < 9e18 else { return "\(value)" }
    let digits = String(Int(rounded))
    let sign = value < 0 && rounded > 0 ? "-" : ""
    if places == 0 { return sign + digits }
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return sign + padded.dropLast(places) + "." + padded.suffix(places)
  }
}
