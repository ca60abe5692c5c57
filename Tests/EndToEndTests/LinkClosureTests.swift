import Foundation
import TestSupport
import Testing

/// What the package's manifest says of its targets.
struct Manifest: Decodable {
  struct Target: Decodable {
    let name: String
    let type: String
    let path: String?
    let dependencies: [Dependency]

    /// Whether it is there for tests only.
    var isForTests: Bool { type == "test" || path?.hasPrefix("Tests/") == true }
  }

  /// `{"byName": ["Name", null]}`, or `target` or `product` in place of `byName`.
  struct Dependency: Decodable {
    let name: String

    init(from decoder: any Decoder) throws {
      let values = try decoder.singleValueContainer().decode([String: [String?]?].self)
      let names = values.values.compactMap { $0?.first ?? nil }
      guard let name = names.first, names.count == 1 else {
        throw DecodingError.dataCorrupted(
          .init(codingPath: decoder.codingPath, debugDescription: "not one dependency"))
      }
      self.name = name
    }
  }

  let targets: [Target]

  /// The targets and products that a target needs, itself left out.
  func closure(of name: String) throws -> Set<String> {
    let byName = Dictionary(targets.map { ($0.name, $0) }) { first, _ in first }
    var found: Set<String> = []
    var waiting = try #require(byName[name]).dependencies.map(\.name)
    while let next = waiting.popLast() {
      guard found.insert(next).inserted else { continue }
      waiting += byName[next]?.dependencies.map(\.name) ?? []
    }
    return found
  }
}

@Suite("The verifier shares nothing with the prover but the protocol")
struct LinkClosureTests {
  static let core: Set<String> = [
    "Argument", "Commitment", "ConstraintSystem", "FieldArithmetic", "Hashing", "Polynomials",
    "Transcript",
  ]

  private func manifest() throws -> Manifest {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    // Its own scratch folder, because the one in use is locked while tests run.
    process.arguments = [
      "swift", "package", "--package-path", Fixture.package, "--scratch-path",
      folder.file("scratch"), "dump-package",
    ]
    let output = try folder.write([], "manifest.json")
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return try JSONDecoder().decode(Manifest.self, from: Data(try Fixture.bytes(output)))
  }

  @Test("assay-verify depends on the verifier, files and arguments, and on nothing else")
  func dependencies() throws {
    let manifest = try manifest()
    #expect(try manifest.closure(of: "Verifier") == Self.core)
    let allowed = Self.core.union([
      "ArgumentParser", "CGMP", "CircuitLanguage", "CommandSupport", "FileAccess",
      "RealFunctions", "RealTables", "TensorFiles", "Verifier",
    ])
    #expect(try manifest.closure(of: "assay-verify").isSubset(of: allowed))
    let prover = try manifest.closure(of: "assay")
    for name in ["Prover", "Compiler", "ONNXImport", "SwiftProtobuf", "CKernels", "CGMP"] {
      #expect(prover.contains(name), "the search should find \(name) where it is used")
    }
  }

  /// Each module's level, as the comments of the package's manifest have it.
  private func levels() throws -> [String: Int] {
    let text = String(
      decoding: try Fixture.bytes(Fixture.package + "/Package.swift"), as: UTF8.self)
    let modules = try #require(text.components(separatedBy: "// Tests").first)
    var levels: [String: Int] = [:]
    for section in modules.components(separatedBy: "// Level ").dropFirst() {
      let level = try #require(Int(section.prefix { $0 != "\n" }))
      for match in section.matches(
        of: /(?:core|module|arget|systemLibrary)\(\s*(?:name: )?"([^"]+)"/)
      {
        #expect(levels.updateValue(level, forKey: String(match.1)) == nil)
      }
    }
    return levels
  }

  @Test("a module's level is one above the highest that it rests on")
  func levelsAreTrue() throws {
    let levels = try levels()
    let targets = try manifest().targets
    let forTests = Set(targets.filter(\.isForTests).map(\.name))
    let modules = targets.filter { !$0.isForTests }
    #expect(Set(modules.map(\.name)) == Set(levels.keys))
    for module in modules {
      let names = module.dependencies.map(\.name)
      let below = names.compactMap { levels[$0] }.max() ?? -1
      #expect(levels[module.name] == below + 1, "\(module.name) rests on \(names)")
      #expect(forTests.isDisjoint(with: names), "\(module.name) rests on \(names)")
    }
  }

  /// Modules that a symbol of the executable would name, as they are spelled in mangled names.
  @Test(
    "assay-verify holds no symbol of prover, compiler, importer or kernels",
    arguments: [
      "$s6Prover", "$s8Compiler", "$s10ONNXImport", "$s7Witness", "$s10Evaluation",
      "$s11TensorGraph", "$s13SwiftProtobuf", "ck_from_int", "GOMP_parallel",
    ])
  func symbols(symbol: String) throws {
    let needle = Data(symbol.utf8)
    let prover = Data(try Fixture.bytes(Program.assay.path))
    #expect(prover.range(of: needle) != nil, "the search should find \(symbol) where it is used")
    let verifier = Data(try Fixture.bytes(Program.verify.path))
    #expect(verifier.range(of: needle) == nil)
  }

  /// The lines of a module without comments.
  private func lines(of module: String) throws -> [(place: String, text: Substring)] {
    let folder = Fixture.package + "/Sources/" + module
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder)
    return try files.filter { $0.hasSuffix(".swift") }.flatMap { file in
      let text = String(decoding: try Fixture.bytes(folder + "/" + file), as: UTF8.self)
      return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map {
        (line, text) in
        ("\(module)/\(file):\(line + 1)", text.prefix { $0 != "/" || !text.contains("//") })
      }
    }
  }

  @Test("the verifier's modules import each other only", arguments: core.union(["Verifier"]))
  func imports(module: String) throws {
    let lines = try lines(of: module)
    #expect(!lines.isEmpty)
    for (place, text) in lines where text.contains("import ") {
      let name = text.split(separator: " ").last.map(String.init) ?? ""
      #expect(Self.core.contains(name), "\(place) imports \(name)")
    }
  }

  @Test(
    "the verifier's modules have no code that can't be checked", arguments: core.union(["Verifier"])
  )
  func safety(module: String) throws {
    let forbidden = [
      "unsafe", "Unsafe", "try!", "as!", "fatalError", "@_", "unowned", "withMemoryRebound",
      "Builtin.", "DispatchQueue", "Thread", "print(",
    ]
    for (place, text) in try lines(of: module) {
      for word in forbidden where text.contains(word) {
        Issue.record("\(place) has \(word)")
      }
    }
  }
}
