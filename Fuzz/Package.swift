// swift-tools-version: 6.2
import PackageDescription

// Its own package, so that only who fuzzes builds the readers a second time, instrumented. It links
// with `--sanitize fuzzer` alone: libFuzzer has the main function.
let package = Package(
  name: "Fuzz",
  dependencies: [.package(name: "Assay", path: "..")],
  targets: [
    .systemLibrary(name: "CFuzzer"),
    .executableTarget(
      name: "Fuzz", dependencies: ["CFuzzer", .product(name: "Readers", package: "Assay")]),
  ],
  swiftLanguageModes: [.v6]
)
