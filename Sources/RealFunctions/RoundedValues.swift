import Dispatch
import Synchronization

extension RealFunction {
  /// The binary places that values are computed to first, and last.
  private static let firstPlaces = 96
  private static let lastPlaces = 2048
  /// What evaluating a table may take: one for each part, row and evaluation to `firstPlaces`, and more
  /// to more places as their square.
  private static let greatestWork = 1 << 26
  /// From so many rows on there are two threads.
  private static let manyRows = 1 << 10

  /// The nearest integer to the function's value, of two the greater, at x = `first`, `first` + 1, ….
  ///
  /// An integer is certain where interval arithmetic with up to 2048 binary places tells it from all
  /// others. Where it does not, what may be equal is equal: a value that may lie between two integers is
  /// rounded up, a comparison finds no difference (`Paper/` section 3.10).
  ///
  /// - Parameters:
  ///   - rows: how many arguments; the last one must be an `Int`.
  ///   - range: the integers that there may be.
  ///   - clamps: whether what is beyond the range becomes the nearest integer of it; otherwise that is an
  ///     error.
  /// - Throws: the first argument without a value, and one where all together would take too long.
  public func roundedValues(
    first: Int, rows: Int, within range: ClosedRange<Int>, clamps: Bool = false
  ) throws(RealFunctionError) -> [Int] {
    let parts = rows < Self.manyRows ? [0..<rows] : [0..<rows / 2, rows / 2..<rows]
    let results = Mutex<[Int: Result<[Int], RealFunctionError>]>([:])
    DispatchQueue.concurrentPerform(iterations: parts.count) { part in
      let rounding = Rounding(self, range, clamps: clamps, work: Self.greatestWork / parts.count)
      let result = Result { () throws(RealFunctionError) in
        try parts[part].map { (row) throws(RealFunctionError) in
          try rounding.value(at: first + row)
        }
      }
      results.withLock { $0[part] = result }
    }
    var values: [Int] = []
    for part in parts.indices {
      values += try results.withLock { $0[part] }?.get() ?? []
    }
    return values
  }

  /// Rounds values of one function, for one thread.
  private final class Rounding {
    private let evaluation: Evaluation
    private let range: ClosedRange<Int>
    private let clamps: Bool
    private let constants = Constants()
    private let nodeCount: Int
    private var work: Int

    init(_ function: RealFunction, _ range: ClosedRange<Int>, clamps: Bool, work: Int) {
      evaluation = Evaluation(function)
      nodeCount = evaluation.nodeCount
      self.range = range
      self.clamps = clamps
      self.work = work
    }

    func value(at argument: Int) throws(RealFunctionError) -> Int {
      var places = firstPlaces
      while true {
        let ratio = places / firstPlaces
        work -= nodeCount * ratio * ratio
        guard work >= 0 else { throw .init(.tooMuchWork, at: argument) }
        let arithmetic = Arithmetic(
          places: places, isLast: places == lastPlaces, constants: constants)
        let result = Result { () throws(NoValue) in
          let value = try evaluation.value(at: Rational(argument), arithmetic)
          return try arithmetic.step(Arithmetic.roundUp, value)
        }
        switch result {
        case .success(let rounded): return try integer(rounded, at: argument)
        case .failure(.undefined): throw .init(.undefined, at: argument)
        case .failure(.unknown): break
        }
        guard !arithmetic.isLast else { throw .init(.undecided, at: argument) }
        places = min(2 * places, lastPlaces)
      }
    }

    private func integer(
      _ value: Value, at argument: Int
    ) throws(RealFunctionError) -> Int {
      if let integer = value.rational?.integer, range.contains(integer) { return integer }
      guard clamps else { throw .init(.beyond(range), at: argument) }
      let isNegative =
        switch value {
        case .exact(let rational): rational < Rational(range.lowerBound)
        case .huge(let isNegative, _): isNegative
        case .ball(let ball): ball.middle.sign < 0
        }
      return isNegative ? range.lowerBound : range.upperBound
    }
  }
}
