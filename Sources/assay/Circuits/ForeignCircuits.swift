import CircuitCheck
import CircuitLanguage
import CommandSupport

/// A quick look at circuits that are not Assay's own.
enum ForeignCircuits {
  /// Warns of circuits whose statements leave a prover a choice, as far as a few attacks show.
  static func warn(_ library: CircuitLibrary) {
    let names = library.foreignCircuits
    let called = Set(names.flatMap { library.signature(of: $0)?.callees ?? [] })
    for name in names where !called.contains(name) {
      guard let signature = library.signature(of: name) else { continue }
      let place = "the circuit \(name) of \(signature.file)"
      let more = "assay circuit test \(signature.file) says more"
      do throws(CircuitCheckError) {
        let verdict = try CircuitTester(library, effort: .brief).verdict(on: name)
        guard let fault = verdict.faults.first else { continue }
        Console.warn("\(place) proves nothing: \(fault.words(library)). \(more)")
      } catch {
        Console.warn("\(place) could not be tried: \(error). \(more)")
      }
    }
  }
}
