/// How elements are moved. Every one gives one value of its operands' kind.
public enum ViewStep: Hashable, Sendable {
  /// The same elements in row-major order.
  case reshape([Int])
  /// Axis i of the result is axis `permutation[i]` of the operand.
  case transpose([Int])
  /// Along an axis; all its operands have the same other axes.
  case concatenate(axis: Int)
  /// For each axis where it starts, how many elements it takes, and at what distance, which is
  /// negative where it runs backwards.
  case slice([AxisSlice])
  /// Zeros before and after each axis.
  case pad(before: [Int], after: [Int])
  /// Repeats along axes of size 1, after leading axes have been added.
  case broadcast([Int])

  public struct AxisSlice: Hashable, Sendable {
    public var start: Int
    /// At least 1.
    public var count: Int
    /// Not zero.
    public var step: Int

    public init(start: Int, count: Int, step: Int) {
      self.start = start
      self.count = count
      self.step = step
    }
  }
}
