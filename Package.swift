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
    core("Commitment", ["FieldArithmetic", "Hashing", "Transcript", "Polynomials"]),
    module("CircuitLanguage", ["ConstraintSystem", "CGMP"]),
    module("TensorGraph", []),
    // Level 3
    core(
      "Argument",
      ["ConstraintSystem", "Commitment", "Transcript", "Polynomials", "FieldArithmetic"]),
    module("ONNXImport", ["TensorGraph", .product(name: "SwiftProtobuf", package: "swift-protobuf")]),
    module("TensorFiles", []),
    // Level 4
    module("Compiler", ["TensorGraph", "CircuitLanguage", "ConstraintSystem"]),
    module("Witness", ["ConstraintSystem", "Kernels", "CKernels"]),
    // Level 5
    core("Verifier", ["Argument", "ConstraintSystem", "Commitment", "Transcript", "Hashing"]),
    module("Prover", ["Verifier", "Argument", "Commitment", "Witness", "Kernels", "CKernels"]),
    // Level 6
    module(
      "CommandSupport",
      ["TensorFiles", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
    .executableTarget(
      name: "assay",
      dependencies: [
        "CommandSupport", "Compiler", "ONNXImport", "TensorFiles", "TensorGraph", "Witness",
        "Prover", "Verifier", "Kernels", "Argument", "CircuitLanguage", "ConstraintSystem",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: strict),
    .executableTarget(
      name: "assay-verify",
      dependencies: [
        "CommandSupport", "Verifier", "TensorFiles",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),

    tests("FieldArithmeticTests", ["FieldArithmetic", "CGMP"]),
    tests("HashingTests", ["Hashing"]),
    tests("KernelsTests", ["Kernels", "CKernels", "FieldArithmetic", "Hashing", "CGMP"]),
    tests("TranscriptTests", ["Transcript", "FieldArithmetic", "Hashing", "Polynomials"]),
    tests("ConstraintSystemTests", ["ConstraintSystem"]),
    tests("WitnessTests", ["Witness", "ConstraintSystem", "Kernels"]),
    tests("CircuitLanguageTests", ["CircuitLanguage", "ConstraintSystem", "Witness"]),
    tests("CommitmentTests", ["Commitment", "Prover", "Kernels", "Transcript"]),
    tests("ONNXImportTests", ["ONNXImport", "TensorGraph", "TensorFiles"]),
    tests("CompilerTests", ["Compiler", "ONNXImport", "TensorGraph", "Witness"]),
    tests("ArgumentTests", ["Argument", "Prover", "Verifier", "Witness", "ConstraintSystem"]),
    tests("EndToEndTests", ["Compiler", "ONNXImport", "TensorFiles", "Prover", "Verifier"]),
  ] + web,
  swiftLanguageModes: [.v6]
)
