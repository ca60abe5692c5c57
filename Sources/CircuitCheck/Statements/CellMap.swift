import ConstraintSystem
import FieldArithmetic
import Witness

/// All values of all tensors of a system in one list, each a *cell*.
struct CellMap: Sendable {
  /// Who decides what a cell holds.
  enum Owner: Sendable, Equatable {
    /// The question that is asked: inputs and model. They stay as they are.
    case given
    /// An input that the verifier does not see: a prover may take any value, but then it is another
    /// input, so it matters only whether the value may lie outside of the declared range.
    case privateInput
    /// A hint, which a prover may choose.
    case hint
    /// A hint that is also what the circuit gives.
    case output
  }

  let tensors: [TensorDeclaration]
  /// The first cell of each tensor.
  let starts: [Int]
  let owners: [Owner]

  init(_ system: ConstraintSystem) {
    tensors = system.tensors
    var starts: [Int] = []
    var owners: [Owner] = []
    for tensor in system.tensors {
      starts.append(owners.count)
      let owner: Owner =
        switch tensor.role {
        case .publicInput, .model: .given
        case .privateInput: .privateInput
        case .witness: .hint
        case .publicOutput, .privateOutput: .output
        }
      owners += Array(repeating: owner, count: tensor.count)
    }
    self.starts = starts
    self.owners = owners
  }

  var count: Int { owners.count }

  /// Whether a prover may change the cell without changing the question.
  func isFree(_ cell: Int) -> Bool { owners[cell] == .hint || owners[cell] == .output }

  func tensor(of cell: Int) -> Int {
    // The last one that does not begin after the cell; none is empty.
    var (low, high) = (0, starts.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= cell { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// The cell's indices along the axes of its tensor.
  func position(of cell: Int) -> [Int] {
    let number = tensor(of: cell)
    var rest = cell - starts[number]
    var result = [Int](repeating: 0, count: tensors[number].shape.count)
    for axis in result.indices.reversed() {
      result[axis] = rest % tensors[number].shape[axis]
      rest /= tensors[number].shape[axis]
    }
    return result
  }

  /// The cell of a tensor at a position; nil outside of it, where a read gives zero.
  func cell(_ tensor: Int, at position: [Int]) -> Int? {
    var offset = 0
    for (size, index) in zip(tensors[tensor].shape, position) {
      guard index >= 0, index < size else { return nil }
      offset = offset * size + index
    }
    return starts[tensor] + offset
  }

  /// The values of an assignment.
  func values(_ assignment: Assignment) -> [Fp] {
    assignment.tensors.flatMap { $0.values.map { Fp($0) } }
  }
}
