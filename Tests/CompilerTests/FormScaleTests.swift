import CircuitLanguage
import ConstraintSystem
import Equations
import Foundation
import TensorGraph
import Testing
import Witness

@testable import Compiler

/// The plan for a graph, by what a sample leads to.
func plan(
  _ graph: FormGraph, _ sample: [ValueID: [Double]], _ options: CompileOptions = CompileOptions()
) throws -> ScalePlan {
  var solver = try FormScaleSolver(
    graph, options, try FormCalibration(graph, samples: [sample]))
  return try solver.solve()
}

@Suite("Scales of forms")
struct FormScaleTests {
  /// Sums of up to three terms, each of one or two values, or of a value and a constant.
  func randomSum(_ net: inout FormNet, _ values: [ValueID]) throws -> ValueID {
    let coefficients = [1, -1, 0.5, -0.25, 8, 0.3, -3.7e-3, 12.5]
    var terms: [(Double, [ValueID])] = []
    for _ in 0..<Int(1 + net.numbers.next() % 3) {
      let first = values[Int(net.numbers.next() % UInt64(values.count))]
      let coefficient = coefficients[Int(net.numbers.next() % UInt64(coefficients.count))]
      switch net.numbers.next() % 4 {
      case 0: terms.append((coefficient, [first]))
      case 1:
        terms.append(
          (coefficient, [first, values[Int(net.numbers.next() % UInt64(values.count))]]))
      case 2: terms.append((coefficient, [first, try net.constant([2, 3], scale: 3)]))
      default:
        terms.append((1, [first]))
        terms.append((coefficient, [try net.constant([2, 3], scale: 40)]))
      }
    }
    return net.combination(terms)
  }

  @Test(arguments: 0..<40)
  func accumulatorsFitAndShiftsAreInRange(seed: Int) throws {
    var net = FormNet(seed: UInt64(seed) + 7)
    var values = [net.input([2, 3]), net.input([2, 3])]
    for _ in 0..<5 { values.append(try randomSum(&net, values)) }
    let graph = try net.finish(values[values.count - 1])
    let exponent = Float(Int(net.numbers.next() % 9) - 4)
    let plan = try plan(graph, net.sample(pow(10, exponent)))
    for (number, sum) in plan.sums {
      let output = graph.nodes[number].output
      #expect(sum.magnitude < 1 << 47, "seed \(seed)")
      let shift = sum.accumulatorBits - plan[output].bits
      #expect((0...32).contains(shift), "seed \(seed): \(shift)")
      #expect(sum.terms.allSatisfy { $0.coefficient.magnitude < 1 << 47 })
      #expect([16, 24, 32].contains(plan[output].range.width))
    }
  }

  @Test("a sum that is not rounded keeps its terms, whatever its readers multiply it with")
  func factorsKeepTheirTerms() throws {
    var net = FormNet(seed: 3)
    let (x, z, w) = (net.input([1]), net.input([1]), net.input([1]))
    let sum = net.combination([(1, [x]), (1, [z])], isCommitted: false)
    let product = net.combination([(1, [w, sum])])
    // A small table: the product has few bits, and its factors have many.
    let graph = try net.finish(net.apply(.unary(.tanh, FormNet.argument), product))
    let plan = try plan(graph, [x: [0.4], z: [0.7], w: [0.4]])
    #expect(plan[product].bits < plan[x].bits - 2)
    #expect(try #require(plan.sums[0]).terms.allSatisfy { $0.coefficient != 0 })
  }

  @Test("a function's integer results reach both ends of 16 bits")
  func resultsReachTheEnds() throws {
    let half = RealExpression.unary(.round, .binary(.multiply, FormNet.argument, .constant(0.5)))
    let held = RealExpression.binary(
      .minimum, .binary(.maximum, half, .constant(-32768)), .constant(32767))
    let formula = try #require(held.formula)
    let table = FunctionTable(
      function: held, formula: formula, argumentBits: -6, resultBits: 0,
      results: CompileOptions.activationRange)
    let domain = table.integers(
      FunctionDomain(held, span: -70000...70000, unit: 1))
    // −1024 · 2^6 / 2 = −32768.
    #expect(domain.lowerBound <= -1024 && domain.upperBound >= 1024)
    #expect(table.limits(domain).low != nil && table.limits(domain).high != nil)
  }

