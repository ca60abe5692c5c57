import RealFunctions
import Testing

private let x = RealFunction.argument

private func constant(_ value: Int, over divisor: Int = 1) -> RealFunction {
  .constant(value, over: divisor)
}

private func values(
  _ function: RealFunction, _ first: Int, _ rows: Int = 1,
  within range: ClosedRange<Int> = -(1 << 60)...1 << 60, clamps: Bool = false
) throws -> [Int] {
  try function.roundedValues(first: first, rows: rows, within: range, clamps: clamps)
}

/// Why there is no value at an argument.
private func reason(
  _ function: RealFunction, _ argument: Int, within range: ClosedRange<Int> = -100...100
) -> RealFunctionError.Reason? {
  do {
    _ = try function.roundedValues(first: argument, rows: 1, within: range)
    return nil
  } catch {
    #expect(error.argument == argument)
    return error.reason
  }
}

@Suite struct RoundedValuesTests {
  @Test func halvesGoUp() throws {
    #expect(try values(.divide(x, constant(2)), -3, 7) == [-1, -1, 0, 0, 1, 1, 2])
    #expect(try values(.multiply(x, constant(-1, over: 2)), -3, 4) == [2, 1, 1, 0])
    #expect(
      try values(.apply(.roundeven, .divide(x, constant(2))), -3, 8)
        == [-2, -1, 0, 0, 0, 1, 2, 2])
  }

  /// Values that no precision tells from a half, because they are one, although no rule finds that out.
  @Test func hiddenHalvesGoUp() throws {
    let same = RealFunction.apply(.log, .apply(.exp, .divide(x, constant(2))))
    #expect(try values(same, -3, 6) == [-1, -1, 0, 0, 1, 1])
    let square = RealFunction.power(
      .power(.divide(x, constant(2)), numerator: 1, denominator: 5), numerator: 5)
    #expect(try values(square, 1, 4) == [1, 1, 2, 2])
  }

  /// What is nearly a half is none: the difference shows after 300 and after 1500 bits.
  @Test(arguments: [300, 1500]) func nearlyAHalfIsNone(bits: Int) throws {
    let little = RealFunction.power(constant(2), numerator: -bits)
    // log(exp(…)) hides from the rules that the number is rational.
    let half = RealFunction.apply(.log, .apply(.exp, constant(1, over: 2)))
    #expect(try values(.subtract(half, little), 0) == [0])
    #expect(try values(.add(half, little), 0) == [1])
    #expect(try values(half, 0) == [1])
  }

  @Test func exactValuesAreFoundAtOnce() throws {
    // Each of these would be undecided in every row, and take too long, if it was not found exactly.
    let rows = 1 << 16
    for function: RealFunction in [
      .apply(.sqrt, .multiply(x, x)), .apply(.cbrt, .multiply(x, .multiply(x, x))),
      .power(.power(x, numerator: 4), numerator: 3, denominator: 4), .divide(x, constant(2)),
      .multiply(.apply(.exp, .subtract(x, x)), x), .add(.apply(.erf, constant(0)), x),
      .subtract(x, .apply(.sin, .multiply(x, constant(0)))),
      .multiply(x, .apply(.cosh, constant(0))), .multiply(x, .apply(.cos, constant(0))),
      .add(x, .apply(.log, constant(1))), .add(x, .apply(.acosh, constant(1))),
      .add(x, .apply(.acos, constant(1))),
    ] {
      let found = try values(function, 1, rows)
      #expect(found.count == rows)
    }
  }

  @Test func manyRowsAreThoseOfOneByOne() throws {
    let gelu = RealFunction.multiply(
      .divide(x, constant(2)),
      .add(constant(1), .apply(.erf, .divide(x, .apply(.sqrt, constant(2))))))
    let function = gelu.scaled(argumentBits: 7, outputBits: 9)
    let all = try values(function, -3000, 6000)
    for row in stride(from: 0, to: 6000, by: 41) {
      #expect(try values(function, row - 3000) == [all[row]])
    }
  }

  @Test func whatIsBeyondTheRangeIsAnErrorOrItsEnd() throws {
    #expect(reason(.multiply(x, x), 11) == .beyond(-100...100))
    #expect(reason(.apply(.exp, x), 1 << 40) == .beyond(-100...100))
    #expect(
      try values(.multiply(x, .multiply(x, x)), -10, 21, within: -100...100, clamps: true)
        == (-10...10).map { min(max($0 * $0 * $0, -100), 100) })
    #expect(try values(.apply(.exp, x), 1 << 40, within: -7...7, clamps: true) == [7])
    let falling = RealFunction.negate(.apply(.exp, x))
    #expect(try values(falling, 1 << 40, within: -7...7, clamps: true) == [-7])
    #expect(try values(falling, 10_000, within: -7...7, clamps: true) == [-7])
  }

  @Test func asymptotesAreReached() throws {
    for argument in [200, 10_000, 1 << 30, 1 << 50] {
      for sign in [-1, 1] {
        let at = sign * argument
        let sigmoid = RealFunction.divide(
          constant(1 << 15), .add(constant(1), .apply(.exp, .negate(x))))
        #expect(try values(sigmoid, at) == [sign < 0 ? 0 : 1 << 15])
        for name: RealFunction.Name in [.tanh, .erf] {
          #expect(
            try values(.multiply(.apply(name, x), constant(1000)), at) == [1000 * sign])
        }
        let half = RealFunction.multiply(.apply(.atan, x), constant(100))
        #expect(try values(half, at) == [157 * sign])
      }
    }
  }

  /// 1000.5·tanh(x) is less than 1000.5 by e^(−2x), which 2048 binary places tell up to some x, and count
  /// as nothing beyond.
  @Test func asymptotesBetweenIntegers() throws {
    let steep = RealFunction.multiply(.apply(.tanh, x), .constant(2001, over: 2))
    for (argument, value) in [(353, 1000), (354, 1000), (700, 1000), (4000, 1001), (1 << 40, 1001)]
    {
      #expect(try values(steep, argument) == [value])
    }
    for argument in [-353, -700] { #expect(try values(steep, argument) == [-1000]) }
  }

  @Test func domainsEnd() {
    for (function, argument): (RealFunction, Int) in [
      (.apply(.log, x), 0), (.apply(.log, x), -3), (.divide(constant(1), x), 0),
      (.apply(.sqrt, x), -1), (.apply(.asin, x), 2), (.apply(.acos, x), -2), (.apply(.acosh, x), 0),
      (.apply(.atanh, x), 1), (.apply(.log1p, x), -1), (.power(x, numerator: -2), 0),
      (.power(x, numerator: 1, denominator: 2), -4), (.divide(x, x), 0),
      (.limit(.divide(x, x)), 0), (.limit(.multiply(.divide(constant(1), x), x)), 0),
      (.power(x, numerator: 1, denominator: 5), -1), (.constant(1, over: 0), 1),
    ] {
      #expect(reason(function, argument) == .undefined, "\(function) at \(argument)")
    }
  }

  @Test func limitsStandForWhatIsBeyondADomain() throws {
    func limited(_ function: RealFunction) -> RealFunction { .limit(function) }
    let cases: [(RealFunction, Int, Int)] = [
      (.apply(.log, x), 0, -100), (.apply(.log, x), -5, -100), (.divide(constant(1), x), 0, 100),
      (.divide(constant(-1), x), 0, -100), (.apply(.sqrt, x), -9, 0), (.apply(.asin, x), 9, 2),
      (.apply(.asin, x), -9, -2), (.apply(.acos, x), 9, 0), (.apply(.acos, x), -9, 3),
      (.apply(.acosh, x), 0, 0), (.apply(.atanh, x), 1, 100), (.apply(.atanh, x), -7, -100),
      (.divide(constant(50), .divide(constant(1), x)), 0, 0),
      (.apply(.exp, .apply(.log, x)), 0, 0),
    ]
    for (function, argument, value) in cases {
      #expect(
        try values(limited(function), argument, within: -100...100, clamps: true) == [value],
        "\(function) at \(argument)")
    }
  }

  @Test func onlyTheChosenBranchCounts() throws {
    let safe = RealFunction.select(
      x, lessThan: constant(1), constant(0), otherwise: .apply(.log, x))
    #expect(try values(safe, -2, 6) == [0, 0, 0, 0, 1, 1])
  }

  @Test func whatTakesTooLongIsRefused() {
    // A half in every other row, which no rule finds.
    let half = RealFunction.divide(x, constant(2))
    let hidden = RealFunction.apply(
      .log, .apply(.exp, .subtract(half, .apply(.floor, half))))
    let error = #expect(throws: RealFunctionError.self) {
      try hidden.roundedValues(first: 0, rows: 1 << 16, within: 0...1 << 16)
    }
    #expect(error?.reason == .tooMuchWork)
  }

  @Test func whatIsNoNumberIsUndecided() {
    let nothing = RealFunction.divide(
      constant(1), .subtract(.apply(.log, .apply(.exp, x)), x))
    #expect(reason(nothing, 3) == .undecided)
  }
}
