extension ExpressionWorker {
  func look(
    up values: Lanes, _ column: LookupColumn, _ frame: Frame, _ mask: Lanes?, into result: Lanes
  ) throws(ExpressionFailure) {
    for lane in 0..<frame.count {
      let value = Int64(values[lane].position ?? .max)
      let (row, overflow) = value.subtractingReportingOverflow(column.first)
      if !overflow, row >= 0, row < column.rows {
        result[lane] = Element(stored: column[Int(row)])
      } else if mask.map({ $0[lane] != 0 }) ?? true {
        let reason = ExpressionFailure.Reason.lookupMiss(table: column.table, value: Int(value))
        throw ExpressionFailure(reason: reason, position: frame.domainPosition(ofLane: lane))
      } else {
        result[lane] = 0
      }
    }
  }

  /// Extends row-major positions, in the array behind `slot`, by positions along one more axis, in
  /// the next.
  func extend(
    _ frame: Frame, _ slot: Int, _ size: Int, mustExist: Bool, _ mask: Lanes?
  ) throws(ExpressionFailure) {
    let (result, outer, along) = (array(slot), array(slot + 1), array(slot + 2))
    for lane in 0..<frame.count {
      let place = along[lane].position
      if let place, place >= 0, place < size, let start = outer[lane].position, start >= 0 {
        result[lane] = Element(stored: Int64(start * size + place))
        continue
      }
      result[lane] = Element(stored: Int64(-1))
      guard mustExist, mask.map({ $0[lane] != 0 }) ?? true,
        place.map({ $0 < 0 || $0 >= size }) ?? true
      else { continue }
      throw ExpressionFailure(
        reason: .noElement(place: place, size: size),
        position: frame.domainPosition(ofLane: lane))
    }
  }

  /// Refuses an extreme of which every term is left out.
  func requireTerms(
    _ reduction: LaneReduction, _ frame: Frame, _ slot: Int, _ mask: Lanes?
  ) throws(ExpressionFailure) {
    let extremes = array(reduction.isPlace ? slot + 1 : slot)
    let none: Element = reduction.neutral()
    for lane in 0..<frame.count
    where extremes[lane] == none && (mask.map { $0[lane] != 0 } ?? true) {
      throw ExpressionFailure(
        reason: .noTerm, position: frame.domainPosition(ofLane: lane))
    }
  }
}
