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
        "Argument", "CircuitLanguage", "Commitment", "Compiler", "ConstraintSystem", "Hashing",
        "Kernels", "ONNXImport", "Prover", "TensorFiles", "TensorGraph", "Transcript", "Verifier",
        "Witness",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0", traits: []),
  ],
  targets: [
    // Level 0
    core("FieldArithmetic"),
    core("Hashing"),
    .target(
      name: "CKernels",
      linkerSettings: [.linkedLibrary("omp5", .when(platforms: [.linux]))]),
    .systemLibrary(
      name: "CGMP", pkgConfig: "gmp", providers: [.apt(["libgmp-dev"]), .brew(["gmp"])]),
    // Level 1
    core("Transcript", ["FieldArithmetic", "Hashing"]),
    core("Polynomials", ["FieldArithmetic"]),
    module("Kernels", ["CKernels", "FieldArithmetic", "Hashing"]),
    // Level 2
    core("ConstraintSystem", ["Hashing"]),
    core("Commitment", ["FieldArithmetic", "Hashing", "Polynomials", "Transcript"]),
    module("CircuitLanguage", ["ConstraintSystem", "Hashing"]),
    module("TensorGraph", []),
    module("FileAccess", []),
    // Level 3
    core(
      "Argument",
      [
        "Commitment", "ConstraintSystem", "FieldArithmetic", "Hashing", "Polynomials",
        "Transcript",
      ]),
    module(
      "ONNXImport",
      [
        "FileAccess", "TensorGraph",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ]),
    module("TensorFiles", ["FileAccess"]),
    module("Equations", ["CircuitLanguage", "ConstraintSystem", "TensorGraph"]),
    // Level 4
    module(
      "Compiler",
      [
        "CGMP", "CircuitLanguage", "ConstraintSystem", "Equations", "Hashing", "TensorGraph",
        "Witness",
      ]),
    module("Witness", ["CKernels", "ConstraintSystem", "Kernels"]),
    // Level 5
    core("Verifier", ["Argument", "Commitment", "ConstraintSystem", "Hashing", "Transcript"]),
    module(
      "Prover",
      [
        "Argument", "CKernels", "Commitment", "ConstraintSystem", "FieldArithmetic", "FileAccess",
        "Hashing", "Kernels", "Polynomials", "Transcript", "Verifier", "Witness",
      ]),
    // Level 6
    module(
      "CommandSupport",
      [
        "CircuitLanguage", "FileAccess", "Hashing", "Verifier",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "assay",
      dependencies: [
        "CommandSupport", "Compiler", "ConstraintSystem", "FileAccess", "Hashing", "ONNXImport",
        "TensorFiles", "TensorGraph", "Witness", "Prover", "Verifier", "Kernels", "CircuitLanguage",
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

    tests("FieldArithmeticTests", ["CGMP", "FieldArithmetic"]),
    tests("HashingTests", ["Hashing"]),
    tests("KernelsTests", ["CGMP", "CKernels", "FieldArithmetic", "Hashing", "Kernels"]),
    tests("TranscriptTests", ["FieldArithmetic", "Hashing", "Polynomials", "Transcript"]),
    tests("ConstraintSystemTests", ["ConstraintSystem"]),
    tests("WitnessTests", ["ConstraintSystem", "Kernels", "Witness"]),
    tests("CircuitLanguageTests", ["CircuitLanguage", "Compiler", "ConstraintSystem", "Witness"]),
    tests(
      "CommitmentTests",
      [
        "Argument", "Commitment", "ConstraintSystem", "FieldArithmetic", "Hashing", "Kernels",
        "Polynomials", "Prover", "Transcript", "Verifier", "Witness",
      ]),
    tests(
      "EquationsTests",
      ["CircuitLanguage", "Compiler", "ConstraintSystem", "Equations", "TensorGraph"]),
    tests("ONNXImportTests", ["ONNXImport", "TensorFiles", "TensorGraph"]),
    tests(
      "CompilerTests",
      [
        "Argument", "CircuitLanguage", "Compiler", "ConstraintSystem", "Equations", "Hashing",
        "ONNXImport", "TensorFiles", "TensorGraph", "Witness",
      ]),
    tests(
      "ArgumentTests",
      [
        "Argument", "CircuitLanguage", "Commitment", "ConstraintSystem", "FieldArithmetic",
        "FileAccess", "Hashing", "Prover", "Transcript", "Verifier", "Witness",
      ]),
    tests(
      "EndToEndTests",
      [
        "CircuitLanguage", "CommandSupport", "Compiler", "ConstraintSystem", "FileAccess",
        "Hashing", "Kernels", "ONNXImport", "Prover", "TensorFiles", "TensorGraph", "Transcript",
        "Verifier", "Witness", "assay", "assay-verify",
      ]),
  ] + web,
  swiftLanguageModes: [.v6]
)
