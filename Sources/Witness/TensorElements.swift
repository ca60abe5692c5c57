import ConstraintSystem
import Evaluation

/// The values of the tensors that are known so far, for reading on any thread.
struct TensorElements: Sendable {
  /// Temporaries after the system's tensors.
  let declarations: [TensorDeclaration]
  /// The tensors whose values are being computed part by part: they have memory, but not all values.
  var incomplete: Set<Int> = []
  /// By number of the tensor; nil where there are no values yet, or no more.
  private var buffers: [IntegerBuffer?]
  /// The same, as the machine reads them.
  private(set) var sources: TensorSources

  /// Without any values.
  init(_ declarations: [TensorDeclaration]) {
    self.declarations = declarations
    buffers = Array(repeating: nil, count: declarations.count)
    sources = TensorSources(count: declarations.count)
  }

  /// With all values, after a check of how many they are.
  init(
    _ declarations: [TensorDeclaration], _ assignment: Assignment
  ) throws(EvaluationError) {
    for (number, declaration) in declarations.enumerated() {
      let found = assignment.tensors.indices.contains(number) ? assignment[number].count : 0
      guard found == declaration.count else {
        throw .wrongCount(tensor: declaration.name, expected: declaration.count, found: found)
      }
    }
    self.init(declarations)
    for number in declarations.indices { self[number] = assignment[number] }
  }

  subscript(tensor: Int) -> IntegerBuffer? {
    get { buffers.indices.contains(tensor) ? buffers[tensor] : nil }
    set {
      buffers[tensor] = newValue
      sources.set(
        tensor, shape: declarations[tensor].shape, newValue?.pointer, owner: newValue?.owner)
    }
  }

  /// The shape of a tensor that can be read.
  func shape(of tensor: Int) -> [Int]? {
    self[tensor] == nil ? nil : declarations[tensor].shape
  }
}
