import FieldArithmetic

@testable import Commitment

/// What the secrets of some openings of the same commitments are, element of F by element. The data
/// of public groups are zero: they are no secrets.
struct OpeningSecrets {
  enum Part: CaseIterable {
    // The data.
    case committed, cells
    // What hides them. The mask of the rounds has two parts.
    case committedTails, tails, lane, polynomial, polynomialTail, committedMask

    var isData: Bool { self == .committed || self == .cells }
    /// Whether all proofs have it in common.
    var isShared: Bool { self == .committed || self == .committedTails }
  }

  /// One element of F: a coordinate if the part is over E. Where a part belongs to several groups or
  /// copies, one follows the other.
  struct Slot {
    let part: Part
    let proof: Int
    let index: Int
    let coordinate: Int
  }

  let parameters: OpeningParameters
  let proofs: Int

  private func size(_ part: Part) -> (count: Int, coordinates: Int) {
    let hidden = parameters.committed.filter { $0.shape.tail > 0 }
    let lanes = hidden.map { $0.copies * $0.shape.lanes }
    let (witness, rounds) = (parameters.witness?.shape, parameters.roundCoefficients)
    func total(_ count: (GroupShape) -> Int) -> Int {
      zip(hidden, lanes).reduce(0) { $0 + count($1.0.shape) * $1.1 }
    }
    switch part {
    case .committed: return (total { $0.rows }, 1)
    case .cells: return ((witness?.lanes ?? 0) * (witness?.rows ?? 0), 1)
    case .committedTails: return (total { $0.tail }, 1)
    case .tails: return ((witness?.lanes ?? 0) * ((witness?.tail ?? 0) - rounds), 1)
    case .lane: return (witness?.messageLength ?? 0, 3)
    case .polynomial: return (rounds, 1)
    case .polynomialTail: return ((witness?.tail ?? 0) - rounds, 1)
    case .committedMask: return (hidden.reduce(0) { $0 + $1.shape.messageLength }, 3)
    }
  }

  var slots: [Slot] {
    Part.allCases.flatMap { part in
      let (count, coordinates) = size(part)
      return (0..<(part.isShared ? 1 : proofs)).flatMap { proof in
        (0..<count * coordinates).map {
          Slot(part: part, proof: proof, index: $0 / coordinates, coordinate: $0 % coordinates)
        }
      }
    }
  }

  /// A part for one proof as the prover takes it, from some slots' values; the others are zero.
  func elements(_ part: Part, _ proof: Int, _ values: [(Slot, Fp)]) -> [Fp3] {
    var elements = Array(repeating: [Fp.zero, .zero, .zero], count: size(part).count)
    for (slot, value) in values
    where slot.part == part && (part.isShared || slot.proof == proof) {
      elements[slot.index][slot.coordinate] += value
    }
    return elements.map { Fp3($0[0], $0[1], $0[2]) }
  }

  func base(_ part: Part, _ proof: Int, _ values: [(Slot, Fp)]) -> [Fp] {
    elements(part, proof, values).map(\.c0)
  }
}
