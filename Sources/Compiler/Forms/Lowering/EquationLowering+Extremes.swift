import ConstraintSystem
import Equations
import TensorGraph

extension EquationLowering {
  /// The greater or the lesser of two; several in each other are one extreme.
  mutating func extreme(
    _ operation: RealExpression.Binary, _ left: RealExpression, _ right: RealExpression
  ) throws(GraphError) -> Polynomial {
    let parts = alternatives(operation, left) + alternatives(operation, right)
    var places: [Place] = []
    var bound: Double?
    for part in parts {
      let polynomial = try polynomial(part)
      if let scalar = polynomial.scalar {
        bound = bound.map { operation.real($0, scalar) } ?? scalar
      } else {
        let place = try inside(value(of: polynomial))
        if !places.contains(place) { places.append(place) }
      }
    }
    if places.count == 1, let bound {
      return try apply(.binary(operation, .argument, .constant(bound)), to: places[0])
    }
    if places.count == 1 { return element(places[0]) }
    if places.isEmpty, let bound { return Polynomial(bound) }
    if let bound { places.append(try maker.scalar(bound)) }
    return Polynomial(extreme(places, over: [], isMaximum: operation == .maximum))
  }

  private func alternatives(
    _ operation: RealExpression.Binary, _ expression: RealExpression
  ) -> [RealExpression] {
    if case .binary(operation, let left, let right) = expression {
      return alternatives(operation, left) + alternatives(operation, right)
    }
    return [expression]
  }

  /// The extreme along indices. What reads outside of a value is left out, which a value that is made
  /// of what was read would not show.
  mutating func extreme(
    _ over: [Int], _ term: RealExpression, isMaximum: Bool
  ) throws(GraphError) -> Polynomial {
    if let (place, function) = try candidate(term), !staysInside(place) {
      if let affine = function.affine {
        let isTurned = affine.slope < 0
        let value = extreme([place], over: over, isMaximum: isMaximum != isTurned)
        return element(value).scaled(affine.slope) + Polynomial(affine.offset)
      }
      let kind = function.kind([maker.graph[place.value].kind])
      let value = own(function, of: place, kind)
      return Polynomial(extreme([value], over: over, isMaximum: isMaximum))
    }
    guard readsInside(term) else {
      throw GraphError(
        .unsupported, "an extreme of what is computed from several reads outside of a value")
    }
    let place = try value(of: polynomial(term))
    let value = extreme([place], over: over, isMaximum: isMaximum)
    return element(value)
  }

  private mutating func candidate(
    _ term: RealExpression
  ) throws(GraphError) -> (Place, RealExpression)? {
    guard let (read, function) = functionOfOneRead(term), let place = try self.read(read).place
    else { return nil }
    return (place, function)
  }

  /// Whether no read of the expression leaves its operand.
  private func readsInside(_ expression: RealExpression) -> Bool {
    guard case .read(let read) = expression else {
      return expression.children.allSatisfy(readsInside)
    }
    return zip(read.positions, maker.graph[operands[read.operand]].shape).allSatisfy {
      guard case .affine(let position) = $0 else { return true }
      return [position].stayInside([$1], size)
    }
  }

  private mutating func extreme(
    _ places: [Place], over: [Int], isMaximum: Bool
  ) -> Place {
    let used = Set(places.flatMap(\.usedIndices))
    let domain = span(used.subtracting(over).sorted())
    let inner = over.filter(used.contains)
    if inner.isEmpty, places.count == 1 { return places[0] }
    let order = domain + inner
    let numbers = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    var list = OperandList()
    let form = ExtremeForm(
      isMaximum: isMaximum, indices: order.map { indices[$0] }, domainRank: domain.count,
      candidates: places.map { list.read($0.value, renumbered($0, numbers)) })
    let kind = places.map { maker.graph[$0.value].kind }.max { !$0.holds($1) } ?? .real
    let value = maker.append(
      .extreme(form), list.operands, domain.map(size), kind, name: "\(maker.name)/extreme")
    return place(value, over: domain)
  }
}
