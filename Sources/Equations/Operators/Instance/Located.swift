import CircuitLanguage
import TensorGraph

extension GraphError {
  /// An error about a place in an operator's text.
  init(_ code: Code, _ message: String, at location: SourceLocation) {
    self.init(code, "\(message)  \(location.file.name):\(location.line):\(location.column)")
  }
}

extension Sequence {
  /// `map` that keeps the type of what is thrown.
  func mapTyped<Result, Failure: Error>(
    _ transform: (Element) throws(Failure) -> Result
  ) throws(Failure) -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try transform(element)) }
    return results
  }
}
