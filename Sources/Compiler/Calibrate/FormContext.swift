import ConstraintSystem
import Equations

/// The operands of a node, and what its form makes of them.
struct FormContext {
  let operands: [[Double]]
  let shapes: [[Int]]
  /// That of the result.
  let shape: [Int]

  private var count: Int { shape.reduce(1, *) }

  /// The elements that a read names, one for each element of the result.
  func read(_ read: FormRead) -> [Double] {
    let term = SumForm.Term(coefficient: 1, factors: [read])
    return sum(SumForm(indices: [], domainRank: shape.count, terms: [term]))
  }

  func sum(_ form: SumForm) -> [Double] {
    var result = [Double](repeating: 0, count: count)
    for term in form.terms { add(term, form.indices, to: &result) }
    return result
  }

  private func add(
    _ term: SumForm.Term, _ indices: [Equation.Index], to result: inout [Double]
  ) {
    let rank = shape.count
    let used = shape + term.summed.map { indices[$0].size }
    let places = Self.places(rank: rank, summed: term.summed)
    let reads = term.factors.map { nestRead($0, places, used.count) }
    let output = NestRead(
      (0..<rank).map { AffineIndex(index: $0) }, shape: shape, indices: used.count)
    guard reads.count > 0 else {
      let times = used.dropFirst(rank).reduce(1, *)
      for place in result.indices { result[place] += term.coefficient * Double(times) }
      return
    }
    let nest = LoopNest(sizes: used, reads: reads + [output])
    guard let inner = nest.inner else {
      var product = term.coefficient
      for (factor, read) in zip(term.factors, reads) {
        product *= operands[factor.operand][read.run(along: 0, size: 1, at: []).start]
      }
      result[0] += product
      return
    }
    let size = used[inner]
    nest.visit { place in
      let target = output.run(along: inner, size: size, at: place)
      let runs = reads.map { $0.run(along: inner, size: size, at: place) }
      add(term, runs, target, to: &result)
    }
  }

  /// The innermost loop.
  private func add(
    _ term: SumForm.Term, _ runs: [NestRead.Run], _ target: NestRead.Run,
    to result: inout [Double]
  ) {
    let inside = runs.dropFirst().reduce(runs[0].inside) { $0.clamped(to: $1.inside) }
    guard !inside.isEmpty else { return }
    let line = Line(coefficient: term.coefficient, inside: inside, target: target)
    operands[term.factors[0].operand].withUnsafeBufferPointer { a in
      guard runs.count == 2 else { return line.add(a, runs[0], to: &result) }
      operands[term.factors[1].operand].withUnsafeBufferPointer { b in
        line.add(a, runs[0], b, runs[1], to: &result)
      }
    }
  }

  /// Where each index of a form is in a nest over its domain and some of its summed indices.
  private static func places(rank: Int, summed: [Int]) -> [Int: Int] {
    var places: [Int: Int] = [:]
    for axis in 0..<rank { places[axis] = axis }
    for (offset, index) in summed.enumerated() { places[index] = rank + offset }
    return places
  }

  private func nestRead(_ read: FormRead, _ places: [Int: Int], _ count: Int) -> NestRead {
    let positions = read.positions.map { position in
      AffineIndex(
        constant: position.constant,
        terms: position.terms.map {
          .init(index: places[$0.index] ?? 0, coefficient: $0.coefficient)
        })
    }
    return NestRead(positions, shape: shapes[read.operand], indices: count)
  }

  func extreme(_ form: ExtremeForm) -> [Double] {
    let sign = form.isMaximum ? 1.0 : -1.0
    var result = [Double](repeating: -.infinity, count: count)
    let sizes = form.indices.map(\.size)
    let summed = Array(shape.count..<max(shape.count, sizes.count))
    let places = Self.places(rank: shape.count, summed: summed)
    for candidate in form.candidates {
      let read = nestRead(candidate, places, sizes.count)
      let output = NestRead(
        shape.indices.map { AffineIndex(index: $0) }, shape: shape, indices: sizes.count)
      let nest = LoopNest(sizes: sizes, reads: [read, output])
      let inner = nest.inner ?? 0
      let values = operands[candidate.operand]
      nest.visit { place in
        let size = sizes.isEmpty ? 1 : sizes[inner]
        let run = read.run(along: inner, size: size, at: place)
        let target = output.run(along: inner, size: size, at: place)
        for i in run.inside {
          let at = target.start + i * target.stride
          result[at] = max(result[at], sign * values[run.start + i * run.stride])
        }
      }
    }
    return result.map { sign * $0 }
  }

