import Argument
import CommandSupport
import Verifier

/// Which batches of inferences a proof can show, as far as can be said before they are computed.
struct BatchLimit {
  let key: VerifyingKey
  let isPlain: Bool
  /// In bytes.
  var memory = MemoryLimit.bytes

  /// What a prover holds at once: for each cell of the witness its integers, its field element and
  /// its share of the code; for each leaf of the lookups the fractions of a tree. An eighth more than
  /// was measured.
  private static let bytes = (cell: 54, leaf: 153)

  /// - Throws: `CommandError.input` with the greatest number that fits, when so many do not.
  func check(_ count: Int) throws {
    guard count > 1, let reason = obstacle(count) else { return }
    var (fits, fails) = (1, count)
    while fails - fits > 1 {
      let middle = fits + (fails - fits) / 2
      if obstacle(middle) == nil { fits = middle } else { fails = middle }
    }
    throw CommandError.input(
      "the inputs hold \(count) inferences, \(reason): at most \(fits) fit into one proof; "
        + "give them in parts")
  }

  /// Why a proof can't show so many inferences; nil if it can.
  private func obstacle(_ count: Int) -> String? {
    guard count <= Proof.maximalBatch,
      let mode = try? key.mode(isHiding: key.isHiding && !isPlain, batch: count)
    else { return "which are more than the limits of a proof allow" }
    let needed = memory(of: mode.layout)
    guard needed > memory else { return nil }
    return "which take about \(Quantity.bytes(needed)) of memory where there are "
      + Quantity.bytes(memory)
  }

  private func memory(of layout: Layout) -> Int {
    layout.witness.count * Self.bytes.cell + layout.leaves.count * Self.bytes.leaf
  }
}
