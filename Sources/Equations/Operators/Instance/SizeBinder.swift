import CircuitLanguage
import TensorGraph

/// Finds the sizes of an operator's axes from the shapes of its operands.
struct SizeBinder {
  /// An operand of a node: its declaration and its shape.
  struct Operand {
    let declaration: TensorDeclaration
    let shape: [Int]
    /// Whether it may lack leading axes and repeat those of size one.
    let isBroadcast: Bool
    /// Where each of its axes is among those that are declared; nil where they are in order.
    var order: [Int]?
  }

  let operands: [Operand]
  private(set) var scope: SizeScope
  /// How many axes each pack has.
  private var ranks: [String: Int]
  /// Sizes that only broadcast operands have said so far; of packs, of each axis.
  private var isLoose: Set<String> = []

  /// - Parameter ranks: those of packs that adapters know.
  init(operands: [Operand], scope: SizeScope, ranks: [String: Int]) {
    self.operands = operands.sorted { !$0.isBroadcast && $1.isBroadcast }
    self.scope = scope
    self.ranks = ranks
  }

  /// Throws `.shape` where the operands do not fit the declaration or each other.
  mutating func bind() throws(GraphError) {
    try bindRanks()
    var waiting = operands
    while !waiting.isEmpty {
      // One that repeats an axis does not say how long that is, unless no other operand does.
      var left = try bound(waiting, areBroadcast: false)
      if left.count == waiting.count { left = try bound(waiting, areBroadcast: true) }
      guard left.count < waiting.count else {
        throw GraphError(
          .shape,
          "the sizes of \(waiting[0].declaration.shapeText) do not follow from the operands",
          at: waiting[0].declaration.location)
      }
      waiting = left
    }
  }

  /// Binds the sizes of some operands, as far as they follow; gives the operands that are left.
  private mutating func bound(
    _ operands: [Operand], areBroadcast: Bool
  ) throws(GraphError) -> [Operand] {
    var left: [Operand] = []
    for operand in operands {
      if operand.isBroadcast == areBroadcast, try bind(operand) { continue }
      left.append(operand)
    }
    return left
  }

  // Ranks.

  private mutating func bindRanks() throws(GraphError) {
    for operand in operands + operands {
      let unknown = operand.declaration.packs.filter { ranks[$0] == nil }
      guard let pack = unknown.first, unknown.count == 1 else { continue }
      let rank = operand.shape.count - declaredRank(operand)
      if operand.isBroadcast {
        ranks[pack] = largestRank(of: pack)
      } else {
        guard rank >= 0 else { throw wrongRank(operand) }
        ranks[pack] = rank
      }
    }
    for operand in operands {
      for pack in operand.declaration.packs where ranks[pack] == nil {
        throw GraphError(
          .shape, "nothing says how many axes \(pack) has", at: operand.declaration.location)
      }
      let missing = declaredRank(operand) - operand.shape.count
      let packRank = operand.declaration.packs.reduce(0) { $0 + (ranks[$1] ?? 0) }
      let mayMiss =
        !operand.isBroadcast
        ? 0 : packRank > 0 || hasPack(operand) ? packRank : declaredRank(operand)
      guard (0...mayMiss).contains(missing) else { throw wrongRank(operand) }
    }
  }

  private func hasPack(_ operand: Operand) -> Bool { !operand.declaration.packs.isEmpty }

  /// How many axes are declared, as far as it is known.
  private func declaredRank(_ operand: Operand) -> Int {
    operand.declaration.dimensions.reduce(0) { sum, dimension in
      switch dimension {
      case .pack(let size): sum + (ranks[size.text] ?? 0)
      default: sum + 1
      }
    }
  }

  private func largestRank(of pack: String) -> Int {
    operands.filter { $0.declaration.packs == [pack] }.map {
      $0.shape.count - $0.declaration.dimensions.count + 1
    }.reduce(0, max)
  }

  private func wrongRank(_ operand: Operand) -> GraphError {
    GraphError(
      .shape,
      "\(operand.declaration.name) has the shape \(operand.shape) and should have the axes "
        + operand.declaration.shapeText, at: operand.declaration.location)
  }
}

