import ConstraintSystem

extension WitnessProgram {
  /// What is run one after the other: single steps, and loops.
  var runs: [ProgramRun] {
    var runs: [ProgramRun] = []
    var next = 0
    for loop in loops {
      runs += (next..<loop.steps.lowerBound).map(ProgramRun.step)
      runs.append(.loop(loop))
      next = loop.steps.upperBound
    }
    return runs + (next..<steps.count).map(ProgramRun.step)
  }
}

/// A part of a program that is run as one.
enum ProgramRun {
  case step(Int)
  case loop(WitnessProgram.Loop)
}
