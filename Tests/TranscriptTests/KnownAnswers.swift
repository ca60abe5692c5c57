/// The transcript's answers to the history of `Paper/` section 12.
enum KnownAnswers {
  static let challenges: [[UInt64]] = [
    [482_851_651_607_894, 973_284_291_569_277, 701_881_338_448_109],
    [218_472_578_248_686, 182_469_087_121_431, 538_761_635_780_071],
  ]
  static let nonce: UInt64 = 1789
  static let indices = [405, 39, 435, 515, 866, 281, 254, 497]
}
