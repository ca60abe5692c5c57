/// How names and tensors are written for people.
public enum Text {
  /// The name without what could steer a terminal.
  public static func printable(_ name: String) -> String {
    String(
      String.UnicodeScalarView(
        name.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
  }

  public static func shape(_ shape: [Int]) -> String {
    shape.map(String.init).joined(separator: "×")
  }

  /// The first few values.
  public static func values(_ values: [Double]) -> String {
    let shown = values.prefix(10).map { Quantity.text($0) }.joined(separator: " ")
    return values.count > 10 ? shown + " …" : shown
  }
}
