import CKernels
import FieldArithmetic
import Kernels

extension Fp3 {
  /// The element as the kernels take scalars.
  var kernel: ck_fp3 { ck_fp3(c0: c0.raw, c1: c1.raw, c2: c2.raw) }

  init(kernel value: ck_fp3) {
    self.init(Fp(montgomery: value.c0), Fp(montgomery: value.c1), Fp(montgomery: value.c2))
  }
}

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
