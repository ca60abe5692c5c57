extension ConstraintSystem {
  /// Checks every rule that the argument relies on.
  ///
  /// - Structure: what statements name exists; sizes, positions and totals are bounded, so that
  ///   nobody who works with the system later overflows or allocates without bound; no index occurs
  ///   in two positions of a read; model tensors are read as `Equality.Term.factors` demands and
  ///   never looked up; tables have a value for each row,
  ///   and tables of rows read models along a column.
  /// - Meaning: what is proven modulo p holds over the integers. Declared ranges of witness tensors
  ///   bind nobody, so their bounds are derived (`WitnessBounds`), and with these bounds no equality
  ///   and no looked-up value can reach p, except that a single product of two factors that each
  ///   stay below p may be as large as it likes: it is zero modulo p only if a factor is zero.
  ///
  /// It takes about as many steps as the system has reads, and tables have values.
  ///
  /// - Parameters:
  ///   - trustsModel: whether every model tensor is known to lie in its declared range. A system that
  ///     is to show just this must not assume it.
  ///   - limits: what verification may take; the standard ones, but for tests of the limits.
  /// - Throws: the first rule that is broken, with the name of what breaks it.
  public func validate(
    trustsModel: Bool = true, limits: WorkLimits = .standard
  ) throws(ConstraintSystemError) {
    try checkTensors()
    try checkPortNames()
    try checkTables()
    try checkStatements()
    try checkWork(limits)
    let bounds = try WitnessBounds(of: self, trustsModel: trustsModel)
    for equality in equalities { try bounds.check(equality) }
    for lookup in lookups { try bounds.check(lookup) }
  }
}

/// The limits that `validate` holds a system to.
public enum ConstraintSystemLimits {
  /// The base field's size: 2^50 − 2^38 + 1.
  public static let prime: Integer = (1 << 50) - (1 << 38) + 1
  /// Ranges, table values and constants are at most this large.
  public static let value: Integer = 1 << 48
  public static let rank = 12
  public static let indices = 32
  /// Vectors of this length are made of an index's values.
  public static let indexSize = 1 << 22
  /// The sizes of all statements' indices together.
  public static let indexTotal: Integer = 1 << 24
  public static let witnessCells: Integer = addressable(1 << 32)
  public static let modelCells: Integer = addressable(1 << 34)
  /// Lookups and table rows together.
  public static let lookups: Integer = addressable(1 << 32)
  /// Aligned power-of-two boxes that all tensors, lookups and tables split into.
  public static let boxes: Integer = 1 << 18
  /// How far a position may reach.
  public static let position: Integer = addressable(1 << 31)
  /// The values within their axes that all positions may take together.
  public static let positionTotal: Integer = 1 << 24
  /// Boxes of a lookup times its reads, over all lookups.
  public static let lookupTerms: Integer = 1 << 20
  /// Values of all indices of a statement together.
  public static let statementSize: Integer = 1 << 48
  /// The values of all tables' columns but the first.
  public static let tableValues: Integer = 1 << 23
  /// What verifying a proof may take: each step is about as long as a multiplication.
  public static let steps: Integer = 1 << 27
  /// Weights of positions that a verifier keeps, of 24 bytes.
  public static let weights: Integer = 1 << 23
  /// The length of the canonical bytes.
  public static let bytes = 1 << 26

  /// A limit as far as an `Int` can count and add two such counts: where it has 32 bits, larger
  /// systems are refused, and those that are not have the same layout as anywhere.
  private static func addressable(_ limit: Integer) -> Integer {
    min(limit, 1 << Integer(Int.bitWidth - 2))
  }
}

/// Numbers that are added up and compared with a limit; the sum never overflows.
struct BoundedTotal {
  let limit: Integer
  private(set) var value: Integer = 0

  init(limit: Integer) { self.limit = limit }

  mutating func add(
    _ number: some FixedWidthInteger, _ subject: String
  ) throws(ConstraintSystemError) {
    let amount = Integer(clamping: number)
    guard amount >= 0, amount <= limit - value else {
      throw ConstraintSystemError(.tooLarge, subject, detail: limit)
    }
    value += amount
  }
}

/// The product of the sizes, or nil when it exceeds the limit.
func boundedProduct(_ sizes: [Int], limit: Integer) -> Integer? {
  var product: Integer = 1
  for size in sizes {
    let (next, overflow) = product.multipliedReportingOverflow(by: Integer(size))
    guard !overflow, next <= limit else { return nil }
    product = next
  }
  return product
}

