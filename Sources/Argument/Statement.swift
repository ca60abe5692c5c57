import Commitment
import ConstraintSystem
import FieldArithmetic
import Hashing
import Transcript

/// All that is public of one inference: the system, the model's commitment and the public tensors.
public struct Statement: Sendable {
  public let layout: Layout
  /// Digest of the verifying key: the constraint system's canonical bytes, the parameters, the root.
  public let keyDigest: Digest
  private let fieldValues: [[Fp]?]
  /// The public tensors' values by tensor, nil for the others.
  public let values: [[Integer]?]
  /// The tensors whose values are committed to elsewhere, ascending.
  public let commitments: [DataBinding]
  /// The commitments' shapes.
  public let dataShapes: [DataShape]

  /// - Parameters:
  ///   - publicValues: for each tensor its values in row-major order, nil where it is not public.
  ///   - commitments: commitments to the values of private inputs and outputs.
  /// - Throws: `publicTensorShape`, `publicTensorRange`, or what `DataBinding.shapes` throws.
  public init(
    layout: Layout, keyDigest: Digest, publicValues: [[Integer]?], commitments: [DataBinding] = []
  ) throws(ProofError) {
    let tensors = layout.system.tensors
    guard publicValues.count == tensors.count else { throw .rejected(.publicTensorShape) }
    for (tensor, values) in zip(tensors, publicValues) {
      guard (values != nil) == tensor.role.isPublic, (values?.count ?? tensor.count) == tensor.count
      else { throw .rejected(.publicTensorShape) }
      for value in values ?? [] where !tensor.range.contains(value) {
        throw .rejected(.publicTensorRange)
      }
    }
    dataShapes = try DataBinding.shapes(commitments, layout.system)
    self.layout = layout
    self.keyDigest = keyDigest
    self.commitments = commitments
    self.values = publicValues
    fieldValues = publicValues.map { $0?.map { Fp($0) } }
  }

  var system: ConstraintSystem { layout.system }

  func publicValues(of tensor: Int) -> [Fp]? {
    tensor < fieldValues.count ? fieldValues[tensor] : nil
  }

  /// What the transcript begins with: the key's digest, whether messages are masked, then each
  /// public tensor's values, 8 bytes each, in the order of the tensors. Their shapes are fixed by the key.
  public var bytes: [UInt8] {
    var bytes = keyDigest.bytes
    bytes.append(layout.pads.count == 0 ? 0 : 1)
    for case .some(let tensor) in values {
      for value in tensor {
        bytes.append(contentsOf: littleEndian(UInt64(bitPattern: Int64(value))))
      }
    }
    return bytes
  }
}
