import ConstraintSystem
import Equations
import TensorGraph

/// Masks that data decide on, and that are so great that single precision loses what is added to them.
///
/// Of a row of which they leave nothing all elements are then alike, whatever they were.
struct Absorption {
  /// A sum with such masks.
  struct Site {
    var form: SumForm
    var node: FormGraph.Node
    /// The terms that mask, and those that are constants with elements that do.
    var masks: [Int]
    var constants: [Int]
    /// The sign of what masks.
    var sign: Double
  }

  /// What is hidden, by what masks it.
  private struct Key: Hashable {
    var form: SumForm
    var operands: [ValueID]
  }

  /// What is masked by less than this part of a mask is not lost beside it. Beside an integer it is 0.
  private static let threshold = 1.0 / 8

  private let graph: FormGraph
  private let readers: [ValueID: [FormGraph.Node]]
  private var hidden: [Key: ValueID] = [:]

  init(graph: FormGraph) {
    self.graph = graph
    var readers: [ValueID: [FormGraph.Node]] = [:]
    for node in graph.nodes {
      for operand in Set(node.operands) { readers[operand, default: []].append(node) }
    }
    self.readers = readers
  }

  /// Where something has to be done; nil for a sum of other terms, one of which nothing is left where
  /// it is masked already, and one whose elements nobody compares.
  func site(_ form: SumForm, _ node: FormGraph.Node, _ sides: Blindness.Sides) -> Site? {
    let masks = form.masks(node, graph, sides).filter {
      abs(form.terms[$0].coefficient) >= Saturation.absorbing
    }
    let data = masks.filter { !form.terms[$0].factors.isEmpty }
    guard let first = data.first, areCompared(node.output) else { return nil }
    let constants = form.terms.indices.filter { hasMask(form.terms[$0], node, sides) }
    let rest = form.terms.indices.filter { !masks.contains($0) && !constants.contains($0) }
    let values = rest.filter { number in
      form.terms[number].factors.contains { graph.constants[node.operands[$0.operand]] == nil }
    }
    guard !values.isEmpty, !isAbsorbed(values.map { form.terms[$0] }, by: form.terms[first])
    else { return nil }
    let number = masks.first { form.terms[$0].factors.isEmpty }
    let sign = graph.maskSign(form.terms[first], node) ?? 1
    let lead = number.map { form.terms[$0].coefficient } ?? sign * form.terms[first].coefficient
    return Site(
      form: form, node: node, masks: masks, constants: constants, sign: lead < 0 ? -1 : 1)
  }

  /// Whether a value's elements are compared with each other, as by a softmax.
  private func areCompared(_ id: ValueID) -> Bool {
    (readers[id] ?? []).contains { node in
      switch node.form {
      case .view: areCompared(node.output)
      case .extreme, .place, .less, .equal: true
      default: false
      }
    }
  }

  /// Whether a term is a constant with elements that mask.
  private func hasMask(
    _ term: SumForm.Term, _ node: FormGraph.Node, _ sides: Blindness.Sides
  ) -> Bool {
    guard term.factors.count == 1, term.summed.isEmpty,
      let tensor = graph.constants[node.operands[term.factors[0].operand]]
    else { return false }
    return tensor.doubles.contains {
      let value = $0 * term.coefficient
      return abs(value) >= Saturation.absorbing && sides.holds(value)
    }
  }

  /// Whether each term comes once more, multiplied by the truth that masks and taken off.
  private func isAbsorbed(_ terms: [SumForm.Term], by mask: SumForm.Term) -> Bool {
    guard mask.factors.count == 1 else { return false }
    let truth = mask.factors[0]
    return terms.allSatisfy { term in
      let without = term.factors.filter { $0 != truth }
      let isMasked = without.count < term.factors.count
      let other = isMasked ? without : term.factors + [truth]
      return terms.contains {
        Set($0.factors) == Set(other) && $0.coefficient == -term.coefficient
      }
    }
  }
}

extension Absorption {
  /// The sum without its masks, what of it is kept, and the masks beside that.
  mutating func absorbed(
    _ site: Site, _ graph: inout FormGraph
  ) throws(CompileError) -> [FormGraph.Node] {
    let (form, node) = (site.form, site.node)
    let shape = self.graph[node.output].shape
    let masks = site.masks + site.constants
    let first = unmasked(site, &graph)
    var list = OperandList()
    var outer = SumForm(
      indices: Array(form.indices.prefix(form.domainRank)), domainRank: form.domainRank,
      terms: masks.map { number in
        var term = form.terms[number]
        term.factors = term.factors.map { list.read(node.operands[$0.operand], $0.positions) }
        return term
      })
    let whole = list.read(first.output, .identity(shape))
    var made: [FormGraph.Node] = [first]
    let read: FormRead
    if let truth = onlyTruth(site) {
      read = list.read(node.operands[truth.operand], truth.positions)
    } else {
      let (value, used) = try hidden(site, &made, &graph)
      read = list.read(value, used.map { AffineIndex(index: $0) })
    }
    outer.terms.append(.init(coefficient: 1, factors: [whole]))
    outer.terms.append(.init(coefficient: -1, factors: [whole, read]))
    made.append(
      FormGraph.Node(
        layer: node.layer, form: .sum(outer), operands: list.operands, output: node.output))
    return made
  }

