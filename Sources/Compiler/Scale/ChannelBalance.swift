import ConstraintSystem
import Equations
import Foundation
import TensorGraph

/// Brings the channels of a value to like magnitudes where its constants allow it.
///
/// A value has one scale. Where all that reads it multiplies each channel by constants of its own, a
/// power of two can be moved from these into what makes the value: into the constants of a sum, or,
/// for an input, into a shift of each channel. What each channel adds to its readers' sums is then of
/// like magnitude for all, and so is what rounding it changes. The choice follows from the constants
/// alone, so that whoever has the network makes it again.
struct ChannelBalance {
  var graph: FormGraph
  var readers: [ValueID: [Int]] = [:]
  var producers: [ValueID: Int] = [:]

  /// Channels whose constants are this many bits apart are balanced: of a sum's result, which costs
  /// nothing, and of an input.
  static let leastSpread = 5
  static let leastSpreadOfInput = 9
  /// Powers are multiples of this, so that neighbouring channels share a shift.
  static let step = 3
  /// No channel is moved by more.
  static let mostBits = 24
  /// An input's channels are cut into so many runs at the most.
  static let mostRuns = 256

  init(_ graph: FormGraph) {
    self.graph = graph
    index()
  }

  mutating func index() {
    readers = [:]
    for (number, node) in graph.nodes.enumerated() {
      for operand in Set(node.operands) { readers[operand, default: []].append(number) }
    }
    producers = graph.producers
  }

  /// The graph with balanced channels.
  mutating func run() throws(CompileError) -> FormGraph {
    let candidates = graph.values.indices.map(ValueID.init).filter(isCandidate)
    // What a constant is taken off is divided rather than what it is taken off from.
    let divided = candidates.filter { isDivisible($0) }
    for id in divided + candidates.filter({ !isDivisible($0) }) {
      for axis in graph[id].shape.indices.reversed() where graph[id].shape[axis] > 1 {
        guard let region = region(id, axis), let powers = powers(region) else { continue }
        try apply(powers, to: region)
        index()
        break
      }
    }
    return graph
  }

  /// Whether a value is a sum of committed values and constants, none multiplied.
  func isDivisible(_ id: ValueID) -> Bool {
    guard graph[id].isCommitted, let number = producers[id],
      case .sum(let sum) = graph.nodes[number].form, sum.terms.count > 1
    else { return false }
    let operands = graph.nodes[number].operands
    return sum.terms.allSatisfy { term in
      term.summed.isEmpty && term.factors.count <= 1
        && term.factors.allSatisfy { read in
          graph.constants[operands[read.operand]] != nil
            || graph[operands[read.operand]].isCommitted && term.coefficient.significandWidth == 0
        }
    }
  }

  /// Whether a value's rounding is worth looking at: an input's, or a sum's.
  func isCandidate(_ id: ValueID) -> Bool {
    guard graph[id].kind == .real, graph.constants[id] == nil else { return false }
    guard let number = producers[id] else { return graph.inputs.contains(id) }
    if graph.nodes[number].isConcatenation { return graph[id].isCommitted }
    if case .sum(let sum) = graph.nodes[number].form { return !sum.isPlainRead }
    return false
  }
}
