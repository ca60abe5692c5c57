/// The transcript's answers to a fixed history.
enum KnownAnswers {
  static let challenge: [UInt64] = [
    760_454_220_055_588, 619_356_726_899_960, 766_447_658_749_541,
  ]
  static let indices = [912_119, 214_581, 744_243, 717_732, 435_407, 279_992]
  static let last: [UInt64] = [
    693_195_490_758_917, 16_453_803_985_102, 359_120_965_311_534,
  ]
}