  /// The sum without its masks.
  private func unmasked(_ site: Site, _ graph: inout FormGraph) -> FormGraph.Node {
    let output = self.graph[site.node.output]
    let masks = site.masks + site.constants
    var inner = site.form
    inner.terms = inner.terms.indices.filter { !masks.contains($0) }.map { inner.terms[$0] }
    var node = FormGraph.Node(
      layer: site.node.layer, form: .sum(inner), operands: site.node.operands,
      output: graph.add("\(output.name)/unmasked", output.shape))
    node.removeUnusedOperands()
    return node
  }

  /// The truth that is all that masks; nil where that is anything else.
  private func onlyTruth(_ site: Site) -> FormRead? {
    guard site.masks.count == 1, site.constants.isEmpty,
      case let factors = site.form.terms[site.masks[0]].factors, factors.count == 1,
      graph[site.node.operands[factors[0].operand]].kind == .boolean
    else { return nil }
    return factors[0]
  }

  /// A truth value that says what is hidden, over just the indices that it depends on.
  private mutating func hidden(
    _ site: Site, _ made: inout [FormGraph.Node], _ graph: inout FormGraph
  ) throws(CompileError) -> (value: ValueID, used: [Int]) {
    let form = site.form
    let reads = (site.masks + site.constants).flatMap { form.terms[$0].factors }
    let used = reads.flatMap(\.positions).usedIndices
    let numbers = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
    var operands: [ValueID] = []
    var terms: [SumForm.Term] = []
    for number in site.masks + site.constants {
      var term = form.terms[number]
      let isConstant = site.constants.contains(number)
      let sign = (term.coefficient < 0 ? -1.0 : 1) * site.sign
      for place in term.factors.indices {
        let read = term.factors[place]
        var id = site.node.operands[read.operand]
        if isConstant { id = try indicator(id, term.coefficient * site.sign, &graph) }
        operands.append(id)
        term.factors[place] = FormRead(
          operand: operands.count - 1,
          positions: read.positions.substituting { AffineIndex(index: numbers[$0] ?? 0) })
      }
      term.coefficient = isConstant ? 1 : sign
      terms.append(term)
    }
    let sum = SumForm(
      indices: used.map { form.indices[$0] }, domainRank: used.count, terms: terms)
    return (try hidden(sum, operands, site.node, &made, &graph), used)
  }

  /// 1 where a constant masks, and 0 elsewhere.
  private func indicator(
    _ id: ValueID, _ factor: Double, _ graph: inout FormGraph
  ) throws(CompileError) -> ValueID {
    guard let tensor = self.graph.constants[id] else { return id }
    let value = graph.add("\(self.graph[id].name)/masks", tensor.shape)
    let elements = tensor.doubles.map { $0 * factor >= Saturation.absorbing ? Float(1) : 0 }
    do throws(GraphError) {
      graph.constants[value] = try Tensor(shape: tensor.shape, real: elements)
    } catch {
      throw CompileError(error)
    }
    return value
  }

  private mutating func hidden(
    _ sum: SumForm, _ operands: [ValueID], _ node: FormGraph.Node,
    _ made: inout [FormGraph.Node], _ graph: inout FormGraph
  ) throws(CompileError) -> ValueID {
    let key = Key(form: sum, operands: operands)
    if let known = hidden[key] { return known }
    let (name, shape) = (graph[node.output].name, sum.indices.map(\.size))
    let depth = graph.add("\(name)/depth", shape, isCommitted: false)
    var first = FormGraph.Node(
      layer: node.layer, form: .sum(sum), operands: operands, output: depth)
    first.removeUnusedOperands()
    let edge = graph.add("\(name)/edge", [])
    do throws(GraphError) {
      graph.constants[edge] = try Tensor(shape: [], real: [Float(Self.threshold)])
    } catch {
      throw CompileError(error)
    }
    let value = graph.add("\(name)/hidden", shape, kind: .boolean)
    made.append(first)
    made.append(
      FormGraph.Node(
        layer: node.layer,
        form: .less(
          FormRead(operand: 0, positions: []), FormRead(operand: 1, positions: .identity(shape))),
        operands: [edge, depth], output: value))
    hidden[key] = value
    return value
  }
}
