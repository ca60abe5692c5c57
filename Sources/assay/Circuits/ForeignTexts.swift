import CircuitLanguage
import CommandSupport
import Compiler
import Equations
import ONNXImport

/// The circuits, tables and operators of a folder, beside those that come with Assay.
struct ForeignTexts {
  private let files: [SourceFile]

  /// - Parameter folder: nil where there is none.
  init(_ folder: String?) throws(CommandError) {
    do throws(CircuitLanguageError) {
      files = try folder.map(SourceFile.circuits) ?? []
    } catch {
      throw .input("\(error)")
    }
  }

  /// What nodes of networks can be. What takes the place of Assay's own is announced.
  func operators() throws(CommandError) -> OperatorLibrary {
    do throws(CircuitLanguageError) {
      var library = try OperatorLibrary.standard()
      try library.add(files: files)
      Self.announce(library)
      return library
    } catch {
      throw .input("\(error)")
    }
  }

  /// What layers are made of. What takes the place of Assay's own is announced, and what proves
  /// nothing.
  func circuits() throws(CommandError) -> CircuitLibrary {
    do throws(CircuitLanguageError) {
      var library = try CircuitLibrary.standard()
      try library.add(files: files)
      for replacement in library.replacements {
        Console.warn(
          "the \(replacement.item) of \(replacement.file) takes the place of Assay's own: "
            + "keys say so, and assay-verify refuses them without --allow-foreign-circuits")
      }
      ForeignCircuits.warn(library)
      return library
    } catch {
      throw .input("\(error)")
    }
  }

  /// Says which operators of Assay's others have taken the place of, those included that only move
  /// elements and so have no text.
  static func announce(_ library: OperatorLibrary) {
    let moved = library.descriptions.filter { !$0.isOwn }.flatMap { description in
      description.nodes.filter {
        $0.domain.isEmpty && ONNXModel.movingOperators.contains($0.operation)
      }.map {
        OperatorLibrary.Replacement(item: "operator \($0.operation)", file: description.file)
      }
    }
    for replacement in library.replacements + moved {
      Console.warn(
        "the \(replacement.item) is replaced by that of \(replacement.file): layers that are called "
          + "so compute what that text says")
    }
  }
}
