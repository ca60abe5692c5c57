import CircuitLanguage
import ConstraintSystem
import Witness

/// An instance of a circuit by itself, with tensors for its arguments.
public struct TrialCircuit: Sendable {
  /// What an argument that may be an accumulator is.
  public enum Form: String, CaseIterable, Sendable {
    /// A tensor.
    case tensor
    /// A product of two tensors, which is no linear expression.
    case product
  }

  public let name: String
  public let sizes: TrialSizes
  public let form: Form
  public let circuit: Circuit
  /// The numbers of the tensors that the arguments are made of.
  let inputs: [Int]
  /// Values of these that it is tried with first, before such as are hard on any circuit.
  let candidates: [[Int: IntegerBuffer]]

  /// The work that one instance may take to put together.
  public static let work = 1 << 24
  /// That of an instance of which several are tried.
  static let trialWork = 1 << 20
  /// Magnitudes of arguments of no declared range, or of a wider one.
  public static let widestArgument = 1 << 20

  /// The arguments are public inputs, so that whoever calls the circuit bounds them; those of a
  /// circuit without outputs, which is there to bound them, are private inputs.
  /// - Parameter widest: what exceeds the magnitudes of an argument of no or of a wider range.
  /// - Throws: `Failure`.
  public init(
    _ circuit: String, of library: CircuitLibrary, _ sizes: TrialSizes, form: Form = .tensor,
    widest: Int = widestArgument, work: Int = work
  ) throws(Failure) {
    var maker: TrialMaker
    do throws(CircuitLanguageError) {
      maker = try TrialMaker(circuit, of: library, sizes, form, widest, work)
    } catch { throw .instance(error) }
    name = circuit
    self.sizes = sizes
    self.form = form
    inputs = maker.inputs
    candidates = []
    do throws(CircuitLanguageError) {
      self.circuit = try maker.builder.finish()
    } catch { throw .system(error) }
  }

  /// An instance that was put together elsewhere, such as what an operator is compiled to.
  /// - Parameters:
  ///   - inputs: the numbers of the tensors that it is tried with: all that no step computes.
  ///   - candidates: values of these that it is known to take.
  public init(
    name: String, circuit: Circuit, inputs: [Int], candidates: [[Int: IntegerBuffer]] = []
  ) {
    self.name = name
    self.circuit = circuit
    self.inputs = inputs
    self.candidates = candidates
    sizes = TrialSizes()
    form = .tensor
  }

  /// Why there is no such instance.
  public enum Failure: Error, Sendable {
    /// The circuit can't have these sizes or parameters.
    case instance(CircuitLanguageError)
    /// All of it breaks a rule of constraint systems: nothing bounds a value, or a sum may wrap around.
    case system(CircuitLanguageError)

    /// What is wrong.
    public var error: CircuitLanguageError {
      switch self {
      case .instance(let error), .system(let error): error
      }
    }
  }

  /// The values of all tensors for one of the inputs that are hard on the circuit, as its program
  /// computes them and its statements accept them; nil where it takes none of them.
  public func honestAssignment() -> Assignment? {
    for inputs in TrialInputs(self).candidates() {
      guard let values = try? Evaluator.evaluate(circuit, model: [:], inputs: inputs),
        (try? StatementChecker.check(circuit.system, values)) != nil
      else { continue }
      return values
    }
    return nil
  }

  /// Whether a circuit has an argument that may be an accumulator.
  public static func takesAccumulators(_ signature: CircuitSignature) -> Bool {
    signature.arguments.contains(where: isAccumulator)
  }

  static func isAccumulator(_ argument: CircuitSignature.Tensor) -> Bool {
    argument.type == "small" || argument.type == "any"
  }
}

/// Makes the tensors that arguments are.
private struct TrialMaker {
  var builder: CircuitBuilder
  var inputs: [Int] = []
  private let library: CircuitLibrary
  private let role: TensorRole
  private let widest: ClosedRange<Int>

  /// Puts the instance together.
  init(
    _ circuit: String, of library: CircuitLibrary, _ sizes: TrialSizes, _ form: TrialCircuit.Form,
    _ widest: Int, _ work: Int
  ) throws(CircuitLanguageError) {
    self.widest = -widest...widest - 1
    guard let signature = library.signature(of: circuit) else {
      throw CircuitLanguageError("there is no circuit '\(circuit)'")
    }
    self.library = try library.withProduct()
    role = signature.outputs.isEmpty ? .privateInput : .publicInput
    builder = CircuitBuilder(library: self.library, work: work)
    let views = try arguments(signature, sizes, form)
    let outputs = try builder.instantiate(
      circuit, views, parameters: sizes.parameters, name: circuit, fractionalBits: 0)
    for (output, view) in zip(signature.outputs, outputs) {
      // Nobody sees it: what bounds it are the statements, and not a verifier.
      _ = try builder.markOutput(view, name: output.name, isPublic: false)
    }
  }

  private mutating func arguments(
    _ signature: CircuitSignature, _ sizes: TrialSizes, _ form: TrialCircuit.Form
  ) throws(CircuitLanguageError) -> [TensorView] {
    let shapes = try library.shapes(
      of: signature.name, sizes: sizes.sizes, rest: sizes.rest, parameters: sizes.parameters)
    let ranges = try library.ranges(
      of: signature.name, sizes: sizes.sizes, parameters: sizes.parameters)
    var views: [TensorView] = []
    for (place, argument) in signature.arguments.enumerated() {
      let range = (ranges[place] ?? widest).clamped(to: widest)
      guard form == .product, TrialCircuit.isAccumulator(argument) else {
        views.append(add(argument.name, shapes[place], range))
        continue
      }
      // A square of them is about as wide.
      let half = Int(Double(widest.upperBound).squareRoot())
      let first = add(argument.name + ".a", shapes[place], -half...half)
      let second = add(argument.name + ".b", shapes[place], -half...half)
      views += try builder.instantiate(
        CircuitLibrary.product, [first, second], name: argument.name, fractionalBits: 0)
    }
    return views
  }

  private mutating func add(_ name: String, _ shape: [Int], _ range: ClosedRange<Int>) -> TensorView
  {
    let view = builder.addTensor(
      TensorDeclaration(name: name, shape: shape, role: role, range: range))
    if let tensor = view.tensor { inputs.append(tensor) }
    return view
  }
}

extension CircuitLibrary {
  /// The circuit that makes a product; no circuit of anybody else is called so.
  fileprivate static let product = "trial__product"

  fileprivate func withProduct() throws(CircuitLanguageError) -> CircuitLibrary {
    guard signature(of: Self.product) == nil else { return self }
    var library = self
    try library.add(
      source: """
        circuit \(Self.product)(a: any[...], b: any[...]) -> (acc: small[...]) {
          acc[...] := a[...] * b[...]
        }
        """, file: "trial")
    return library
  }
}
