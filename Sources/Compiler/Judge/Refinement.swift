import Equations
import Foundation
import TensorGraph

// The choice among efforts, and what is added to it (`Paper/` sections 18.10 and 18.12).
extension Compiler {
  /// The best of what efforts come to: the first that reaches the target's goal, or else the most accurate
  /// that is worth its cost, with more bits where its error comes about.
  func best(
    _ samples: [[String: Tensor]],
    _ attempt: (ScaleEffort) throws(CompileError) -> Compilation
  ) throws(CompileError) -> Compilation {
    let goal = options.target.goal(tolerance: options.tolerance)
    var best: (compilation: Compilation, effort: ScaleEffort)?
    var failure: CompileError?
    for effort in options.target.efforts {
      let next: Compilation
      do throws(CompileError) {
        next = try attempt(effort)
      } catch {
        failure = failure ?? error
        continue
      }
      let isBetter =
        best.map {
          next.result.improves(on: $0.compilation.result, tolerance: options.tolerance)
        } ?? true
      if isBetter { best = (next, effort) }
      if best?.compilation.result.error ?? 0 <= goal { break }
    }
    guard let best else {
      throw failure ?? .scales(node: "", reason: "nothing was tried")
    }
    return try refined(best.compilation, best.effort, samples, goal, attempt)
  }

  /// Few rounds where the error is tolerable without them, more where nothing could be proven otherwise.
  private static let rounds = (cheap: 2, needed: 10)

  /// Gives values more bits where the error comes about, as long as that makes it smaller.
  private func refined(
    _ first: Compilation, _ effort: ScaleEffort, _ samples: [[String: Tensor]], _ goal: Double,
    _ attempt: (ScaleEffort) throws(CompileError) -> Compilation
  ) throws(CompileError) -> Compilation {
    var (best, last, effort) = (first, first, effort)
    for round in 0..<Self.rounds.needed {
      let error = best.result.error
      guard error > goal, round < Self.rounds.cheap || error > options.tolerance / 2 else { break }
      let aim = error > options.tolerance / 2 ? max(goal, options.tolerance / 4) : goal
      let wanted = try last.wantedBits(samples, goal: aim)
      guard !wanted.isEmpty else { break }
      effort.isBalanced = true
      effort.wanted.merge(wanted) { max($0, $1) }
      let next: Compilation
      do throws(CompileError) {
        next = try attempt(effort)
      } catch {
        break
      }
      if next.result.refines(best.result, tolerance: options.tolerance) {
        best = next
      } else if error <= options.tolerance / 2 {
        break
      }
      // Errors that made up for each other may be greater with less of one.
      last = next
    }
    return best
  }
}

extension Compilation {
  /// Most bits that a value gets more in one round.
  private static let step = 6.0

  /// The fractional bits that values should have so that the worst output's error is no greater than a
  /// part of its range; empty where no rounding makes the error.
  func wantedBits(
    _ samples: [[String: Tensor]], goal: Double
  ) throws(CompileError) -> [ValueID: Int] {
    guard let outputs = accuracy?.outputs,
      let worst = outputs.indices.max(by: {
        outputs[$0].errorOfRange < outputs[$1].errorOfRange
      })
    else { return [:] }
    let output = outputs[worst]
    let finder = try FormLossFinder(forms, model, worst, samples[output.sample])
    let profile = try NoiseProfile(finder)
    let excess = output.errorOfRange / goal
    var wanted: [ValueID: Int] = [:]
    for (value, part) in profile.parts {
      let share = excess * (part * Double(profile.parts.count)).squareRoot()
      guard share > 1 else { continue }
      wanted[value] = forms.plan[value].bits + Int(min(log2(share).rounded(.up), Self.step))
    }
    return wanted
  }
}
