import CommandSupport
import Compiler
import Prover

/// What a set-up will take, said before it does minutes of work or fills a disk.
struct SetupEstimate {
  let cost: SetupCost

  /// From where on it is said.
  static let secondsLimit = 30.0
  static let bytesLimit = 1 << 30

  /// nil where set-up itself will say why there can be no such key.
  init?(_ model: CompiledModel, proofs: Int, isPlain: Bool) {
    let privacy = Artifacts.privacy(of: model, proofs: proofs, isPlain: isPlain)
    guard
      let cost = try? SetupCost(circuit: model.circuit, model: model.model, privacy: privacy)
    else { return nil }
    self.cost = cost
  }

  /// Says it, if it is much.
  func announce() {
    if let text { Console.printError(text) }
  }

  /// nil if it is not much.
  var text: String? {
    let seconds = cost.seconds()
    guard seconds > Self.secondsLimit || cost.bytes > Self.bytesLimit else { return nil }
    return "set-up will take \(Self.duration(seconds)) and \(Quantity.bytes(cost.bytes)) of disk: "
      + "proving key \(Quantity.bytes(cost.provingKeyBytes)), the commitment in use beside it "
      + "\(Quantity.bytes(cost.commitmentBytes)), verifying key "
      + "\(Quantity.bytes(cost.verifyingKeyBytes)); "
      + "\(BudgetReport.count(cost.commitments, "commitment")) to the weights"
      + (cost.rekeys == 0 ? "" : ", \(BudgetReport.count(cost.rekeys, "rekey")) afterwards")
      + ". Fewer --proofs take less"
  }

  private static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<90: "about a minute"
    case ..<5400: "about \(Int((seconds / 60).rounded())) minutes"
    default: "about \(Int((seconds / 3600).rounded())) hours"
    }
  }
}
