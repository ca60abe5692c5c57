/// The transcript's answers to the history of `Paper/` section 12.
enum KnownAnswers {
  static let challenges: [[UInt64]] = [
    [344_898_311_814_873, 599_248_396_939_921, 437_314_672_510_363],
    [95_989_222_185_043, 248_685_045_092_693, 645_278_556_055_229],
  ]
  static let nonce: UInt64 = 3539
  static let indices = [22, 176, 884, 758, 669, 90, 361, 716]
}
