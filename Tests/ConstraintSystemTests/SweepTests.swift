import Testing

@testable import ConstraintSystem

/// The algorithms that take few steps find what the definitions say.
@Suite("Sweeps and schedules agree with their definitions") struct SweepTests {
  @Test func intervalsAreThoseOfTheDefinition() {
    for _ in 0..<3000 {
      let indices = (0..<Int.random(in: 1...3)).map { _ in
        StatementIndex(name: "i", size: Int.random(in: 1...9))
      }
      let shape = (0..<Int.random(in: 1...2)).map { _ in Int.random(in: 1...5) }
      let isLarge = Int.random(in: 0..<4) == 0
      let range = IntegerInterval(
        low: Integer.random(in: isLarge ? -(1 << 60)...0 : -9...3),
        high: Integer.random(in: isLarge ? 0...1 << 60 : 3...9))
      let expression = LinearExpression(
        constant: Integer.random(in: -9...9),
        terms: (0..<Int.random(in: 0...9)).map { _ in
          .init(
            coefficient: Integer.random(in: 1...2) * (Bool.random() ? 1 : -1),
            read: TensorRead(tensor: 0, positions: shape.map { _ in position(indices.count) }))
        })
      let found = expression.interval(
        indices: indices, shape: { _ in shape }, range: { _ in range })
      #expect(
        found == definition(expression, indices, shape, range), "\(expression) \(indices) \(shape)")
    }
  }

  private func position(_ indices: Int) -> AffineIndex {
    AffineIndex(
      constant: Int.random(in: -8...6),
      terms: Int.random(in: 0..<5) == 0
        ? []
        : [
          .init(index: Int.random(in: 0..<indices), coefficient: Int.random(in: 0..<4) == 0 ? 2 : 1)
        ])
  }

  /// Value by value of each index (`Paper/` section 3.5).
  private func definition(
    _ expression: LinearExpression, _ indices: [StatementIndex], _ shape: [Int],
    _ range: IntegerInterval
  ) -> IntegerInterval? {
    let intervals = expression.terms.map { range.multiplied(by: $0.coefficient)?.withZero }
    guard !intervals.contains(where: { $0 == nil }) else { return nil }
    func sum(_ chosen: [Int]) -> IntegerInterval? {
      chosen.reduce(IntegerInterval.zero) { sum, read in
        sum.flatMap { sum in intervals[read].flatMap { sum.adding($0) } }
      }
    }
    var best = sum(Array(intervals.indices))
    for (number, index) in indices.enumerated() where intervals.count > 1 {
      // For each read where it is not zero, if it is known; the last axis with the index counts.
      let spans: [ClosedRange<Int>?] = expression.terms.map { term in
        var span: ClosedRange<Int>?
        for (position, size) in zip(term.read.positions, shape)
        where position.terms == [.init(index: number, coefficient: 1)] {
          span = -position.constant...size - 1 - position.constant
        }
        return span
      }
      guard spans.contains(where: { $0?.overlaps(0...index.size - 1) ?? false }) else { continue }
      var union: IntegerInterval?
      var fits = true
      for value in 0..<index.size {
        let here = sum(spans.indices.filter { spans[$0]?.contains(value) ?? true })
        if let here { union = union?.joined(with: here) ?? here } else { fits = false }
      }
      if fits, let union, best.map({ union.magnitude < $0.magnitude }) ?? true { best = union }
    }
    return best?.adding(.init(low: expression.constant, high: expression.constant))
  }

  @Test func schedulesFindWhatAllPassesFind() {
    for round in 0..<400 {
      let tensors = Int.random(in: 1...30)
      let statements = (0..<Int.random(in: 0...60)).map { _ in
        (0..<Int.random(in: 0...3)).map { _ in Int.random(in: 0..<tensors) }
      }
      let known = (0..<tensors).map { _ in Int.random(in: 0..<4) == 0 }
      let fruitless = Set(statements.indices.filter { _ in Int.random(in: 0..<5) == 0 })
      let expected = allPasses(statements, known, fruitless)
      #expect(scheduled(statements, known, fruitless) == expected, "round \(round)")
    }
  }

  /// Each statement waits for the one behind it: one is found in each pass.
  @Test(arguments: [99, 100, 101, 300]) func passesEnd(length: Int) {
    let statements = (0..<length).map { [$0, $0 + 1] } + [[length, length + 1]]
    let known = (0..<length + 2).map { $0 == length + 1 }
    let found = scheduled(statements, known, [])
    #expect(found == allPasses(statements, known, []))
    #expect(found.count { $0 } == min(length + 1, 100) + 1)
  }

  private func scheduled(
    _ statements: [[Int]], _ known: [Bool], _ fruitless: Set<Int>
  ) -> [Bool] {
    var isKnown = known
    var schedule = PassSchedule(statements: statements.count, tensors: known.count) {
      for tensor in statements[$0] where !known[tensor] { $1(tensor) }
    }
    schedule.run { statement in
      guard !fruitless.contains(statement) else { return nil }
      let tensor = statements[statement].first { !isKnown[$0] }
      if let tensor { isKnown[tensor] = true }
      return tensor
    }
    return isKnown
  }

  private func allPasses(
    _ statements: [[Int]], _ known: [Bool], _ fruitless: Set<Int>
  ) -> [Bool] {
    var isKnown = known
    for _ in 0..<100 {
      for (number, statement) in statements.enumerated() where !fruitless.contains(number) {
        let unknown = statement.filter { !isKnown[$0] }
        if unknown.count == 1 { isKnown[unknown[0]] = true }
      }
    }
    return isKnown
  }
}
