/// What is wrong with the bytes of a constraint system, or with the system itself.
public struct ConstraintSystemError: Error, Equatable, Sendable {
  public enum Rule: UInt8, Equatable, Sendable {
    // Bytes.
    case truncated, trailingBytes, numberNotCanonical, unknownTag, nameNotUTF8, nestedTooDeeply
    case emptyRange, termsUnordered
    // Shapes and numbers.
    case axisSize, rank, tooLarge, valueTooLarge, unknownTensor, unknownIndex, unknownTable
    case indexSize, domainRank, positionTooLarge, repeatedIndex, coefficientIsZero
    case repeatedName
    // Statements.
    case factorCount, summedIndices, modelRead, modelLookup, columnCount
    // Tables.
    case tableSize, tableValue, tableOrder, rowRank, rowSizes, rowModelRead
    // Meaning over the integers.
    case unboundedWitness, accumulatorTooLarge, lookupTooLarge
    // Derived systems.
    case batchSize
    // Verification.
    case tooMuchWork, tooMuchMemory, tooLong
  }

  public var rule: Rule
  /// The name of the tensor, table or statement, if there is one.
  public var subject: String
  /// The bound that is exceeded or the number that is out of place, where that helps.
  public var detail: Integer?

  public init(_ rule: Rule, _ subject: String = "") {
    self.rule = rule
    self.subject = subject
  }

  public init(_ rule: Rule, _ subject: String = "", detail: some FixedWidthInteger) {
    self.init(rule, subject)
    self.detail = Integer(clamping: detail)
  }

  /// The rule in words.
  public var explanation: String {
    switch rule {
    case .truncated: "the data end too early"
    case .trailingBytes: "there are bytes after the end"
    case .numberNotCanonical: "a number is not written in its shortest form"
    case .unknownTag: "a kind is unknown"
    case .nameNotUTF8: "a name is not UTF-8"
    case .nestedTooDeeply: "an expression is nested too deeply"
    case .emptyRange: "a range is empty"
    case .termsUnordered: "terms are not in ascending order"
    case .axisSize: "an axis has less than one element"
    case .rank: "the number of axes or of positions does not fit"
    case .tooLarge: "there are too many values or statements"
    case .valueTooLarge: "a range or a constant exceeds 2^48"
    case .unknownTensor: "a tensor does not exist"
    case .unknownIndex: "an index does not exist or is not summed in its term"
    case .unknownTable: "a table does not exist"
    case .indexSize: "an index has less than one value or more than 2^22"
    case .domainRank: "the domain has more indices than the statement"
    case .positionTooLarge: "a position is too large"
    case .repeatedName: "two inputs or outputs have one name"
    case .repeatedIndex: "an index occurs in two positions of a read"
    case .coefficientIsZero: "a coefficient is zero"
    case .factorCount: "a term does not have one or two factors"
    case .summedIndices: "the summed indices are not ascending or lie in the domain"
    case .modelRead: "a model tensor is read in a way that the argument can not prove"
    case .modelLookup: "a model tensor is looked up"
    case .columnCount: "a lookup does not have as many columns as its table"
    case .tableSize: "a table is empty or has more than 2^16 rows"
    case .tableValue: "a table has no value of at most 2^48 in some row"
    case .tableOrder: "a public table stands behind a table of rows"
    case .rowRank: "a table of rows has no index for its rows"
    case .rowSizes: "a lookup's indices are not as long as the table's"
    case .rowModelRead:
      "a table of rows reads a model tensor in a way that the argument can not prove"
    case .unboundedWitness: "no lookup and no equality bounds a witness tensor"
    case .accumulatorTooLarge: "a sum may be so large that it wraps around modulo the prime"
    case .lookupTooLarge: "a value that is looked up may wrap around modulo the prime"
    case .tooMuchWork: "verifying would take too many steps"
    case .tooMuchMemory: "verifying would take too much memory"
    case .tooLong: "the system has more than 2^26 bytes"
    case .batchSize: "a batch has less than one sample or more than 2^22"
    }
  }
}
