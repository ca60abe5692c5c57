import CommandSupport
import ConstraintSystem
import Verifier

/// A commitment that a proof's tensor must be shown to hold, as `--commitment name=file` says it.
struct DemandedCommitment {
  var tensor: TensorDeclaration
  var path: String
  var commitment: DataCommitment

  /// - Throws: `CommandError.input` for a tensor that the key does not have, or that is public, and
  ///   for a file that is no commitment.
  static func read(
    _ arguments: [String], for key: VerifyingKey
  ) throws(CommandError) -> [DemandedCommitment] {
    var result: [DemandedCommitment] = []
    for argument in arguments {
      let (tensor, path) = try split(argument, key.system)
      guard !result.contains(where: { $0.tensor.name == tensor.name }) else {
        throw .input("--commitment names \"\(Text.printable(tensor.name))\" twice")
      }
      let bytes = try ArtifactFile.read(path, limit: DataCommitment.fileLength)
      do throws(DataCommitmentError) {
        result.append(
          DemandedCommitment(tensor: tensor, path: path, commitment: try DataCommitment(bytes)))
      } catch {
        throw .input("\(path): \(error.description)")
      }
    }
    return result
  }

  private static func split(
    _ argument: String, _ system: ConstraintSystem
  ) throws(CommandError) -> (TensorDeclaration, String) {
    let ports = system.tensors.filter { $0.role.isInput || $0.role.isOutput }
    // A name may hold the sign that ends it: the longest one that fits is meant.
    let matches = ports.filter { argument.hasPrefix($0.name + "=") }
    guard let port = matches.max(by: { $0.name.utf8.count < $1.name.utf8.count }) else {
      let names = ports.filter { !$0.role.isPublic }.map { Text.printable($0.name) }
      throw .input(
        "--commitment \(argument): should be name=file, the name one of the model's private "
          + "tensors \(names)")
    }
    guard !port.role.isPublic else {
      throw .input(
        "--commitment \(argument): \"\(Text.printable(port.name))\" is public: the proof itself "
          + "shows it")
    }
    return (port, String(argument.dropFirst(port.name.count + 1)))
  }

  /// Checks that the proof's tensor is the committed one.
  func check(_ verified: VerifiedInference) throws(Rejection) {
    let name = Text.printable(tensor.name)
    guard commitment.fractionalBits == tensor.fractionalBits else {
      throw Rejection(
        "\(path) is a commitment to integers of 2^(-\(commitment.fractionalBits)), and "
          + "\"\(name)\" has integers of 2^(-\(tensor.fractionalBits)): they stand for other values"
      )
    }
    guard let found = verified.commitments.first(where: { $0.name == tensor.name }) else {
      throw Rejection(
        "the proof does not say that \"\(name)\" is the data of any commitment: it was made without "
          + "--opening \(name)=…")
    }
    guard found.commitment == commitment else {
      throw Rejection("the proof's \"\(name)\" is other data than \(path) is a commitment to")
    }
  }
}
