import CircuitCheck
import CircuitLanguage
import CommandSupport
import Compiler
import Equations
import OperatorCheck

/// All that is known of an operator, for people and for programs.
struct OperatorDetails {
  let description: OperatorDescription
  /// A small node of it; or why there is none.
  private let example: Result<Example, OperatorCheckError>

  fileprivate struct Example {
    let trial: OperatorTrial
    let accuracy: Accuracy
    let cost: CircuitCost

    /// How many results the node has.
    var results: Int {
      trial.compilation.model.interface.outputs.reduce(0) { $0 + $1.shape.reduce(1, *) }
    }
  }

  init(
    _ description: OperatorDescription, _ operators: OperatorLibrary, _ circuits: CircuitLibrary
  ) {
    self.description = description
    example = Result { () throws(OperatorCheckError) in
      let trial = try OperatorTester(operators, circuits, tolerance: 1).example(
        of: description.name)
      do throws(CompileError) {
        return Example(
          trial: trial, accuracy: try trial.accuracy(), cost: CircuitCost(trial.circuit.system))
      } catch { throw .compile(trial.sample.description, error) }
    }
  }

  var text: String {
    var lines = [description.signature]
    lines += description.equations.map { "  " + $0 }
    var table = TextTable([("", .left), ("", .left)])
    for node in description.nodes { table.append(["node", node.words]) }
    table.append(["text", description.file + (description.isOwn ? "" : ", not Assay's own")])
    for (name, value) in facts { table.append([name, value]) }
    return (lines.map { Text.line($0) } + [table.text]).joined(separator: "\n")
  }

  /// What the example shows.
  private var facts: [(String, String)] {
    switch example {
    case .failure(let error): return [("example", "none: \(error)")]
    case .success(let example):
      let sizes = example.trial.sample.description
      let (own, all) = (example.accuracy.errorOfRange, example.errorWithRounding)
      return [
        (
          "example",
          (sizes.isEmpty ? "" : "\(sizes), ") + "inputs in \(example.trial.domain)"
            + (example.trial.sample.hasConstants ? ", operands after the first constant" : "")
        ),
        (
          "error",
          "\(OperatorTestReport.percent(own)) of the results' range on "
            + "\(example.accuracy.samples) inputs"
        ),
        ("with rounded inputs", OperatorTestReport.percent(all)),
        ("cost of a result", example.perResult),
        ("tables", example.tables),
      ]
    }
  }

  var json: JSONValue {
    switch example {
    case .failure(let error):
      return .object(
        description.members + [.init("example", .null), .init("reason", .string("\(error)"))])
    case .success(let example):
      return .object(description.members + [.init("example", example.json)])
    }
  }
}

extension OperatorDetails.Example {
  /// The error where the inputs are not multiples of their scales' units.
  fileprivate var errorWithRounding: Double {
    max(accuracy.errorOfRange, trial.compilation.accuracy?.errorOfRange ?? 0)
  }

  /// What a proof pays for each result, tables aside.
  fileprivate var perResult: String {
    func share(_ count: Int) -> String {
      let (whole, rest) = count.quotientAndRemainder(dividingBy: max(results, 1))
      return rest == 0
        ? "\(whole)" : Quantity.text(Double(count) / Double(max(results, 1)), digits: 3)
    }
    return "\(share(cost.cells)) committed values, \(share(cost.lookups)) tuples looked up"
  }

  fileprivate var tables: String {
    cost.tables.isEmpty
      ? "none" : cost.tables.map { "\($0.name) of \($0.rows) rows" }.joined(separator: "; ")
  }

  fileprivate var json: JSONValue {
    .object([
      "sizes": .string(trial.sample.description),
      "least_input": .number(Double(trial.domain.low)),
      "greatest_input": .number(Double(trial.domain.high)),
      "constant_operands": .boolean(trial.sample.hasConstants),
      "inputs": .integer(accuracy.samples), "error_of_range": .number(accuracy.errorOfRange),
      "error_with_rounding": .number(errorWithRounding),
      "results": .integer(results), "cells": .integer(cost.cells),
      "lookups": .integer(cost.lookups), "statements": .integer(cost.statements),
      "tables": .array(
        cost.tables.map {
          .object(["name": .string($0.name), "rows": .integer($0.rows)])
        }),
    ])
  }
}
