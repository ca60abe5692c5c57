import ConstraintSystem
import Equations
import TensorGraph

extension FormMaker {
  /// Goes on with a graph.
  init(editing graph: FormGraph) {
    self.graph = graph
    for value in graph.values { _ = names.take(value.name) }
  }
}

extension FormGraph {
  /// For each value, how many places read it: each read of a form, each view, each output.
  var readingPlaces: [Int] {
    var places = [Int](repeating: 0, count: values.count)
    for node in nodes {
      if case .view = node.form {
        for operand in node.operands { places[operand.index] += 1 }
      }
      for read in node.form.reads { places[node.operands[read.operand].index] += 1 }
    }
    for id in kept { places[id.index] += 1 }
    return places
  }

  /// The node of each value that one defines.
  var definitions: [ValueID: Int] {
    Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($0.element.output, $0.offset) })
  }

  /// Takes away the nodes and constants that no output depends on.
  mutating func removeDead() {
    var live = [Bool](repeating: false, count: values.count)
    for id in kept { live[id.index] = true }
    for node in nodes.reversed() where live[node.output.index] {
      for operand in node.operands { live[operand.index] = true }
    }
    nodes.removeAll { !live[$0.output.index] }
    constants = constants.filter { live[$0.key.index] }
  }

  /// Puts other values in place of those that loops hand on.
  mutating func mapLoops(_ change: (ValueID) -> ValueID) {
    for loop in loops.indices {
      loops[loop].states = loops[loop].states.map {
        .init(value: change($0.value), given: change($0.given), left: change($0.left))
      }
    }
  }

  /// Takes away the values that nothing defines, and numbers the others anew: inputs, constants, and
  /// results in the order of their nodes.
  mutating func renumber() {
    let kept =
      inputs + constants.keys.sorted { $0.index < $1.index }
      + loops.flatMap { $0.states.map(\.value) } + nodes.map(\.output)
    let numbers = Dictionary(
      uniqueKeysWithValues: kept.enumerated().map { ($1, ValueID($0)) })
    func new(_ id: ValueID) -> ValueID { numbers[id] ?? id }
    values = kept.map { values[$0.index] }
    constants = Dictionary(uniqueKeysWithValues: constants.map { (new($0.key), $0.value) })
    inputs = inputs.map(new)
    for place in outputs.indices { outputs[place].value = new(outputs[place].value) }
    mapLoops { new($0) }
    for place in nodes.indices {
      nodes[place].operands = nodes[place].operands.map(new)
      nodes[place].output = new(nodes[place].output)
    }
  }
}

extension FormGraph.Node {
  /// The node with each operand that it reads once, and no other.
  var tidied: FormGraph.Node {
    if case .view = form { return self }
    var list = OperandList()
    var result = self
    result.form = form.mapReads { list.read(operands[$0.operand], $0.positions) }
    result.operands = list.operands
    return result
  }
}
