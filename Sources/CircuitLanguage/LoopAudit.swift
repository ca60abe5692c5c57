import ConstraintSystem

/// Whether what loops hand on is of the steps before: else a state would be said to follow from what
/// was given, and be whatever a prover likes (`Paper/` section 11.6).
struct LoopAudit {
  private let steps: [Derivation.Step]
  private let views: [DerivedSystem.View]
  /// The step that gives each view.
  private var makers: [Int] = []
  /// What each view comes of; of a state what is given and what is left.
  private var sources: [[Int]] = []
  /// By the view of a state: the view of what a step leaves, and that of what the first one is given.
  private var left: [Int: Int] = [:]
  private var given: [Int: Int] = [:]

  /// More views and reads are not looked through for all states together.
  private static let maximumWork = 1 << 22

  init(_ derived: DerivedSystem) {
    steps = derived.additions.map(\.step)
    views = derived.views
    for (number, addition) in derived.additions.enumerated() {
      for _ in addition.results {
        makers.append(number)
        sources.append(addition.step.operands)
      }
    }
  }

  /// Throws `.different` where a state is none.
  mutating func run() throws(DerivationError) {
    for step in steps {
      guard case .instance(let instance) = step.action, instance.circuit == "carried",
        step.operands.count == 3, isState(step.operands[0])
      else { continue }
      let (state, handed, given) = (step.operands[0], step.operands[1], step.operands[2])
      guard let source = shifted(handed), isFirst(given), views[state].shape == views[source].shape,
        left[state] == nil
      else { throw Self.error(step.name) }
      (left[state], self.given[state]) = (source, given)
      sources[state] = [source, given]
    }
    let reads = sources.reduce(0) { $0 + $1.count }
    guard left.count <= Self.maximumWork / max(views.count + reads, 1) else {
      throw .different("it has too many loops to look through")
    }
    let users = users()
    for (state, source) in left.sorted(by: { $0.key < $1.key }) {
      let loop = reached(state, sources).intersection(reached(state, users))
      let own = loop.union([state]).filter { left[$0] != nil }
      // What a loop is given is of none of its own steps.
      let first = given[state].map { reached($0, sources).union([$0]) } ?? []
      guard first.isDisjoint(with: own), keepsSteps(source, of: own) else {
        throw Self.error(views[state].name)
      }
    }
  }

  private static func error(_ name: String) -> DerivationError {
    .different("what \"\(name)\" hands on is not of the step before")
  }

  private func isState(_ view: Int) -> Bool {
    if case .tensor(let declaration) = steps[makers[view]].action {
      declaration.role == .witness
    } else {
      false
    }
  }

  /// The view whose leading axis a view has one position later, zero coming first; nil where it is another.
  private func shifted(_ view: Int) -> Int? {
    let pad = steps[makers[view]]
    guard case .pad(let before, let after) = pad.action, before.first == 1,
      before.dropFirst().allSatisfy({ $0 == 0 }), after.allSatisfy({ $0 == 0 })
    else { return nil }
    let slice = steps[makers[pad.operands[0]]]
    guard case .slice(axis: 0, start: 0, count: _, step: 1) = slice.action,
      views[slice.operands[0]].shape == views[view].shape
    else { return nil }
    return slice.operands[0]
  }

  /// Whether a view is zero but at the first position of its leading axis.
  private func isFirst(_ view: Int) -> Bool {
    let pad = steps[makers[view]]
    guard case .pad(let before, let after) = pad.action else { return false }
    return before.allSatisfy { $0 == 0 } && after.dropFirst().allSatisfy { $0 == 0 }
      && after.first.map { $0 + 1 } == views[view].shape.first
  }

  private func users() -> [[Int]] {
    var users = [[Int]](repeating: [], count: views.count)
    for (view, own) in sources.enumerated() { for source in own { users[source].append(view) } }
    return users
  }

  private func reached(_ start: Int, _ next: [[Int]]) -> Set<Int> {
    var reached: Set<Int> = []
    var pending = [start]
    while let view = pending.popLast() {
      for other in next[view] where reached.insert(other).inserted { pending.append(other) }
    }
    return reached
  }

  /// Whether each position of a view depends on the states at no later one.
  private func keepsSteps(_ view: Int, of states: Set<Int>) -> Bool {
    // Nil for a view that depends on none of the states.
    var keeps = [Bool?](repeating: nil, count: views.count)
    for number in views.indices {
      if states.contains(number) {
        keeps[number] = true
      } else if left[number] == nil {
        let given = sources[number].filter { keeps[$0] != nil }
        if !given.isEmpty {
          keeps[number] = given.allSatisfy { keeps[$0] == true && passes(number, from: $0) }
        }
      }
    }
    return keeps[view] ?? true
  }

  /// Whether a view has at each position of its leading axis nothing of an operand's later ones.
  private func passes(_ view: Int, from operand: Int) -> Bool {
    let step = steps[makers[view]]
    let (shape, source) = (views[view].shape, views[operand].shape)
    let isKept = shape.first != nil && shape.first == source.first
    switch step.action {
    case .tensor, .output: return false
    case .broadcast: return isKept && shape.count == source.count
    case .reshape, .copy, .table: return isKept
    // Of a single axis these look at all places for each.
    case .instance(let instance):
      return isKept && (source.count > 1 || instance.circuit != "extreme_below")
    case .transpose(let order): return order.first == 0
    // Of a slice from the start on each position is the operand's at the same one.
    case .slice(let axis, let start, _, let step): return axis > 0 || start == 0 && step == 1
    case .pad: return true
    case .concat: return true
    case .sum(let sum, _):
      return sum.terms.flatMap(\.factors).allSatisfy { read in
        guard step.operands[read.operand] == operand, let first = read.positions.first else {
          return step.operands[read.operand] != operand
        }
        return first.terms == [.init(index: 0, coefficient: 1)] && first.constant <= 0
      }
    }
  }
}
