import CKernels
import FieldArithmetic
import Kernels

/// The prover's side of the lookups' fraction tree: all layers, and the sum-check of the current one.
///
/// Layer k holds 2^k numerators and denominators, node j being the sum of the nodes j and j + 2^k of
/// the layer below. A layer's sum-check folds the layer below in place; it is not needed again.
final class FractionTreeProver {
  private var layers: [(numerators: ExtensionVector, denominators: ExtensionVector)]
  /// The layer whose claim is being reduced.
  private var layer = 0
  private var point: [Fp3] = []
  private var bound: [Fp3] = []
  private var combiner = Fp3.zero
  /// The number of elements of each half that is left to sum over.
  private var count = 1
  /// Weights of the variables after the current one.
  private var weights = ExtensionVector(zeros: 1)

  /// - Parameter leaves: 2^depth numerators and denominators.
  init(numerators: ExtensionVector, denominators: ExtensionVector) {
    layers = [(numerators, denominators)]
    var half = numerators.count / 2
    while half >= 1 {
      let (p, q) = (ExtensionVector(zeros: half), ExtensionVector(zeros: half))
      ck_gkr_layer(layers[0].numerators.raw, layers[0].denominators.raw, p.raw, q.raw, half)
      layers.insert((p, q), at: 0)
      half /= 2
    }
  }

  var rootDenominator: Fp3 { layers[0].denominators.raw[0] }
  /// Zero when every lookup finds its row.
  var rootNumerator: Fp3 { layers[0].numerators.raw[0] }

  private var p0: ck_ext { layers[layer + 1].numerators.raw }
  private var q0: ck_ext { layers[layer + 1].denominators.raw }
  private var p1: ck_ext { p0.advanced(by: 1 << layer) }
  private var q1: ck_ext { q0.advanced(by: 1 << layer) }

  /// Begins the current layer's sum-check: its numerators' claim plus `combiner` times its
  /// denominators'.
  func begin(combiner: Fp3) {
    self.combiner = combiner
    count = 1 << layer
    bound = []
    ck_e_axpy(combiner.raw, q0, p0, count)
    let tail = Array(point.dropFirst())
    weights = ExtensionVector(zeros: max(count / 2, 1))
    tail.map(\.raw).withUnsafeBufferPointer {
      ck_e_eq_table($0.baseAddress, tail.count, Fp3.one.raw, weights.raw, 1 << tail.count)
    }
  }

  /// The round's message: the bare polynomial at zero, and its leading coefficient.
  func round() -> [Fp3] {
    let pair = ck_gkr_round(p0, q0, p1, q1, weights.raw, count / 2)
    return [Fp3(pair.first), Fp3(pair.second)]
  }

  /// Binds the current variable.
  func bind(_ challenge: Fp3) {
    let half = count / 2
    for vector in [p0, q0, p1, q1] {
      ck_e_fold(vector, vector.advanced(by: half), challenge.raw, vector, half)
    }
    if half > 1 {
      ck_e_add(weights.raw, weights.raw.advanced(by: half / 2), weights.raw, half / 2)
    }
    bound.append(challenge)
    count = half
  }

  /// The four values in which the sum-check ends.
  func values() -> [Fp3] { [p0[0] - combiner * q0[0], p1[0], q0[0], q1[0]] }

  /// Goes down to the layer below.
  func descend(_ challenge: Fp3) {
    point = [challenge] + bound
    layer += 1
  }
}
