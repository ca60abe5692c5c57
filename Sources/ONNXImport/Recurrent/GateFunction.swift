import Equations
import TensorGraph

/// The function that a gate of a recurrent layer applies.
struct GateFunction: Hashable {
  /// In small letters.
  let name: String
  let alpha: Double
  let beta: Double

  /// The parameters that each function has, and their defaults.
  private static let parameters: [String: Parameters] = [
    "relu": .init(), "tanh": .init(), "sigmoid": .init(), "softsign": .init(), "softplus": .init(),
    "affine": .init(hasAlpha: true, hasBeta: true), "leakyrelu": .init(hasAlpha: true, alpha: 0.01),
    "thresholdedrelu": .init(hasAlpha: true), "scaledtanh": .init(hasAlpha: true, hasBeta: true),
    "hardsigmoid": .init(hasAlpha: true, hasBeta: true, alpha: 0.2, beta: 0.5),
    "elu": .init(hasAlpha: true, alpha: 1),
  ]

  private struct Parameters {
    var hasAlpha = false
    var hasBeta = false
    /// Nil where ONNX says something else than ONNX Runtime does.
    var alpha: Double?
    var beta: Double?
  }

  /// The functions of the names, which take the parameters in order, each those that it has.
  ///
  /// Throws `.unsupported` for a function that is not known, and `.attribute` for too many parameters.
  static func list(
    _ names: [String], alpha: [Float], beta: [Float]
  ) throws(GraphError) -> [GateFunction] {
    var (alphas, betas) = (alpha[...], beta[...])
    var functions: [GateFunction] = []
    for name in names {
      guard let known = parameters[name.lowercased()] else {
        throw GraphError(.unsupported, "the activation \"\(name)\" is not known")
      }
      let alpha = known.hasAlpha ? alphas.popFirst().map(Double.init) ?? known.alpha : 0
      let beta = known.hasBeta ? betas.popFirst().map(Double.init) ?? known.beta : 0
      guard let alpha, let beta else {
        throw GraphError(
          .unsupported,
          "the parameters of the activation \"\(name)\" are left out, and programs do not agree what "
            + "they are then; give activation_alpha and activation_beta")
      }
      functions.append(GateFunction(name: name.lowercased(), alpha: alpha, beta: beta))
    }
    guard alphas.isEmpty, betas.isEmpty else {
      throw GraphError(.attribute, "its activations have fewer parameters than are given")
    }
    return functions
  }

  func callAsFunction(_ x: RealExpression) -> RealExpression {
    let alpha = RealExpression.constant(alpha)
    let beta = RealExpression.constant(beta)
    switch name {
    case "relu": return .maximum(x, 0)
    case "tanh": return .unary(.tanh, x)
    case "sigmoid": return 1 / (1 + .unary(.exp, .unary(.negate, x)))
    case "softsign": return x / (1 + .unary(.abs, x))
    case "softplus":
      let power = RealExpression.unary(.exp, .unary(.negate, .unary(.abs, x)))
      return .maximum(x, 0) + .unary(.log, 1 + power)
    case "affine": return alpha * x + beta
    case "leakyrelu": return .select(.less(x, 0), alpha * x, x)
    case "thresholdedrelu": return .select(.less(alpha, x), x, 0)
    case "scaledtanh": return alpha * .unary(.tanh, beta * x)
    case "hardsigmoid": return .maximum(0, .minimum(1, alpha * x + beta))
    default: return .select(.less(x, 0), alpha * (.unary(.exp, x) - 1), x)
    }
  }
}
