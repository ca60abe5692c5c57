import ArgumentParser
import CircuitCheck
import CircuitLanguage
import CommandSupport
import ConstraintSystem
import OperatorCheck

struct CircuitCostCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cost",
    abstract: "Counts what a proof pays for a circuit or an operator of given sizes.",
    discussion: """
      A proof pays for each value that is committed, for each tuple that is looked up, and for each row \
      of each table, however little is looked up in it; layers share tables. Equalities cost little, \
      but each statement of the text costs the verifier some time, whatever its sizes.

      Outputs count as committed. An accumulator costs nothing where another circuit takes it. Scales \
      of an operator are chosen by made-up inputs.

        assay circuit cost dense.circuit --sizes m=1,k=784,n=128
        assay circuit cost relu.circuit --sizes ...=32x100
      """)

  @Argument(
    help: "A circuit file; - for standard input.", completion: .file(extensions: ["circuit"]))
  var file: String

  @OptionGroup var options: CircuitInstanceOptions

  @Flag(help: "Print the report as JSON.")
  var json = false

  func run() throws {
    let instances = try options.instances(of: file)
    let circuits = instances.circuits.map {
      CostReport(name: $0.name, sizes: $0.sizes.description, system: $0.circuit.system)
    }
    let operators = instances.operators.map {
      CostReport(name: $0.name, sizes: $0.sample.description, system: $0.circuit.system)
    }
    try Console.write(
      json
        ? JSONValue.object([
          "circuits": .array(circuits.map(\.json)), "operators": .array(operators.map(\.json)),
        ]).text
        : (circuits + operators).map(\.text).joined(separator: "\n\n"))
  }
}

/// What a proof pays for an instance, for people and for programs.
struct CostReport {
  let name: String
  let sizes: String
  private let cost: CircuitCost

  init(name: String, sizes: String, system: ConstraintSystem) {
    self.name = name
    self.sizes = sizes
    cost = CircuitCost(system)
  }

  var text: String {
    var table = TextTable([("", .left), ("", .right)])
    table.append(["committed values", String(cost.cells)])
    table.append(["tuples looked up", String(cost.lookups)])
    table.append(["equalities", String(cost.equalities)])
    table.append(["statements", String(cost.statements)])
    var tables = TextTable([("table", .left), ("rows", .right), ("looked up", .right)])
    for row in cost.tables { tables.append([row.name, String(row.rows), String(row.lookups)]) }
    let title = name + (sizes.isEmpty ? "" : " (\(sizes))")
    return title + "\n" + table.text + (cost.tables.isEmpty ? "" : "\n" + tables.text)
  }

  var json: JSONValue {
    .object([
      "name": .string(name), "sizes": .string(sizes),
      "cells": .integer(cost.cells), "lookups": .integer(cost.lookups),
      "equalities": .integer(cost.equalities), "statements": .integer(cost.statements),
      "tables": .array(
        cost.tables.map {
          .object([
            "name": .string($0.name), "rows": .integer($0.rows), "lookups": .integer($0.lookups),
          ])
        }),
    ])
  }
}
