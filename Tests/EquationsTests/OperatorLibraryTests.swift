import CircuitLanguage
import Foundation
import TensorGraph
import Testing

@testable import Equations

@Suite struct OperatorLibraryTests {
  @Test func standardOperatorsAreSound() throws {
    _ = try OperatorLibrary.standard()
  }
}
