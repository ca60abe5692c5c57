// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors where the change is judged, and only warnings where it is being written.
let strict: [SwiftSetting] =
  Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]

/// A module of the verifier's closure: scalar Swift without Foundation, which also builds as
/// Embedded Swift for wasm32.
func core(_ name: String, _ dependencies: [String] = []) -> Target {
  .target(
    name: name, dependencies: dependencies.map { .init(stringLiteral: $0) }, swiftSettings: strict)
}

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The verifier as a WebAssembly module: only for that target, where nothing else can be linked.
let web: [Target] =
  Context.environment["ASSAY_WEB"] == nil
  ? []
  : [
    .target(name: "WebRuntime"),
    .executableTarget(
      name: "WebVerifier", dependencies: ["Verifier", "WebRuntime"], swiftSettings: strict),
  ]

let package = Package(
  name: "Assay",
  products: [
    .executable(name: "assay", targets: ["assay"]),
    .executable(name: "assay-verify", targets: ["assay-verify"]),
    .library(name: "Verifier", targets: ["Verifier"]),
    .library(name: "Kernels", targets: ["Kernels", "FieldArithmetic", "Hashing"]),
    // All that reads a file, for the package that fuzzes it.
    .library(
      name: "Readers",
      targets: [
        "Argument", "CircuitLanguage", "Commitment", "Compiler", "ConstraintSystem", "Equations",
        "Hashing", "Kernels", "ONNXImport", "Prover", "TensorFiles", "TensorGraph", "Transcript",
        "Verifier", "Witness",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0", traits: []),
  ],
  targets: [
    // A module is one level above the highest that it rests on: a test asserts it.

    // Level 0
    core("FieldArithmetic"),
    core("Hashing"),
    .target(
      name: "CKernels",
      linkerSettings: [.linkedLibrary("omp5", .when(platforms: [.linux]))]),
    .systemLibrary(
      name: "CGMP", pkgConfig: "gmp", providers: [.apt(["libgmp-dev"]), .brew(["gmp"])]),
    module("FileAccess", []),
    module("TensorGraph", []),
    // Level 1
    core("ConstraintSystem", ["Hashing"]),
    core("Polynomials", ["FieldArithmetic"]),
    core("Transcript", ["FieldArithmetic", "Hashing"]),
    module("Kernels", ["CKernels", "FieldArithmetic", "Hashing"]),
    module("RealFunctions", ["CGMP"]),
    module("TensorFiles", ["FileAccess"]),
    // Level 2
    core("Commitment", ["FieldArithmetic", "Hashing", "Polynomials", "Transcript"]),
    module("CircuitLanguage", ["ConstraintSystem", "Hashing"]),
    module("Evaluation", ["CKernels", "ConstraintSystem", "Kernels"]),
    // Level 3
    core(
      "Argument",
      [
        "Commitment", "ConstraintSystem", "FieldArithmetic", "Hashing", "Polynomials",
        "Transcript",
      ]),
    module("Equations", ["CircuitLanguage", "ConstraintSystem", "Evaluation", "TensorGraph"]),
    module("RealTables", ["CircuitLanguage", "ConstraintSystem", "RealFunctions"]),
    module("Witness", ["ConstraintSystem", "Evaluation"]),
    // Level 4
    module(
      "Compiler",
      [
        "CircuitLanguage", "ConstraintSystem", "Equations", "Hashing", "RealFunctions",
        "RealTables", "TensorGraph", "Witness",
      ]),
    module(
      "ONNXImport",
      [
        "CircuitLanguage", "ConstraintSystem", "Equations", "FileAccess", "TensorGraph",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ]),
    module(
      "CircuitCheck", ["CircuitLanguage", "ConstraintSystem", "FieldArithmetic", "Witness"]),
    core("Verifier", ["Argument", "Commitment", "ConstraintSystem", "Hashing", "Transcript"]),
    // Level 5
    module(
      "Prover",
      [
        "Argument", "CKernels", "Commitment", "ConstraintSystem", "FieldArithmetic", "FileAccess",
        "Hashing", "Kernels", "Polynomials", "Transcript", "Verifier", "Witness",
      ]),
    module(
      "OperatorCheck",
      [
        "CircuitCheck", "CircuitLanguage", "Compiler", "ConstraintSystem", "Equations",
        "TensorGraph", "Witness",
      ]),
    module(
      "CommandSupport",
      [
        "CircuitLanguage", "ConstraintSystem", "FileAccess", "Hashing", "RealTables", "Verifier",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    // Level 6
    .executableTarget(
      name: "assay",
      dependencies: [
        "CircuitCheck", "CommandSupport", "Compiler", "ConstraintSystem", "Equations", "FileAccess",
        "Hashing", "ONNXImport", "OperatorCheck", "TensorFiles", "TensorGraph", "Witness", "Prover",
        "Verifier", "Kernels", "CircuitLanguage",
        "Transcript",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: strict),
    .executableTarget(
      name: "assay-verify",
      dependencies: [
        "CircuitLanguage", "CommandSupport", "ConstraintSystem", "Hashing", "Verifier",
        "TensorFiles", "Transcript",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),

    // Tests
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    .target(
      name: "CircuitTestSupport", dependencies: ["CircuitLanguage", "TestSupport"],
      path: "Tests/CircuitTestSupport", swiftSettings: strict),
    // A test target, as it sees what is internal to other modules.
    tests(
      "ProofTestSupport",
      [
        "Argument", "CircuitLanguage", "CircuitTestSupport", "Commitment", "ConstraintSystem",
        "FieldArithmetic", "Hashing", "Kernels", "Polynomials", "Prover", "TestSupport",
        "Transcript", "Verifier", "Witness",
      ]),
    // The same, for networks of equations.
    tests(
      "NetworkTestSupport",
      ["CircuitLanguage", "Compiler", "Equations", "TensorGraph", "TestSupport"]),
    tests("FieldArithmeticTests", ["CGMP", "FieldArithmetic", "TestSupport"]),
    tests("HashingTests", ["Hashing"]),
    tests(
      "KernelsTests",
      ["CGMP", "CKernels", "FieldArithmetic", "Hashing", "Kernels", "TestSupport"]),
    tests("RealFunctionsTests", ["RealFunctions"]),
    tests(
      "RealTablesTests",
      [
        "CircuitLanguage", "CommandSupport", "ConstraintSystem", "Prover", "RealFunctions",
        "RealTables", "Verifier", "Witness",
      ]),
    tests("TranscriptTests", ["FieldArithmetic", "Hashing", "Polynomials", "Transcript"]),
    tests("ConstraintSystemTests", ["ConstraintSystem"]),
    tests("WitnessTests", ["ConstraintSystem", "Kernels", "TestSupport", "Witness"]),
    tests(
      "CircuitLanguageTests",
      [
        "CircuitCheck", "CircuitLanguage", "CircuitTestSupport", "Compiler", "ConstraintSystem",
        "TestSupport", "Witness",
      ]),
    tests(
      "CircuitCheckTests",
      [
        "CircuitCheck", "CircuitLanguage", "CircuitTestSupport", "ConstraintSystem",
        "FieldArithmetic", "TestSupport", "Witness",
      ]),
    tests(
      "CommitmentTests",
      [
        "Argument", "Commitment", "ConstraintSystem", "FieldArithmetic", "Hashing", "Kernels",
        "Polynomials", "ProofTestSupport", "Prover", "TestSupport", "Transcript", "Verifier",
        "Witness",
      ]),
    tests(
      "EquationsTests",
      [
        "CircuitLanguage", "Compiler", "ConstraintSystem", "Equations", "Evaluation", "Kernels",
        "TensorGraph", "TestSupport",
      ]),
    tests(
      "ONNXImportTests",
      ["Equations", "ONNXImport", "TensorFiles", "TensorGraph", "TestSupport"]),
    tests("TensorFilesTests", ["TensorFiles", "TestSupport"]),
    tests(
      "CompilerTests",
      [
        "Argument", "CircuitCheck", "CircuitLanguage", "Compiler", "ConstraintSystem", "Equations",
        "Hashing", "NetworkTestSupport", "ONNXImport", "RealTables", "TensorFiles", "TensorGraph",
        "TestSupport", "Witness",
      ]),
    tests(
      "OperatorCheckTests",
      [
        "CircuitCheck", "CircuitLanguage", "Compiler", "Equations", "OperatorCheck", "TensorGraph",
      ]),
    tests(
      "ArgumentTests",
      [
        "Argument", "Commitment", "ConstraintSystem", "FieldArithmetic", "Hashing", "Kernels",
        "Polynomials", "ProofTestSupport", "Prover", "TestSupport", "Transcript", "Verifier",
        "Witness",
      ]),
    tests(
      "VerifierTests",
      [
        "Argument", "Commitment", "ConstraintSystem", "FieldArithmetic", "Hashing",
        "ProofTestSupport", "Prover", "TestSupport", "Transcript", "Verifier", "Witness",
      ]),
    tests(
      "ProverTests",
      [
        "Argument", "Commitment", "ConstraintSystem", "FieldArithmetic", "FileAccess", "Hashing",
        "Kernels", "ProofTestSupport", "Prover", "TestSupport", "Transcript", "Verifier", "Witness",
      ]),
    tests(
      "EndToEndTests",
      [
        "CircuitCheck", "CircuitLanguage", "CommandSupport", "Compiler", "ConstraintSystem",
        "Equations", "FileAccess", "Hashing", "Kernels", "NetworkTestSupport", "ONNXImport",
        "Prover",
        "TensorFiles", "TensorGraph", "TestSupport", "Transcript", "Verifier", "Witness", "assay",
        "assay-verify",
      ]),
  ] + web,
  swiftLanguageModes: [.v6]
)
