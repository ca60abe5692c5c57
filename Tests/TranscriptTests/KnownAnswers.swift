/// The transcript's answers to the history of `Paper/` section 12.
enum KnownAnswers {
  static let challenges: [[UInt64]] = [
    [831_470_980_577_124, 29_364_610_258_176, 89_189_060_415_200],
    [799_316_994_823_852, 339_102_948_372_012, 591_984_082_111_612],
  ]
  static let nonce: UInt64 = 2930
  static let indices = [974, 341, 757, 930, 747, 450, 470, 405]
}
