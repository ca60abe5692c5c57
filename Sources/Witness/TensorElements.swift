import ConstraintSystem

/// The values of the tensors that are known so far, for reading on any thread.
struct TensorElements: Sendable {
  /// Temporaries after the system's tensors.
  let declarations: [TensorDeclaration]
  /// By number of the tensor; nil where there are no values yet, or no more.
  private(set) var buffers: [IntegerBuffer?]

  /// Without any values.
  init(_ declarations: [TensorDeclaration]) {
    self.declarations = declarations
    buffers = Array(repeating: nil, count: declarations.count)
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
    self.declarations = declarations
    buffers = assignment.tensors
  }

  subscript(tensor: Int) -> IntegerBuffer? {
    get { buffers.indices.contains(tensor) ? buffers[tensor] : nil }
    set { buffers[tensor] = newValue }
  }

  /// The shape of a tensor that can be read.
  func shape(of tensor: Int) -> [Int]? {
    self[tensor] == nil ? nil : declarations[tensor].shape
  }

  /// Runs a gather of 64-bit integers; a read of a tensor without values gives zeros.
  func gather(
    _ plan: GatherPlan, fixed: UnsafePointer<Int>, start: Int, count: Int,
    into target: UnsafeMutablePointer<Int64>
  ) {
    switch buffers[plan.read.tensor]?.elements {
    case .int16(let values):
      plan.gather(
        IntegerSource(elements: values), fixed: fixed, start: start, count: count, into: target)
    case .int32(let values):
      plan.gather(
        IntegerSource(elements: values), fixed: fixed, start: start, count: count, into: target)
    case .int64(let values):
      plan.gather(
        IntegerSource(elements: values), fixed: fixed, start: start, count: count, into: target)
    case nil: target.update(repeating: 0, count: count)
    }
  }

  /// Runs a gather of floating-point numbers, exact for values below 2^53.
  func gather(
    _ plan: GatherPlan, fixed: UnsafePointer<Int>, start: Int, count: Int,
    into target: UnsafeMutablePointer<Double>
  ) {
    switch buffers[plan.read.tensor]?.elements {
    case .int16(let values):
      plan.gather(
        DoubleSource(elements: values), fixed: fixed, start: start, count: count, into: target)
    case .int32(let values):
      plan.gather(
        DoubleSource(elements: values), fixed: fixed, start: start, count: count, into: target)
    case .int64(let values):
      plan.gather(
        DoubleSource(elements: values), fixed: fixed, start: start, count: count, into: target)
    case nil: target.update(repeating: 0, count: count)
    }
  }
}
