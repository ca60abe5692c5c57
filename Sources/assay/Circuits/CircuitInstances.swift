import ArgumentParser
import CircuitCheck
import CircuitLanguage
import CommandSupport

/// Options of commands that show one instance of each circuit.
struct CircuitInstanceOptions: ParsableArguments {
  @OptionGroup var choice: CircuitSizeOptions

  @Flag(
    help: ArgumentHelp(
      "Take arguments of the types small and any to be products of two tensors, which can't be looked "
        + "up as they are."))
  var accumulators = false

  /// The instances of the file's circuits at the given sizes.
  func instances(of path: String) throws -> [TrialCircuit] {
    let file = try CircuitFiles.read(path)
    let library = try CircuitFiles.library([file])
    let given = try choice.given().sizes
    var instances: [TrialCircuit] = []
    for signature in try CircuitFiles.circuits(of: file, in: library, named: choice.circuit) {
      try CircuitSizeOptions.check(given, signature)
      try requireAll(given, signature)
      do throws(TrialCircuit.Failure) {
        instances.append(
          try TrialCircuit(
            signature.name, of: library, given, form: accumulators ? .product : .tensor))
      } catch {
        throw CommandError.input("\(error.error)")
      }
    }
    return instances
  }

  private func requireAll(
    _ given: TrialSizes, _ signature: CircuitSignature
  ) throws(CommandError) {
    let sizes = signature.sizes.filter { given.sizes[$0] == nil }
    guard sizes.isEmpty else {
      throw .input(
        "\(signature.name): say --sizes " + sizes.map { "\($0)=…" }.joined(separator: ","))
    }
    let parameters = signature.parameters.map(\.name).filter { given.parameters[$0] == nil }
    guard parameters.isEmpty else {
      throw .input(
        "\(signature.name): say --parameters "
          + parameters.map { "\($0)=…" }.joined(separator: ","))
    }
  }
}

struct CircuitCostCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cost",
    abstract: "Counts what a proof pays for a circuit of given sizes.",
    discussion: """
      A proof pays for each value that is committed, for each tuple that is looked up, and for each row \
      of each table, however little is looked up in it; layers share tables. Equalities cost little, \
      but each statement of the text costs the verifier some time, whatever its sizes.

      Outputs count as committed. An accumulator costs nothing where another circuit takes it.

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
    guard !json else {
      try Console.write(
        JSONValue.object(["circuits": .array(instances.map(Self.json))]).text)
      return
    }
    for (number, instance) in instances.enumerated() {
      if number > 0 { try Console.write("") }
      try Console.write(Self.text(instance))
    }
  }

  private static func text(_ instance: TrialCircuit) -> String {
    let cost = CircuitCost(instance.circuit.system)
    var table = TextTable([("", .left), ("", .right)])
    table.append(["committed values", String(cost.cells)])
    table.append(["tuples looked up", String(cost.lookups)])
    table.append(["equalities", String(cost.equalities)])
    table.append(["statements", String(cost.statements)])
    var tables = TextTable([("table", .left), ("rows", .right), ("looked up", .right)])
    for row in cost.tables { tables.append([row.name, String(row.rows), String(row.lookups)]) }
    let sizes = instance.sizes.description
    let title = instance.name + (sizes.isEmpty ? "" : " (\(sizes))")
    return title + "\n" + table.text + (cost.tables.isEmpty ? "" : "\n" + tables.text)
  }

  private static func json(_ instance: TrialCircuit) -> JSONValue {
    let cost = CircuitCost(instance.circuit.system)
    return .object([
      "name": .string(instance.name), "sizes": .string(instance.sizes.description),
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

struct CircuitExpandCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "expand",
    abstract: "Shows a circuit of given sizes as the statements that are proven.",
    discussion: """
      Names of sizes and parameters are replaced by their values, circuits that are called by what they \
      say, definitions by what they stand for: what is left are the tensors, the tables, the equalities \
      and lookups that a proof is about, and the steps that compute the tensors.

        assay circuit expand round.circuit --sizes ...=10 --parameters shift=4,width=16
      """)

  @Argument(
    help: "A circuit file; - for standard input.", completion: .file(extensions: ["circuit"]))
  var file: String

  @OptionGroup var options: CircuitInstanceOptions

  func run() throws {
    for (number, instance) in try options.instances(of: file).enumerated() {
      if number > 0 { try Console.write("") }
      try Console.write("# Circuit \(instance.name)\n")
      // Its last line ends already.
      try Console.write(String(describe(instance.circuit.readable).dropLast()))
    }
  }
}
