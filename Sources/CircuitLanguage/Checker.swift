/// stub
struct Checker {
  let library: CircuitLibrary
  func check(_ names: Set<String>) throws(CircuitLanguageError) {}
}
