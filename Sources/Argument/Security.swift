import Commitment
import ConstraintSystem
import FieldArithmetic
import Transcript

/// The error terms of the whole argument (`Paper/` section 10): each is the probability that one
/// challenge lets a false statement pass, in hundredths of a bit.
public struct ArgumentSecurity: Sendable {
  /// One challenge or one kind of challenges, of which each has this error.
  public struct Entry: Sendable {
    public let name: String
    /// −log2 of the error with the work included, in hundredths.
    public let hundredths: Int
    /// Of these, bits of proof of work.
    public let work: Int
    /// How many challenges err so, at the most; at least 1.
    public let count: Int

    public init(name: String, hundredths: Int, work: Int, count: Int = 1) {
      self.name = name
      self.hundredths = hundredths
      self.work = work
      self.count = count
    }
  }

  public let entries: [Entry]
  /// The proof of work that these figures count on.
  public let work: ArgumentWork

  /// - Parameter data: the commitments to data that are opened, behind the model's.
  public init(_ layout: Layout, _ parameters: OpeningParameters, data: [DataShape] = []) {
    let system = layout.system
    var entries: [Entry] = []
    func add(_ name: String, roots: Int64, work: Int = 0, count: Int = 1) {
      guard roots > 0, count > 0 else { return }
      entries.append(
        Entry(
          name: name, hundredths: Probability.bits(count: roots) + 100 * work, work: work,
          count: count))
    }
    let width = system.tableWidth
    let lookupRoots = Int64(layout.leaves.count) * Int64(max(width, 1))
    var work = 0
    if lookupRoots > 0 {
      let missing = parameters.targetBits * 100 - Probability.bits(count: lookupRoots)
      work = max(0, (missing + 99) / 100)
      work = min(work, OpeningParameters.workLimit)
      add("lookups: fingerprints", roots: lookupRoots, work: work)
      // Layer j has j rounds, and two challenges besides.
      let depth = layout.leaves.addressBits
      add("lookups: a round of the fraction tree", roots: 3, count: depth * (depth - 1) / 2)
      add("lookups: a layer of the fraction tree", roots: 1, count: 2 * depth)
    }
    let model = layout.modelShape == nil ? nil : parameters.committed.first
    let copies = model?.copyWork(targetBits: parameters.targetBits) ?? 0
    let dataWork = DataShape.work(data, targetBits: parameters.targetBits)
    self.work = ArgumentWork(
      lookups: work, lanes: model?.foldWork ?? 0,
      copies: min(copies, OpeningParameters.workLimit), data: dataWork)
    add("weights of the model's commitments", roots: model?.badCopies ?? 0, work: self.work.copies)
    if !system.equalities.isEmpty || !system.rowTables.isEmpty {
      add("equalities: point of the zero-check", roots: Int64(CheckPoint.coordinateCount(layout)))
      add("equalities: combination", roots: Int64(system.equalities.count))
    }
    let rounds = layout.products.map { $0.variables }.max() ?? 0
    add("products: a round of the sum-check", roots: 2, count: rounds)
    let multiplied = Int64(layout.pads.products.count)
    if multiplied > 0 { add("products of pads", roots: 1) }
    // The claims, and where messages are masked three relations for each product of pads and one
    // for each of the deferred checks: those of the layers, of the root and of the products.
    let deferred = multiplied == 0 ? 0 : Int64(layout.leaves.addressBits) + 2
    add(
      "combination of the claims",
      roots: 2 * Int64(layout.products.count) + 3 + 3 * multiplied + deferred + Int64(data.count))
    // One false claim is enough: the errors of several do not add up.
    add("data: committed values", roots: data.map { $0.cells }.max() ?? 0, work: dataWork)
    var names = layout.modelShape == nil ? [] : ["the model"]
    for i in data.indices { names.append("data " + String(i + 1)) }
    for entry in parameters.security.entries {
      entries.append(
        Entry(
          name: "opening: " + entry.term.description(committed: names),
          hundredths: entry.hundredths, work: entry.work, count: entry.count))
    }
    self.entries = entries
  }

  /// The least of all terms, in whole bits.
  public var bits: Int { (entries.map { $0.hundredths }.min() ?? 0) / 100 }
}
