import Argument

extension Box {
  /// The box in parts of at most 2^`log` cells, each contiguous, by ascending offset: it is halved
  /// along its first axes.
  func pieces(log: Int) -> [Box] {
    guard self.log > log, let axis = logs.firstIndex(where: { $0 > 0 }) else { return [self] }
    var (low, high) = (self, self)
    low.logs[axis] -= 1
    high.logs[axis] -= 1
    high.starts[axis] += 1 << high.logs[axis]
    high.offset += 1 << high.log
    return low.pieces(log: log) + high.pieces(log: log)
  }
}
