import CircuitLanguage
import Foundation
import RealFunctions
import RealTables
import Testing

/// Values of formulas that another program has computed (`Fixtures/make_real_functions.py`).
struct KnownFormula: Decodable, Sendable, CustomTestStringConvertible {
  let formula: String
  /// Pairs of an argument and the value, which is missing where there is none.
  let values: [[Int?]]

  var testDescription: String { formula }

  static let all: [KnownFormula] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let file = folder.appendingPathComponent("../../Fixtures/real_functions.json")
    guard let data = try? Data(contentsOf: file),
      let formulas = try? JSONDecoder().decode([KnownFormula].self, from: data)
    else { return [] }
    return formulas
  }()
}

@Suite struct KnownAnswersTests {
  private static let range = -(1 << 48)...1 << 48

  @Test func thereAreAnswersForEveryFunction() {
    let text = KnownFormula.all.map(\.formula).joined()
    for function in RealFormula.Function.allCases {
      #expect(text.contains("\(function.rawValue)("), "\(function.rawValue)")
    }
  }

  @Test(arguments: KnownFormula.all) func valuesAreThose(of known: KnownFormula) throws {
    let function = try RealFunction(RealFormula(known.formula))
    for pair in known.values {
      let argument = try #require(pair[0])
      let value = try? function.roundedValues(first: argument, rows: 1, within: Self.range)
      #expect(value?.first == pair[1], "\(known.formula) at x = \(argument)")
    }
  }

  @Test(arguments: KnownFormula.all) func theTextReadsBack(of known: KnownFormula) throws {
    let formula = try RealFormula(known.formula)
    #expect(try RealFormula(formula.text) == formula)
    #expect(RealFormula.columns(ofTableNamed: formula.roundedText) == [formula])
  }

  /// A whole table takes another way than single rows: two threads, and what rows share.
  @Test func aWholeTableHasTheSameValues() throws {
    for known in KnownFormula.all where known.formula.contains("erf") {
      let function = try RealFunction(RealFormula(known.formula))
      let table = try? function.roundedValues(first: -32768, rows: 65536, within: Self.range)
      for pair in known.values {
        guard let argument = pair[0], let table else { continue }
        #expect(table[argument + 32768] == pair[1])
      }
    }
  }
}
