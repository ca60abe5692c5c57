import Compiler
import Prover
import TestSupport
import Testing
import Verifier
import Witness

@Suite("Trained networks, from ONNX to the verdict", .serialized)
struct TrainedNetworkTests {
  /// The integer evaluation is what is proven, so that it stands for all proofs.
  @Test("as integers they agree with ONNX Runtime", arguments: TrainedNetwork.names)
  func accuracy(name: String) throws {
    let network = try TrainedNetwork(name)
    #expect(network.count == 200)
    let values = network.outputs.values
    let range = try #require(values.max()) - (try #require(values.min()))
    var agreeing = 0
    for index in 0..<network.count {
      let expected = network.expected(index)
      let assignment = try network.model.evaluate(network.sample(index))
      let outputs = network.model.interface.outputs { assignment[$0].values }
      let logits = try #require(outputs["logits"])
      #expect(logits.shape == [1, expected.count])
      #expect(largestDifference(logits.values, expected) <= 1e-2 * range)
      agreeing += label(logits.values) == label(expected) ? 1 : 0
    }
    #expect(agreeing >= 198)
  }

  @Test("every statement holds of honest inferences", arguments: TrainedNetwork.names)
  func statements(name: String) throws {
    let network = try TrainedNetwork(name)
    for index in stride(from: 0, to: network.count, by: 25) {
      let assignment = try network.model.evaluate(network.sample(index))
      try StatementChecker.check(network.model.circuit.system, assignment)
    }
  }

  @Test("inferences are proven and verified", arguments: TrainedNetwork.names)
  func proofs(name: String) throws {
    let network = try TrainedNetwork(name)
    for index in [0, 77, 199] {
      let sample = try network.sample(index)
      let (_, _, verified) = try prove(network.model, sample)
      #expect(verified.securityBits >= 128)
      #expect(verified.zeroKnowledge)
      #expect(verified.tensors.map(\.name).sorted() == ["logits"])
      let assignment = try network.model.evaluate(sample)
      let ports = network.model.interface.inputs + network.model.interface.outputs
      for tensor in verified.tensors {
        let port = try #require(ports.first { $0.name == tensor.name })
        #expect(tensor.values == assignment[port.tensor].values)
        #expect(tensor.shape == port.shape)
        #expect(tensor.fractionalBits == port.fractionalBits)
      }
    }
  }

  @Test("proofs that hide nothing are the same bytes every time")
  func determinism() throws {
    let network = try TrainedNetwork("digits_mlp")
    let first = try prove(network.model, network.sample(3), hides: false)
    let second = try prove(network.model, network.sample(3), hides: false)
    #expect(first.proof == second.proof)
    #expect(first.key == second.key)
    let other = try prove(network.model, network.sample(4), hides: false)
    #expect(other.key == first.key)
    #expect(other.proof != first.proof)
  }

  @Test("a key does not accept the proofs of another model")
  func otherModel() throws {
    let mlp = try TrainedNetwork("digits_mlp")
    let cnn = try TrainedNetwork("digits_cnn")
    let first = try prove(mlp.model, mlp.sample(0))
    let second = try prove(cnn.model, cnn.sample(0))
    #expect(throws: (any Error).self) {
      try Verifier.verify(
        key: VerifyingKey(first.key), proof: second.proof, allowsPlain: true, allowsUnproven: true)
    }
    #expect(throws: (any Error).self) {
      try Verifier.verify(
        key: VerifyingKey(second.key), proof: first.proof, allowsPlain: true, allowsUnproven: true)
    }
  }
}
