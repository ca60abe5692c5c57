import Testing
@testable import CircuitCheck
@Suite struct Placeholder {}