  /// What is multiplied by zero is less than a few units of the result, whatever its operands hold.
  @Test(arguments: 0..<40)
  func nothingThatCountsIsDropped(seed: Int) throws {
    var net = FormNet(seed: UInt64(seed) + 7)
    var values = [net.input([2, 3]), net.input([2, 3])]
    for _ in 0..<5 { values.append(try randomSum(&net, values)) }
    let graph = try net.finish(values[values.count - 1])
    let plan = try plan(graph, net.sample())
    for (number, sum) in plan.sums {
      guard case .sum(let form) = graph.nodes[number].form else { continue }
      let facts = SumFacts(form, graph.nodes[number], graph)
      for (term, scale) in zip(facts.terms, sum.terms) where scale.coefficient == 0 {
        let greatest = term.values.reduce(term.magnitude) {
          let operand = plan[graph.nodes[number].operands[$1]]
          return $0 * FixedPoint.real(operand.range.upperBound, fractionalBits: operand.bits)
        }
        #expect(scalbn(greatest, plan[graph.nodes[number].output].bits) < 4, "seed \(seed)")
      }
    }
  }

  /// Every committed value has its calibrated magnitude, and headroom, in its range.
  @Test(arguments: 0..<20)
  func rangesHoldWhatWasSeen(seed: Int) throws {
    var net = FormNet(seed: UInt64(seed) + 100)
    var values = [net.input([2, 3]), net.input([2, 3])]
    for _ in 0..<4 { values.append(try randomSum(&net, values)) }
    let graph = try net.finish(values[values.count - 1])
    let sample = net.sample(2)
    let plan = try plan(graph, sample)
    let calibration = try FormCalibration(graph, samples: [sample])
    for index in graph.values.indices where graph.constants[ValueID(index)] == nil {
      let room = 2 * calibration.values[index].magnitude
      let chosen = plan.values[index]
      #expect(scalbn(room, chosen.bits) <= Double(chosen.range.upperBound) + 0.5)
    }
  }

  @Test func outliersWiden() throws {
    var net = FormNet()
    let x = net.input([1, 1024])
    let y = net.combination([(1, [x]), (1, [x])])
    let graph = try net.finish(y)
    var sample = net.sample(0.01)
    #expect(try plan(graph, sample)[x].range.width == 16)
    sample[x]?[3] = 40
    let wide = try plan(graph, sample)
    #expect(wide[x].range.width == 20)
    #expect(FixedPoint.real(1, fractionalBits: wide[x].bits) < 0.001)
  }

  @Test func functionsThatAreLinesOnEitherSideKeepTheScale() {
    let read = FormRead(operand: 0, positions: [])
    func form(_ function: RealExpression) -> ApplyForm {
      ApplyForm(argument: read, function: function)
    }
    let x = FormNet.argument
    #expect(form(FormNet.relu).isRelu)
    #expect(form(.unary(.abs, x)).slopes.map { $0 == (1, -1) } ?? false)
    let leaky = RealExpression.select(
      .binary(.less, x, .constant(0)), .binary(.multiply, .constant(0.1), x), x)
    #expect(form(leaky).slopes?.above == 1 && form(leaky).slopes?.below == 0.1)
    for function in [
      RealExpression.unary(.exp, x), .unary(.tanh, x), .binary(.multiply, .constant(2), x),
      .binary(.minimum, FormNet.relu, .constant(1e9)), .binary(.add, x, .constant(1e-9)),
    ] { #expect(form(function).slopes == nil) }
    #expect(form(.binary(.minimum, FormNet.relu, .constant(6))).bounds == 0...6)
    let crossed = RealExpression.binary(.minimum, .binary(.maximum, x, .constant(2)), .constant(-1))
    #expect(form(crossed).bounds == -1 ... -1)
    #expect(form(.unary(.tanh, x)).bounds == nil)
  }

  @Test func applicationsOfOneFunctionShareTheirScales() throws {
    var net = FormNet()
    let x = net.input([4, 4])
    let narrow = net.combination([(0.4, [x])])
    let far = net.combination([(1e-3, [x])])
    let all = [x, narrow, far].map { net.apply(.unary(.tanh, FormNet.argument), $0) }
    let graph = try net.finish(all[0], all[1], all[2])
    let plan = try plan(graph, net.sample(4))
    #expect(plan[x].bits == plan[narrow].bits && plan[all[0]].bits == plan[all[1]].bits)
    #expect(plan[far].bits > plan[x].bits + 3)
  }

  @Test func feedbackIsAnError() throws {
    var net = FormNet()
    let x = net.input([2, 4])
    let large = net.combination([(1e6, [x])])
    let whole = [AffineIndex(index: 0), AffineIndex(index: 1)]
    let greater = net.node(
      .extreme(
        ExtremeForm(
          isMaximum: true, indices: [.init(name: "i", size: 2), .init(name: "j", size: 4)],
          domainRank: 2,
          candidates: [.init(operand: 0, positions: whole), .init(operand: 1, positions: whole)])),
      [x, large], [2, 4])
    let graph = try net.finish(greater)
    #expect(throws: CompileError.self) { try plan(graph, net.sample()) }
  }
}
