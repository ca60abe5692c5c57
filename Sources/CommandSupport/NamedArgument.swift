/// Arguments of the form `name=file`, the name being one of a model's.
public enum NamedArgument {
  /// What follows `name=`; nil unless the argument begins with these very bytes. Names that only look
  /// the same, or that Unicode takes for equal, are other names.
  public static func rest(of argument: String, behind name: String) -> String? {
    let (bytes, prefix) = (argument.utf8, Array((name + "=").utf8))
    guard bytes.starts(with: prefix) else { return nil }
    return String(decoding: bytes.dropFirst(prefix.count), as: UTF8.self)
  }

  /// Whether two names are the same bytes.
  public static func areEqual(_ first: String, _ second: String) -> Bool {
    first.utf8.elementsEqual(second.utf8)
  }
}
