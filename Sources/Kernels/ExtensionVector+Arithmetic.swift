import CKernels
import FieldArithmetic

// Operations write to `self`, which may be one of the operands. All vectors have equal lengths.
extension ExtensionVector {
  /// self = the elements of `source`.
  public func assign(_ source: ExtensionVector) {
    for k in 0..<3 { plane(k).assign(source.plane(k)) }
  }

  /// self = the elements of `source`, as elements of E.
  public func assign(_ source: BaseVector) {
    plane(0).assign(source)
    for k in 1..<3 { plane(k).words.update(repeating: 0, count: count) }
  }

  /// self = a + b, element by element; so below for the other operations.
  public func assignSum(_ a: ExtensionVector, _ b: ExtensionVector) {
    precondition(a.count == count && b.count == count, "lengths differ")
    ck_e_add(a.raw, b.raw, raw, count)
  }

  /// self = a − b.
  public func assignDifference(_ a: ExtensionVector, _ b: ExtensionVector) {
    precondition(a.count == count && b.count == count, "lengths differ")
    ck_e_sub(a.raw, b.raw, raw, count)
  }

  /// self = a·b.
  public func assignProduct(_ a: ExtensionVector, _ b: ExtensionVector) {
    precondition(a.count == count && b.count == count, "lengths differ")
    ck_e_mul(a.raw, b.raw, raw, count)
  }

  /// self = a·b for b over F.
  public func assignProduct(_ a: ExtensionVector, _ b: BaseVector) {
    precondition(a.count == count && b.count == count, "lengths differ")
    ck_e_mul_base(a.raw, b.words, raw, count)
  }

  /// self = s·a.
  public func assignProduct(_ s: Fp3, _ a: ExtensionVector) {
    precondition(a.count == count, "lengths differ")
    ck_e_scale(a.raw, s.raw, raw, count)
  }

  /// self += s·x.
  public func addProduct(_ s: Fp3, _ x: ExtensionVector) {
    precondition(x.count == count, "lengths differ")
    ck_e_axpy(s.raw, x.raw, raw, count)
  }

  /// self += s·x for x over F.
  public func addProduct(_ s: Fp3, _ x: BaseVector) {
    precondition(x.count == count, "lengths differ")
    ck_e_axpy_base(s.raw, x.words, raw, count)
  }

  /// self += s·x for integers x.
  public func addProduct(_ s: Fp3, _ x: IntegerVector) {
    precondition(x.count == count, "lengths differ")
    ck_e_axpy_int(s.raw, x.kind, x.pointer, raw, count)
  }

  /// self[r·rowStride + c] += s·a[r]·b[c].
  public func addOuterProduct(
    _ s: Fp3, _ a: ExtensionVector, _ b: ExtensionVector, rowStride: Int
  ) {
    precondition(
      a.count == 0 || (a.count - 1) * rowStride + b.count <= count, "outer product too large")
    ck_e_outer_axpy(s.raw, a.raw, a.count, b.raw, b.count, raw, rowStride)
  }

  /// self = low + r·(high − low).
  public func assignFold(_ low: ExtensionVector, _ high: ExtensionVector, at r: Fp3) {
    precondition(low.count == count && high.count == count, "lengths differ")
    ck_e_fold(low.raw, high.raw, r.raw, raw, count)
  }

  /// self = low + r·(high − low) for operands over F.
  public func assignFold(_ low: BaseVector, _ high: BaseVector, at r: Fp3) {
    precondition(low.count == count && high.count == count, "lengths differ")
    ck_e_fold_base(low.words, high.words, r.raw, raw, count)
  }

  /// self = low + r·(high − low) for integer operands of the same type.
  public func assignFold(_ low: IntegerVector, _ high: IntegerVector, at r: Fp3) {
    precondition(low.count == count && high.count == count, "lengths differ")
    precondition(low.type == high.type, "integer types differ")
    ck_e_fold_int(low.kind, low.pointer, high.pointer, r.raw, raw, count)
  }

  /// Binds the leading index bit to r in place and returns the first half, which holds the result.
  /// - Parameter half: the length of a half; the elements that the second one misses are zero.
  public func foldedInPlace(to half: Int, at r: Fp3) -> ExtensionVector {
    precondition(half <= count && count <= 2 * half, "no vector of two halves")
    let pairs = count - half
    self[0..<pairs].assignFold(self[0..<pairs], self[half..<count], at: r)
    self[pairs..<half].assignProduct(.one - r, self[pairs..<half])
    return self[0..<half]
  }

  /// self[i] = scale·Π_k (bit k of i ? z_k : 1 − z_k), where bit 0 is the most significant of the
  /// `point.count` bits of i. A table shorter than 2^`point.count` is the beginning of the whole.
  public func assignEqualityTable(at point: [Fp3], scale: Fp3 = .one) {
    precondition(
      point.count >= 63 || count <= 1 << point.count, "more elements than points of the cube")
    let raw = point.map(\.raw)
    ck_e_eq_table(raw, raw.count, scale.raw, self.raw, count)
  }

  /// The table of `assignEqualityTable`, of `count` or all 2^`point.count` elements.
  public static func equalityTable(
    at point: [Fp3], scale: Fp3 = .one, count: Int? = nil
  ) -> ExtensionVector {
    let table = ExtensionVector(zeros: count ?? 1 << point.count)
    table.assignEqualityTable(at: point, scale: scale)
    return table
  }
}

extension ExtensionVector {
  /// The sum of the elements.
  public func sum() -> Fp3 { Fp3(ck_e_sum(raw, count)) }

  /// Σ self[i]·b[i].
  public func dot(_ b: ExtensionVector) -> Fp3 {
    precondition(b.count == count, "lengths differ")
    return Fp3(ck_e_dot(raw, b.raw, count))
  }

  /// Σ self[i]·b[i] for b over F.
  public func dot(_ b: BaseVector) -> Fp3 {
    precondition(b.count == count, "lengths differ")
    return Fp3(ck_e_dot_base(raw, b.words, count))
  }

  /// Σ self[i]·b[i] for integers b.
  public func dot(_ b: IntegerVector) -> Fp3 {
    precondition(b.count == count, "lengths differ")
    return Fp3(ck_e_dot_int(raw, b.kind, b.pointer, count))
  }
}
