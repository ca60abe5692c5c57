// swift-tools-version: 6.2
import PackageDescription

// Its own package, so that nothing it needs reaches those who depend on Assay.
let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "Assay", path: "..")],
  targets: [
    .target(name: "CGoldilocks"),
    .executableTarget(
      name: "KernelBenchmark",
      dependencies: ["CGoldilocks", .product(name: "Kernels", package: "Assay")]),
  ],
  swiftLanguageModes: [.v6]
)
