import ConstraintSystem
import Equations
import TensorGraph

extension FormGraph {
  /// What the graph means, in double precision and without any rounding: every value of it, for values
  /// of its inputs in row-major order. Slow, in one thread.
  ///
  /// Throws `.value` where the inputs are not as many, or not as long, as the graph's.
  public func evaluate(_ given: [[Double]]) throws(GraphError) -> [ValueID: [Double]] {
    guard given.count == inputs.count,
      zip(inputs, given).allSatisfy({ self[$0].count == $1.count })
    else { throw GraphError(.value, "the inputs given are not those of the graph") }
    var held = constants.mapValues { tensor in
      let elements = Elements(tensor)
      return (0..<tensor.count).map { elements[$0] }
    }
    for (id, values) in zip(inputs, given) { held[id] = values }
    let states = loops.flatMap(\.states)
    for state in states {
      held[state.value] = [Double](repeating: 0, count: self[state.value].count)
    }
    // Each time one step more of a loop is right.
    for _ in 0..<loops.reduce(1, { $0 + $1.count - 1 }) {
      for state in states { held[state.value] = handedOn(state, held) }
      try evaluateNodes(&held)
    }
    return held
  }

  private func handedOn(_ state: EquationGraph.State, _ held: [ValueID: [Double]]) -> [Double] {
    let (given, left) = (held[state.given] ?? [], held[state.left] ?? [])
    let count = self[state.value].count
    let zeros = [Double](repeating: 0, count: count)
    let size = count / self[state.value].shape[0]
    return (given.isEmpty ? Array(zeros.prefix(size)) : given)
      + (left.isEmpty ? Array(zeros.dropFirst(size)) : Array(left.dropLast(size)))
  }

  private func evaluateNodes(_ held: inout [ValueID: [Double]]) throws(GraphError) {
    for node in nodes {
      let operands = node.operands.map { held[$0] ?? [] }
      let evaluation = FormEvaluation(
        shape: self[node.output].shape, sizes: node.sizes(self[node.output].shape),
        shapes: node.operands.map { self[$0].shape }, operands: operands)
      do throws(GraphError) {
        held[node.output] = try evaluation.values(node.form)
      } catch {
        throw error.at(node: layers[node.layer].name)
      }
    }
  }
}

/// The values of one node.
private struct FormEvaluation {
  let shape: [Int]
  /// Of all indices.
  let sizes: [Int]
  let shapes: [[Int]]
  let operands: [[Double]]

  func values(_ form: Form) throws(GraphError) -> [Double] {
    switch form {
    case .view(let step): return try moved(step)
    case .sum(let sum): return sums(sum)
    case .apply(let apply):
      return elementwise([apply.argument]) { apply.function.value(at: $0[0]) }
    case .quotient(let a, let b): return elementwise([a, b]) { $0[0] / $0[1] }
    case .division(let division):
      return elementwise(division.reads) { division.value($0[0], $0.count > 1 ? $0[1] : 1) }
    case .step(let step): return elementwise(step.reads) { step.function.value(of: $0) }
    case .root(let a, let isInverse):
      return elementwise([a]) { isInverse ? 1 / $0[0].squareRoot() : $0[0].squareRoot() }
    case .less(let a, let b): return elementwise([a, b]) { $0[0] < $0[1] ? 1 : 0 }
    case .equal(let a, let b): return elementwise([a, b]) { $0[0] == $0[1] ? 1 : 0 }
    case .extreme(let extreme): return extremes(extreme)
    case .place(let place): return places(place)
    case .pick(let pick): return try picks(pick)
    }
  }

  private func flat(_ read: FormRead) -> FlatRead {
    FlatRead(read, shapes[read.operand], sizes)
  }

  private func value(_ read: FlatRead, _ place: [Int]) -> Double? {
    read.offset(place).map { operands[read.operand][$0] }
  }

  private func forEach(_ body: ([Int]) -> Double) -> [Double] {
    var place = [Int](repeating: 0, count: sizes.count)
    let count = shape.reduce(1, *)
    return (0..<count).map { _ in
      let value = body(place)
      advance(&place, Array(shape.indices))
      return value
    }
  }

  private func advance(_ place: inout [Int], _ indices: [Int]) {
    for index in indices.reversed() {
      place[index] += 1
      if place[index] < sizes[index] { return }
      place[index] = 0
    }
  }

  private func elementwise(_ reads: [FormRead], _ body: ([Double]) -> Double) -> [Double] {
    let reads = reads.map(flat)
    return forEach { place in body(reads.map { value($0, place) ?? 0 }) }
  }