  func place(_ form: PlaceForm) -> [Double] {
    let sizes = form.indices.map(\.size)
    let last = sizes.count - 1
    let places = Self.places(rank: shape.count, summed: [last])
    let read = nestRead(form.candidate, places, sizes.count)
    let values = operands[form.candidate.operand]
    let sign = form.isMaximum ? 1.0 : -1.0
    var result = [Double](repeating: 0, count: count)
    var position = 0
    Self.forEachPlace(shape) { place in
      let run = read.run(along: last, size: sizes[last], at: place + [0])
      var best = -Double.infinity
      for i in run.inside {
        let value = sign * values[run.start + i * run.stride]
        if value > best || (form.isLast && value == best) {
          best = value
          result[position] = Double(i)
        }
      }
      position += 1
    }
    return result
  }

  /// All positions of an array in row-major order.
  static func forEachPlace(_ shape: [Int], _ body: ([Int]) -> Void) {
    var place = [Int](repeating: 0, count: shape.count)
    for _ in 0..<shape.reduce(1, *) {
      body(place)
      for axis in shape.indices.reversed() {
        place[axis] += 1
        if place[axis] < shape[axis] { break }
        place[axis] = 0
      }
    }
  }
}

extension FormContext {
  func view(_ step: ViewStep) -> [Double] {
    switch step {
    case .reshape: return operands[0]
    case .transpose(let order):
      let strides = shapes[0].rowMajorStrides
      return moved(operands[0], start: 0, strides: order.map { strides[$0] })
    case .slice(let slices):
      let strides = shapes[0].rowMajorStrides
      let start = zip(slices, strides).reduce(0) { $0 + $1.0.start * $1.1 }
      return moved(operands[0], start: start, strides: zip(slices, strides).map { $0.step * $1 })
    case .broadcast(let target):
      let missing = target.count - shapes[0].count
      let own = shapes[0].rowMajorStrides
      let strides = target.indices.map { axis in
        axis < missing || shapes[0][axis - missing] == 1 ? 0 : own[axis - missing]
      }
      return moved(operands[0], start: 0, strides: strides)
    case .pad(let before, _):
      var result = [Double](repeating: 0, count: count)
      insert(operands[0], shapes[0], at: before, in: &result)
      return result
    case .concatenate(let axis):
      var result = [Double](repeating: 0, count: count)
      var offset = [Int](repeating: 0, count: shape.count)
      for (values, part) in zip(operands, shapes) {
        insert(values, part, at: offset, in: &result)
        offset[axis] += part[axis]
      }
      return result
    }
  }

  /// The elements of the result's shape, each step along an axis moving by a stride.
  private func moved(_ values: [Double], start: Int, strides: [Int]) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(count)
    Self.forEachPlace(shape) { place in
      result.append(values[zip(place, strides).reduce(start) { $0 + $1.0 * $1.1 }])
    }
    return result
  }

  private func insert(
    _ values: [Double], _ part: [Int], at offset: [Int], in result: inout [Double]
  ) {
    let strides = shape.rowMajorStrides
    let start = zip(offset, strides).reduce(0) { $0 + $1.0 * $1.1 }
    var position = 0
    Self.forEachPlace(part) { place in
      result[zip(place, strides).reduce(start) { $0 + $1.0 * $1.1 }] = values[position]
      position += 1
    }
  }
}

/// The elements that an innermost loop adds up.
private struct Line {
  let coefficient: Double
  let inside: Range<Int>
  let target: NestRead.Run

  func add(
    _ a: UnsafeBufferPointer<Double>, _ first: NestRead.Run, to result: inout [Double]
  ) {
    result.withUnsafeMutableBufferPointer { result in
      if target.stride == 0 {
        var sum = 0.0
        for i in inside { sum += a[first.start + i * first.stride] }
        result[target.start] += coefficient * sum
      } else {
        for i in inside {
          result[target.start + i * target.stride] +=
            coefficient * a[first.start + i * first.stride]
        }
      }
    }
  }

  func add(
    _ a: UnsafeBufferPointer<Double>, _ first: NestRead.Run, _ b: UnsafeBufferPointer<Double>,
    _ second: NestRead.Run, to result: inout [Double]
  ) {
    result.withUnsafeMutableBufferPointer { result in
      if target.stride == 0 {
        var sum = 0.0
        for i in inside {
          sum += a[first.start + i * first.stride] * b[second.start + i * second.stride]
        }
        result[target.start] += coefficient * sum
      } else {
        for i in inside {
          result[target.start + i * target.stride] +=
            coefficient * a[first.start + i * first.stride]
            * b[second.start + i * second.stride]
        }
      }
    }
  }
}
