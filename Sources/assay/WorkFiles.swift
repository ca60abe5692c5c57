import CommandSupport
import Compiler

/// What `run` keeps in a folder.
struct WorkFiles {
  let model: PlannedOutput
  let keys: KeyFiles
  let proof: PlannedOutput
  /// By name, once the network's outputs are known.
  private(set) var outputs: [String: PlannedOutput] = [:]
  private let folder: String
  private var plan: FilePlan

  /// Makes the folder; nil where nothing is to be kept.
  /// - Throws: `CommandError.input` if something can't be written, or would be lost.
  init?(_ options: RunCommand) throws {
    var plan = FilePlan(options.replacement)
    try options.network.plan(&plan)
    try plan.reads(named: options.compilation.calibration, as: "--calibration")
    try plan.reads(named: options.input, as: "--input")
    try options.purpose.plan(&plan)
    guard let folder = options.workdir else { return nil }
    self.folder = folder
    try ArtifactFile.makeDirectory(folder)
    model = try plan.writes("\(folder)/model.circuit", as: "--workdir", .model)
    let provingKey = "\(folder)/proving.key"
    _ = try plan.writes(provingKey, as: "--workdir", .provingKey)
    keys = KeyFiles(
      provingKey: provingKey,
      verifyingKey: try plan.writes("\(folder)/verifying.key", as: "--workdir", .verifyingKey))
    proof = try plan.writes("\(folder)/proof", as: "--workdir", .proof)
    self.plan = plan
  }

  /// Notes a file beside the network that holds tensors of it.
  mutating func reads(_ path: String) throws {
    try plan.reads(path, as: "the network's tensors")
  }

  /// Makes sure of the files of outputs, in a folder of their own.
  mutating func planOutputs(_ interface: ModelInterface) throws {
    outputs = try OutputFiles.plan(interface, in: "\(folder)/outputs", &plan)
  }
}
