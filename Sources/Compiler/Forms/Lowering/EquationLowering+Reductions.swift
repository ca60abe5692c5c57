import ConstraintSystem
import Equations
import TensorGraph

extension EquationLowering {
  mutating func reduce(
    _ reduction: RealExpression.Reduction, _ over: [Int], _ term: RealExpression
  ) throws(GraphError) -> Polynomial {
    switch reduction {
    case .sum: return summed(try polynomial(term), over)
    case .product: return try multiplied(value(of: polynomial(term)), over)
    case .maximum, .minimum: return try extreme(over, term, isMaximum: reduction == .maximum)
    case .firstMaximum, .lastMaximum, .firstMinimum, .lastMinimum:
      return try place(reduction, over, term)
    }
  }

  func summed(_ polynomial: Polynomial, _ over: [Int]) -> Polynomial {
    var result = polynomial
    for number in result.monomials.indices {
      let free = Set(result.monomials[number].freeIndices)
      for index in over {
        if free.contains(index) {
          result.monomials[number].summed.append(index)
        } else {
          result.monomials[number].coefficient *= Double(size(index))
        }
      }
    }
    return result
  }

  /// A tree of products: the first half of an axis times the second, again and again; what an odd axis
  /// leaves is multiplied at last.
  private mutating func multiplied(
    _ place: Place, _ over: [Int]
  ) throws(GraphError) -> Polynomial {
    var place = try inside(place)
    for index in over {
      guard place.usedIndices.contains(index) else {
        let power = RealExpression.binary(.power, .argument, .constant(Double(size(index))))
        place = try value(of: apply(power, to: place))
        continue
      }
      var rest: [Place] = []
      var count = size(index)
      while count > 1 {
        if count % 2 == 1 { rest.append(fixed(place, index, at: AffineIndex(constant: count - 1))) }
        count /= 2
        let half = indices.count
        indices.append(.init(name: indices[index].name, size: count))
        let first = fixed(place, index, at: AffineIndex(index: half))
        let second = fixed(
          place, index, at: AffineIndex(constant: count, coefficients: [half: 1]))
        let value = try value(of: product(element(first), element(second)))
        // The half's index takes the place of the whole's.
        place = Place(
          value: value.value,
          positions: value.positions.substituting {
            AffineIndex(index: $0 == half ? index : $0)
          })
      }
      place = fixed(place, index, at: AffineIndex(constant: 0))
      for other in rest {
        place = try value(of: product(element(place), element(other)))
      }
    }
    return element(place)
  }

  private func fixed(_ place: Place, _ index: Int, at position: AffineIndex) -> Place {
    Place(
      value: place.value,
      positions: place.positions.substituting { $0 == index ? position : AffineIndex(index: $0) }
        .withoutSingle(size))
  }

  private mutating func place(
    _ reduction: RealExpression.Reduction, _ over: [Int], _ term: RealExpression
  ) throws(GraphError) -> Polynomial {
    let candidate = try value(of: polynomial(term))
    guard let index = over.first, candidate.usedIndices.contains(index) else {
      let isLast = reduction == .lastMaximum || reduction == .lastMinimum
      return Polynomial(isLast ? Double(size(over[0]) - 1) : 0)
    }
    guard staysInside(candidate) else {
      throw GraphError(.unsupported, "the place of an extreme that reads outside of a value")
    }
    guard size(index) <= 1 << 15 else {
      throw GraphError(
        .unsupported, "\(size(index)) candidates; up to \(1 << 15) are supported")
    }
    let domain = span(candidate.usedIndices.filter { $0 != index })
    let numbers = Dictionary(
      uniqueKeysWithValues: (domain + [index]).enumerated().map { ($1, $0) })
    let read = FormRead(operand: 0, positions: renumbered(candidate, numbers))
    let form = PlaceForm(
      isMaximum: reduction == .firstMaximum || reduction == .lastMaximum,
      isLast: reduction == .lastMaximum || reduction == .lastMinimum,
      indices: (domain + [index]).map { indices[$0] }, candidate: read)
    let value = maker.append(
      .place(form), [candidate.value], domain.map(size), .integer, name: "\(maker.name)/place")
    return Polynomial(place(value, over: domain))
  }
}