extension ConstraintSystem {
  private func checkTensors() throws(ConstraintSystemError) {
    var witness = BoundedTotal(limit: ConstraintSystemLimits.witnessCells)
    var model = BoundedTotal(limit: ConstraintSystemLimits.modelCells)
    var boxes = BoundedTotal(limit: ConstraintSystemLimits.boxes)
    for table in tables {
      guard table.rows >= 1, table.rows <= LookupTable.maximalRows else {
        throw ConstraintSystemError(.tableSize, table.name, detail: table.rows)
      }
      try witness.add(table.rows, table.name)
      try boxes.add(boxCount([table.rows]), table.name)
    }
    for tensor in tensors {
      try checkShape(tensor)
      if tensor.role == .model {
        try model.add(try cells(of: tensor, limit: model.limit), tensor.name)
      } else {
        try witness.add(try cells(of: tensor, limit: witness.limit), tensor.name)
      }
      try boxes.add(boxCount(tensor.shape), tensor.name)
    }
    for table in rowTables {
      try checkRows(table)
      guard let rows = boundedProduct(table.rowShape, limit: witness.limit) else {
        throw ConstraintSystemError(.tooLarge, table.name, detail: witness.limit)
      }
      try witness.add(rows, table.name)
      try boxes.add(boxCount(table.rowShape), table.name)
    }
    for lookup in lookups {
      guard lookup.indices.count <= ConstraintSystemLimits.indices else {
        throw ConstraintSystemError(.tooLarge, lookup.name)
      }
      try boxes.add(boxCount(lookup.indices.map { $0.size }), lookup.name)
    }
  }

  /// What has to hold before a table's rows can be counted.
  private func checkRows(_ table: RowTable) throws(ConstraintSystemError) {
    guard table.indices.count <= ConstraintSystemLimits.indices else {
      throw ConstraintSystemError(.tooLarge, table.name)
    }
    guard table.rowRank >= 1, table.rowRank <= table.indices.count else {
      throw ConstraintSystemError(.rowRank, table.name, detail: table.rowRank)
    }
    for index in table.indices where index.size < 1 || index.size > ConstraintSystemLimits.indexSize
    {
      throw ConstraintSystemError(.indexSize, table.name, detail: index.size)
    }
  }

  /// Whoever looks an input or an output up by its name finds the one that was proven: also names that
  /// Unicode takes for the same, and that look the same, are refused, which are equal as strings.
  private func checkPortNames() throws(ConstraintSystemError) {
    var names: Set<String> = []
    for tensor in tensors where tensor.role.isInput || tensor.role.isOutput {
      guard names.insert(tensor.name).inserted else {
        throw ConstraintSystemError(.repeatedName, tensor.name)
      }
    }
  }

  /// The number of committed cells.
  private func cells(
    of tensor: TensorDeclaration, limit: Integer
  ) throws(ConstraintSystemError) -> Integer {
    var shape = tensor.shape
    // Lanes are the low bits of a model tensor's first axis, which is filled up to their number.
    if tensor.role == .model { shape[0] += 511 }
    guard let count = boundedProduct(shape, limit: limit) else {
      throw ConstraintSystemError(.tooLarge, tensor.name, detail: limit)
    }
    return count
  }

  /// How many aligned boxes of powers of two make up the shape.
  private func boxCount(_ shape: [Int]) -> Integer {
    boundedProduct(shape.map { $0.nonzeroBitCount }, limit: ConstraintSystemLimits.boxes)
      ?? ConstraintSystemLimits.boxes + 1
  }

  private func checkShape(_ tensor: TensorDeclaration) throws(ConstraintSystemError) {
    let least = tensor.role == .model ? 1 : 0
    guard tensor.shape.count >= least, tensor.shape.count <= ConstraintSystemLimits.rank else {
      throw ConstraintSystemError(.rank, tensor.name, detail: tensor.shape.count)
    }
    for size in tensor.shape where size < 1 || size > ConstraintSystemLimits.indexSize {
      throw ConstraintSystemError(.axisSize, tensor.name, detail: size)
    }
    let limit = ConstraintSystemLimits.value
    guard tensor.range.lowerBound >= -limit, tensor.range.upperBound <= limit,
      tensor.isOrdered
        ? tensor.range.lowerBound >= SingleOrder.range.lowerBound
          && tensor.range.upperBound <= SingleOrder.range.upperBound
        : tensor.fractionalBits.magnitude <= 1024
    else { throw ConstraintSystemError(.valueTooLarge, tensor.name) }
  }

  private func checkTables() throws(ConstraintSystemError) {
    var values = BoundedTotal(limit: ConstraintSystemLimits.tableValues)
    for table in tables {
      let limit = ConstraintSystemLimits.value
      guard table.first >= -limit, table.first <= limit else {
        throw ConstraintSystemError(.tableValue, table.name, detail: table.first)
      }
      for column in table.columns { try values.add(column.count, table.name) }
    }
  }
}
