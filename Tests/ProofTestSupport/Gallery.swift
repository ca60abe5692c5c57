import ConstraintSystem
import Witness

/// A system with a name, for the arguments of tests.
struct NamedSystem: Sendable {
  let name: String
  let system: SmallSystem
}

extension SmallSystem {
  /// Systems that between them have every kind of message.
  static let gallery: [NamedSystem] =
    [
      NamedSystem(name: "residual", system: .residual(size: 5)),
      NamedSystem(name: "dense", system: .dense(rows: 2, inputs: 5, outputs: 7)),
      NamedSystem(
        name: "convolution", system: .convolution(channels: 3, length: 17, outputs: 5, stride: 2)),
      NamedSystem(
        name: "smallest", system: .convolution(channels: 1, length: 3, outputs: 1, stride: 1)),
    ] + rowGallery

  /// Systems with tables of rows.
  static let rowGallery: [NamedSystem] = [
    NamedSystem(name: "embedding", system: .embedding(rows: 11, width: 5, picks: 6)),
    NamedSystem(
      name: "gathering", system: .gathering(matrices: 3, rows: 5, width: 2, picks: 4)),
    NamedSystem(name: "sorting", system: .sorting([3, -7, 3, 0, 50, -50, 12])),
  ]
}
