import FieldArithmetic
import Kernels

/// Random operands.
enum Inputs {
  static func base(_ count: Int) -> BaseVector {
    let vector = BaseVector(zeros: count)
    for i in 0..<count { vector.words[i] = UInt64.random(in: 0..<2 * Fp.modulus) }
    return vector
  }

  static func extensionVector(_ count: Int) -> ExtensionVector {
    let vector = ExtensionVector(zeros: count)
    for k in 0..<3 { vector.plane(k).assign(base(count)) }
    return vector
  }

  static func weights(_ count: Int) -> IntegerVector {
    let vector = IntegerVector(zeros: count, of: .int16)
    vector.withMutableIntegers(as: Int16.self) { integers in
      for i in integers.indices { integers[i] = Int16.random(in: .min ... .max) }
    }
    return vector
  }

  static func element() -> Fp3 { extensionVector(1)[0] }
}