  private func sums(_ sum: SumForm) -> [Double] {
    let terms = sum.terms.map { term in (term: term, reads: term.factors.map(flat)) }
    return forEach { place in
      terms.reduce(0) { total, item in
        total + item.term.coefficient * self.sum(item.term, item.reads, place)
      }
    }
  }

  private func sum(_ term: SumForm.Term, _ reads: [FlatRead], _ place: [Int]) -> Double {
    var place = place
    var total = 0.0
    for _ in 0..<term.summed.reduce(1, { $0 * sizes[$1] }) {
      var product = 1.0
      for read in reads { product *= value(read, place) ?? 0 }
      total += product
      advance(&place, term.summed)
    }
    return total
  }

  private func extremes(_ extreme: ExtremeForm) -> [Double] {
    let candidates = extreme.candidates.map(flat)
    let inner = Array(extreme.domainRank..<extreme.indices.count)
    let count = inner.reduce(1) { $0 * sizes[$1] }
    return forEach { place in
      var place = place
      var best = extreme.isMaximum ? -Double.infinity : .infinity
      for _ in 0..<count {
        for candidate in candidates {
          guard let value = value(candidate, place) else { continue }
          best = extreme.isMaximum ? max(best, value) : min(best, value)
        }
        advance(&place, inner)
      }
      return best
    }
  }

  private func places(_ form: PlaceForm) -> [Double] {
    if let rank = form.rank { return places(form, rank: rank) }
    let candidate = flat(form.candidate)
    let index = form.indices.count - 1
    return forEach { place in
      var place = place
      var (best, at) = (0.0, 0)
      for position in 0..<sizes[index] {
        place[index] = position
        let value = (value(candidate, place) ?? 0) * (form.isMaximum ? 1 : -1)
        if position == 0 || value > best || (form.isLast && value == best) {
          (best, at) = (value, position)
        }
      }
      return Double(at)
    }
  }

  /// The places in order, which are the same whatever the rank is.
  private func places(_ form: PlaceForm, rank: Int) -> [Double] {
    let candidate = flat(form.candidate)
    let index = form.indices.count - 1
    var orders: [[Int]: [Int]] = [:]
    return forEach { place in
      var key = place
      key[rank] = 0
      if orders[key] == nil {
        let values = (0..<sizes[index]).map { position -> Double in
          key[index] = position
          return (value(candidate, key) ?? 0) * (form.isMaximum ? -1 : 1)
        }
        key[index] = place[index]
        orders[key] = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
      }
      return Double(orders[key]?[place[rank]] ?? 0)
    }
  }

  private func picks(_ form: PickForm) throws(GraphError) -> [Double] {
    let (source, at) = (flat(form.source), flat(form.place))
    let last = form.indices.count - 1
    var wrong: Double?
    let values = forEach { place in
      var place = place
      let position = value(at, place) ?? 0
      guard position >= 0, position < Double(sizes[last]) else {
        wrong = position
        return 0
      }
      place[last] = Int(position)
      return value(source, place) ?? 0
    }
    if let wrong {
      throw GraphError(.value, "reads the element \(wrong) of an axis of \(sizes[last])")
    }
    return values
  }

  /// Moves positions first, and the elements by them; -1 is none.
  private func moved(_ step: ViewStep) throws(GraphError) -> [Double] {
    var tensors: [Tensor] = []
    var start = 1
    for shape in shapes {
      let count = shape.reduce(1, *)
      let numbers = (start..<start + count).map { Int64($0) }
      tensors.append(try Tensor(shape: shape, integer: numbers))
      start += count
    }
    let all = operands.flatMap { $0 }
    return (try step.apply(tensors).integers ?? []).map { $0 == 0 ? 0 : all[Int($0) - 1] }
  }
}

/// A read as an offset into its operand's elements that is affine in the indices.
private struct FlatRead {
  let operand: Int
  private var base = 0
  private var steps: [(index: Int, stride: Int)] = []
  /// The positions that may be outside.
  private var checks: [(position: AffineIndex, extent: Int)] = []

  init(_ read: FormRead, _ shape: [Int], _ sizes: [Int]) {
    operand = read.operand
    for ((position, extent), stride) in zip(zip(read.positions, shape), Shape.strides(shape)) {
      base += position.constant * stride
      steps += position.terms.map { ($0.index, $0.coefficient * stride) }
      if ![position].stayInside([extent], { sizes[$0] }) { checks.append((position, extent)) }
    }
  }

  /// Nil outside of the operand.
  func offset(_ place: [Int]) -> Int? {
    for check in checks where !(0..<check.extent).contains(check.position.value(at: place)) {
      return nil
    }
    var offset = base
    for step in steps { offset += step.stride * place[step.index] }
    return offset
  }
}
