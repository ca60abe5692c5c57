import Argument
import CKernels
import FieldArithmetic
import Kernels

/// The prover's side of the batched sum-check of products.
final class ProductProver {
  private struct Product {
    let first: ExtensionVector
    let second: ExtensionVector
    var weight: Fp3
    /// The number of elements that are left.
    var count: Int
  }

  private var products: [Product]
  /// The number of elements that the longest product has left.
  private var count: Int
  private let half = Fp3(2).inverse
  /// Σ of a product's terms, for those that have not joined yet.
  private var sums: [Fp3]

  /// - Parameter factors: both factors of each product, of the same power of two of elements.
  init(factors: [(first: ExtensionVector, second: ExtensionVector)], weights: [Fp3]) {
    products = zip(factors, weights).map {
      Product(first: $0.first, second: $0.second, weight: $1, count: $0.first.count)
    }
    count = products.map(\.count).max() ?? 1
    sums = products.map { Fp3(ck_e_dot($0.first.raw, $0.second.raw, $0.count)) }
  }

  /// The weighted sum of all products.
  var sum: Fp3 {
    zip(products, sums).reduce(.zero) { $0 + $1.0.weight * $1.1 }
  }

  /// The round's message: the polynomial's constant and leading coefficients.
  func round() -> [Fp3] {
    var constant = Fp3.zero
    var leading = Fp3.zero
    for (product, sum) in zip(products, sums) {
      if product.count == count {
        let pair = ck_round_product(product.first.raw, product.second.raw, count / 2)
        constant += product.weight * Fp3(pair.first)
        leading += product.weight * Fp3(pair.second)
      } else {
        constant += product.weight * sum * half
      }
    }
    return [constant, leading]
  }

  /// Binds the current variable; a product that has not joined halves its weight.
  func bind(_ challenge: Fp3) {
    for i in products.indices {
      if products[i].count == count {
        let size = count / 2
        for vector in [products[i].first.raw, products[i].second.raw] {
          ck_e_fold(vector, vector.advanced(by: size), challenge.raw, vector, size)
        }
        products[i].count = size
      } else {
        products[i].weight *= half
      }
    }
    count /= 2
  }

  /// Both factors of each product where the sum-check ends.
  func values() -> [Fp3] { products.flatMap { [$0.first.raw[0], $0.second.raw[0]] } }
}