// Sizes.
extension SizeBinder {
  /// Whether all sizes of the operand are known now.
  private mutating func bind(_ operand: Operand) throws(GraphError) -> Bool {
    let rank = declaredRank(operand)
    let missing = rank - operand.shape.count
    var sizes = [Int](repeating: 1, count: missing) + operand.shape
    if let order = operand.order {
      for (axis, place) in order.enumerated() { sizes[place + missing] = operand.shape[axis] }
    }
    var axis = 0
    var isComplete = true
    for (dimension, location) in zip(
      operand.declaration.dimensions, operand.declaration.dimensionLocations)
    {
      switch dimension {
      case .pack(let name):
        let count = ranks[name.text] ?? 0
        try bind(pack: name.text, Array(sizes[axis..<axis + count]), operand, location)
        axis += count
      case .size(let size):
        let place = AxisPlace(axis: axis - missing, size: sizes[axis], location: location)
        isComplete = try bind(size, operand, place) && isComplete
        axis += 1
      case .single: break
      }
    }
    return isComplete
  }

  struct AxisPlace {
    /// Of the operand; negative where it lacks the axis.
    let axis: Int
    let size: Int
    let location: SourceLocation
  }

  private mutating func bind(
    pack: String, _ sizes: [Int], _ operand: Operand, _ location: SourceLocation
  ) throws(GraphError) {
    guard var known = scope.vectors[pack] else {
      scope.vectors[pack] = sizes
      if operand.isBroadcast { isLoose.insert(pack) }
      return
    }
    guard known != sizes else { return }
    for axis in known.indices where known[axis] != sizes[axis] {
      if operand.isBroadcast, sizes[axis] == 1 { continue }
      guard operand.isBroadcast, isLoose.contains(pack), known[axis] == 1 else {
        throw GraphError(
          .shape,
          "\(operand.declaration.name) has the shape \(operand.shape) and should have the axes "
            + "\(operand.declaration.shapeText) with \(pack == "..." ? pack : pack + "...") = "
            + "\(known)", at: location)
      }
      known[axis] = sizes[axis]
    }
    scope.vectors[pack] = known
  }

  /// Whether the size is known now.
  private mutating func bind(
    _ size: OperatorExpression, _ operand: Operand, _ place: AxisPlace
  ) throws(GraphError) -> Bool {
    let unknown = size.names.filter { !scope.isKnown($0) }
    if unknown.isEmpty {
      try compare(size, operand, place)
      return true
    }
    guard let name = unknown.first, unknown.count == 1 else { return false }
    scope.scalars[name] = .integer(try solve(size, for: name, operand, place))
    if operand.isBroadcast { isLoose.insert(name) }
    return true
  }

  private mutating func compare(
    _ size: OperatorExpression, _ operand: Operand, _ place: AxisPlace
  ) throws(GraphError) {
    let expected = try scope.integer(size)
    guard expected != place.size, !(operand.isBroadcast && place.size == 1) else { return }
    if operand.isBroadcast, expected == 1, case .name(let name) = size.kind, isLoose.contains(name)
    {
      scope.scalars[name] = .integer(place.size)
      return
    }
    throw mismatch(operand, place, "\(size.text) = \(expected)")
  }

  /// The size that makes the expression what the operand has.
  private func solve(
    _ size: OperatorExpression, for name: String, _ operand: Operand, _ place: AxisPlace
  ) throws(GraphError) -> Int {
    if case .name = size.kind { return place.size }
    func value(_ unknown: Int) throws(GraphError) -> Int {
      var scope = scope
      scope.scalars[name] = .integer(unknown)
      return try scope.integer(size)
    }
    let (origin, next) = (try value(0), try value(1))
    let isModerate = max(origin.magnitude, next.magnitude) <= 1 << 60
    let slope = isModerate ? next - origin : 0
    let distance = isModerate ? place.size - origin : 0
    guard slope != 0, distance % slope == 0, distance / slope >= 0,
      try value(distance / slope) == place.size
    else {
      let others = size.names.filter { $0 != name }.map { "\($0) = \(description(of: $0))" }
      let given = others.isEmpty ? "" : " with \(others.joined(separator: ", "))"
      throw mismatch(operand, place, size.text + given)
    }
    return distance / slope
  }

  private func description(of name: String) -> String {
    (try? scope.integer(
      OperatorExpression(kind: .name(name), location: operands[0].declaration.location)))
      .map(String.init) ?? "?"
  }

  private func mismatch(
    _ operand: Operand, _ place: AxisPlace, _ expected: String
  ) -> GraphError {
    GraphError(
      .shape,
      "axis \(place.axis) of \(operand.declaration.name) is \(place.size) and should be "
        + expected, at: place.location)
  }
}

extension TensorDeclaration {
  /// The names of its packs of axes.
  var packs: [String] {
    dimensions.compactMap { if case .pack(let size) = $0 { size.text } else { nil } }
  }
}

extension OperatorExpression {
  /// The names in it, each once.
  var names: [String] {
    if case .name(let name) = kind { return [name] }
    var names: [String] = []
    for name in kind.parts.flatMap(\.names) where !names.contains(name) { names.append(name) }
    return names
  }
}
