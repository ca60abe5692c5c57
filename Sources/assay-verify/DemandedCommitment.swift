import CommandSupport
import ConstraintSystem
import Verifier

/// A commitment that a proof's tensor must be shown to hold, as `--commitment name=file` says it.
struct DemandedCommitment {
  /// The tensor's number: what is checked goes by it, and never by the name.
  let tensor: Int
  let declaration: TensorDeclaration
  let path: String
  let commitment: DataCommitment

  /// - Throws: `CommandError.input` for a tensor that the key does not have, that is public, or that the
  ///   argument does not tell from another one, and for a file that is no commitment.
  static func read(
    _ arguments: [String], for key: VerifyingKey
  ) throws(CommandError) -> [DemandedCommitment] {
    var result: [DemandedCommitment] = []
    for argument in arguments {
      let (tensor, path) = try split(argument, key.system)
      let declaration = key.system.tensors[tensor]
      guard !result.contains(where: { $0.tensor == tensor }) else {
        throw .input("--commitment names \"\(Text.printable(declaration.name))\" twice")
      }
      let bytes = try ArtifactFile.read(path, limit: DataCommitment.fileLength)
      do throws(DataCommitmentError) {
        result.append(
          DemandedCommitment(
            tensor: tensor, declaration: declaration, path: path,
            commitment: try DataCommitment(bytes)))
      } catch {
        throw .input("\(path): \(error.description)")
      }
    }
    return result
  }

  private static func split(
    _ argument: String, _ system: ConstraintSystem
  ) throws(CommandError) -> (tensor: Int, path: String) {
    let ports = system.tensors.indices.filter {
      system.tensors[$0].role.isInput || system.tensors[$0].role.isOutput
    }
    func name(_ tensor: Int) -> String { Text.printable(system.tensors[tensor].name) }
    // A name may hold the sign that ends it, so that several may fit: whoever made the key must not
    // choose which of them is checked.
    let matches = ports.compactMap { tensor in
      NamedArgument.rest(of: argument, behind: system.tensors[tensor].name).map { (tensor, $0) }
    }
    guard let match = matches.first else {
      let names = ports.filter { !system.tensors[$0].role.isPublic }.map(name)
      throw .input(
        "--commitment \(argument): should be name=file, the name one of the model's private "
          + "tensors \(names)")
    }
    guard matches.count == 1 else {
      throw .input(
        "--commitment \(argument): could name any of the tensors \(matches.map { name($0.0) }): "
          + "give the file a name without =")
    }
    guard !system.tensors[match.0].role.isPublic else {
      throw .input(
        "--commitment \(argument): \"\(name(match.0))\" is public: the proof itself shows it")
    }
    return match
  }

  /// Checks that the proof's tensor is the committed one.
  func check(_ verified: VerifiedInference) throws(Rejection) {
    let name = Text.printable(declaration.name)
    guard commitment.fractionalBits == declaration.fractionalBits else {
      throw Rejection(
        "\(path) is a commitment to integers of \(Quantity.unit(commitment.fractionalBits)), and "
          + "\"\(name)\" has integers of \(Quantity.unit(declaration.fractionalBits)): they stand "
          + "for other values")
    }
    guard let found = verified.commitments.first(where: { $0.tensor == tensor }) else {
      throw Rejection(
        "the proof does not say that \"\(name)\" is the data of any commitment: it was made without "
          + "--opening \(name)=…")
    }
    guard found.commitment == commitment else {
      throw Rejection("the proof's \"\(name)\" is other data than \(path) is a commitment to")
    }
  }
}
