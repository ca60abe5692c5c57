import ConstraintSystem
import Witness

extension SmallSystem {
  /// `dense` with changed inputs or weights, and the results that follow from them.
  func recomputed(_ change: (inout [[Int]]) -> Void) -> SmallSystem {
    var values = assignment.tensors.map(\.values)
    change(&values)
    let (m, k) = (system.tensors[0].shape[0], system.tensors[0].shape[1])
    let n = system.tensors[1].shape[0]
    for i in 0..<m {
      for j in 0..<n {
        let products = (0..<k).map { values[0][i * k + $0] * values[1][j * k + $0] }
        let sum = products.reduce(values[2][j] + 8, +)
        values[3][i * n + j] = sum >> 4
        values[4][i * n + j] = sum & 15
        values[5][i * n + j] = max(sum >> 4, 0)
      }
    }
    return SmallSystem(
      system: system, assignment: Assignment(values.map { IntegerBuffer(narrowing: $0) }))
  }
}
