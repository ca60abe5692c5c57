import CircuitLanguage
import Witness

/// Why a circuit can't be checked. What the check finds is no error.
public enum CircuitCheckError: Error, Sendable, CustomStringConvertible {
  /// There are no such circuit, sizes or parameters, or they do not fit each other.
  case circuit(CircuitLanguageError)
  /// The witness program fails for all inputs that were tried; of the last one.
  case evaluation(EvaluationError)
  /// The statements have more reads than are written out.
  case tooLarge(Int)
  /// What the circuit is asked for can't be had, in words.
  case unusable(String)

  public var description: String {
    switch self {
    case .circuit(let error): error.description
    case .evaluation(let error): error.description
    case .tooLarge(let limit):
      "the statements read more than \(limit) cells at these sizes: choose smaller ones"
    case .unusable(let reason): reason
    }
  }
}
