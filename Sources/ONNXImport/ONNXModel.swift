import CircuitLanguage
import Equations
import Foundation
import SwiftProtobuf
import TensorGraph

/// An ONNX file that has been read, but not imported yet: what it declares can be asked for first.
public struct ONNXModel: Sendable {
  private let model: Onnx_ModelProto
  private let externalData: ExternalData?

  /// Reads the model at `path`; its external data are found in the files beside it.
  ///
  /// - Throws: `ImportError.unreadable` when there is no such file, or it is no ONNX model.
  public init(path: String) throws(ImportError) {
    let bytes = try ONNXFile.read(path)
    let directory = URL(fileURLWithPath: path).resolvingSymlinksInPath()
      .deletingLastPathComponent().path
    try self.init(bytes, name: path, ExternalData(directory: directory))
  }

  /// Reads a model that has no external data.
  ///
  /// - Throws: `ImportError.unreadable` when the bytes are no ONNX model.
  public init(bytes: [UInt8]) throws(ImportError) {
    try self.init(Data(bytes), name: "model", nil)
  }

  private init(
    _ bytes: Data, name: String, _ externalData: ExternalData?
  ) throws(ImportError) {
    guard let model = try? Onnx_ModelProto(serializedBytes: bytes) else {
      throw .unreadable(path: name, reason: "it is not an ONNX model, or is damaged")
    }
    guard model.hasGraph else {
      throw .unreadable(path: name, reason: "it is not an ONNX model: it has no graph")
    }
    self.model = model
    self.externalData = externalData
  }

  /// The other files that tensors of the model are kept in.
  public var externalFiles: Set<String> {
    guard let externalData else { return [] }
    let constants = model.graph.node.flatMap { $0.attribute }.filter(\.hasT).map(\.t)
    return Set((model.graph.initializer + constants).compactMap(externalData.path))
  }

  /// The network, for what the caller decides about it.
  ///
  /// - Throws: `ImportError.unsupportedNodes` with all that is not supported at once, and otherwise
  ///   the first rule that the model breaks.
  public func graph(_ options: ImportOptions = .init()) throws(ImportError) -> EquationGraph {
    let first = try ordered(graph(options, arithmetic: []))
    let mixed = first.inputsWithOrderAndMore
    return mixed.isEmpty ? first : try ordered(graph(options, arithmetic: mixed))
  }

  private func ordered(_ graph: EquationGraph) throws(ImportError) -> EquationGraph {
    do throws(GraphError) {
      return try graph.comparingInOrder()
    } catch {
      throw .invalid(place: error.node, reason: error.reason)
    }
  }

  /// - Parameter arithmetic: inputs that are computed with.
  private func graph(
    _ options: ImportOptions, arithmetic: Set<String>
  ) throws(ImportError) -> EquationGraph {
    var importer = GraphImporter(
      versions: try versions(), functions: try functions(), options: options,
      library: try library(options), decoder: TensorDecoder(externalData: externalData))
    importer.arithmeticInputs = arithmetic
    return try importer.importGraph(model.graph)
  }

  private func functions() throws(ImportError) -> [GraphImporter.FunctionName: Onnx_FunctionProto] {
    var functions: [GraphImporter.FunctionName: Onnx_FunctionProto] = [:]
    for function in model.functions {
      let domain = GraphImporter.isDefault(function.domain) ? "" : function.domain
      let name = GraphImporter.FunctionName(
        domain: domain, name: function.name, overload: function.overload)
      guard functions.updateValue(function, forKey: name) == nil else {
        throw .invalid(place: "", reason: "the model has two functions \(function.name)")
      }
    }
    return functions
  }

  private func library(_ options: ImportOptions) throws(ImportError) -> OperatorLibrary {
    if let operators = options.operators { return operators }
    do throws(CircuitLanguageError) {
      return try OperatorLibrary.standard()
    } catch {
      throw .invalid(place: "Assay's operators", reason: error.description)
    }
  }

  /// The version of each domain's operators; the default domain is "".
  private func versions() throws(ImportError) -> [String: Int] {
    var versions: [String: Int] = [:]
    for entry in model.opsetImport {
      let domain = GraphImporter.isDefault(entry.domain) ? "" : entry.domain
      let subject = domain.isEmpty ? "the ONNX operator set" : "the operator set \"\(domain)\""
      guard let version = Int(exactly: entry.version), version > 0 else {
        throw .invalid(
          place: "", reason: "the model imports the version \(entry.version) of \(subject)")
      }
      if let other = versions.updateValue(version, forKey: domain), other != version {
        throw .invalid(
          place: "",
          reason: "the model imports the versions \(other) and \(version) of "
            + "\(subject); the operators of a model are of one")
      }
    }
    let supported = ONNXFile.supportedOpsets
    if let version = versions[""], !supported.contains(version) {
      throw .unsupportedModel(
        reason: "the model uses opset \(version); \(supported.lowerBound) to "
          + "\(supported.upperBound) are supported: convert it with onnx.version_converter")
    }
    return versions
  }
}

extension ONNXModel {
  /// An input of the network as the file declares it.
  public struct Input: Equatable, Sendable {
    public let name: String
    /// nil where the model does not even say how many axes there are.
    public let axes: [Axis]?
  }

  /// The extent of an axis.
  public enum Axis: Equatable, Sendable {
    case fixed(Int)
    /// Left open by the model; the name may be empty.
    case symbolic(String)
  }

  /// The inputs that need a value: those without an initializer.
  public var inputs: [Input] {
    let given = Set(model.graph.initializer.map(\.name))
    return model.graph.input.filter { !given.contains($0.name) }.map { input in
      guard case .tensorType(let type)? = input.type.value, type.hasShape else {
        return Input(name: input.name, axes: nil)
      }
      return Input(
        name: input.name,
        axes: type.shape.dim.map { $0.fixedSize.map(Axis.fixed) ?? .symbolic($0.symbol) })
    }
  }
}

extension Onnx_TensorShapeProto.Dimension {
  /// The size, where the model fixes it to a positive number.
  var fixedSize: Int? {
    guard case .dimValue(let value)? = value, value > 0 else { return nil }
    return Int(exactly: value)
  }

  /// What a size that is left open is called; empty for a mere sign such as "?", which some exporters give
  /// to all of them, equal or not.
  var symbol: String { dimParam.contains { $0.isLetter || $0.isNumber } ? dimParam : "" }
}
