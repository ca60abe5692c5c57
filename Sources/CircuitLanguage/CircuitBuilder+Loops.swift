import ConstraintSystem

// States that a loop hands on: their statements are one equality for all steps of the loop, and only the
// program takes these one after the other.
extension CircuitBuilder {
  /// A loop of the program that is being put together.
  struct LoopRequest {
    /// The tensors of the states.
    var states: [Int]
    var count: Int
  }

  /// Says how a state is computed: as a value that may depend on the state at earlier positions of its
  /// leading axis.
  ///
  /// It constrains nothing; the circuit `carried` does.
  /// - Parameters:
  ///   - state: all of a tensor that nothing computes yet.
  ///   - value: of the same shape.
  ///   - loop: states of one loop have the same number.
  ///   - count: how many positions the leading axis has.
  mutating func carry(
    _ state: TensorView, from value: TensorView, loop: Int, count: Int, name: String
  ) throws(CircuitLanguageError) {
    guard let tensor = state.tensor, value.shape == state.shape, state.shape.first == count else {
      throw CircuitLanguageError("is no state of a loop of \(count) steps", instance: name)
    }
    let (indices, substitution) = value.inOrder
    addStep(
      .init(
        name: name, target: tensor, indices: indices,
        computation: .sumOfProducts(value.terms.map(substitution.apply))))
    loopRequests[loop, default: LoopRequest(states: [], count: count)].states.append(tensor)
  }

  /// Brings the steps of each loop together, and the others before or behind it.
  ///
  /// - Throws: where a step of a loop does not split into its positions.
  mutating func orderLoops() throws(CircuitLanguageError) {
    guard !loopRequests.isEmpty else { return }
    let requests = loopRequests.sorted { $0.key < $1.key }.map(\.value)
    var producers: [Int: Int] = [:]
    for (number, step) in program.steps.enumerated() { producers[step.target] = number }
    let order = LoopOrder(
      sources: program.steps.map { $0.computation.readTensors.compactMap { producers[$0] } },
      states: requests.map { $0.states.compactMap { producers[$0] } })
    program.steps = order.order.map { program.steps[$0] }
    program.loops = zip(order.loops, requests).map { .init(steps: $0, count: $1.count) }
    for loop in program.loops {
      for step in program.steps[loop.steps] where step.indices.first?.splits(loop.count) != true {
        throw CircuitLanguageError(
          "it does not split into the \(loop.count) steps of its loop", instance: step.name)
      }
    }
  }
}

extension StatementIndex {
  fileprivate func splits(_ count: Int) -> Bool { size % count == 0 }
}
