import CKernels
import FieldArithmetic
import Kernels

extension ck_ext {
  /// The vector without its first elements.
  func advanced(by count: Int) -> ck_ext { ck_ext(base: base + count, stride: stride) }

  /// Element i, reduced.
  subscript(i: Int) -> Fp3 {
    get {
      Fp3(
        Fp(montgomery: base[i]), Fp(montgomery: base[stride + i]),
        Fp(montgomery: base[2 * stride + i]))
    }
    nonmutating set {
      base[i] = newValue.c0.raw
      base[stride + i] = newValue.c1.raw
      base[2 * stride + i] = newValue.c2.raw
    }
  }

  /// Sets `count` elements to a value.
  func fill(_ value: Fp3, count: Int) {
    for (plane, raw) in [value.c0.raw, value.c1.raw, value.c2.raw].enumerated() {
      (base + plane * stride).update(repeating: raw, count: count)
    }
  }
}
