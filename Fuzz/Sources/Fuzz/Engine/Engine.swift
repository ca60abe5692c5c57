import CFuzzer
import Foundation
import Kernels

/// What libFuzzer calls, and what it is called for.
enum Engine {
  // libFuzzer calls from one thread.
  nonisolated(unsafe) private static var target: (any FuzzTarget)?

  /// Reads `--target=NAME` and `--corpus=FOLDER`, which libFuzzer passes over, and `--write-corpus`.
  static func start(_ arguments: [String]) {
    // Threads would make runs differ.
    Parallelism.threads = 1
    let corpus = Corpus(path: option("corpus", arguments) ?? "Corpus")
    do {
      if arguments.contains("--write-corpus") {
        try corpus.write()
        exit(0)
      }
      let name = option("target", arguments) ?? ""
      guard let type = allTargets.first(where: { $0.name == name }) else {
        stop("--target= is one of \(allTargets.map { $0.name }.joined(separator: ", "))")
      }
      target = try type.init(corpus)
    } catch {
      stop("\(error)")
    }
  }

  private static func option(_ name: String, _ arguments: [String]) -> String? {
    arguments.last { $0.hasPrefix("--\(name)=") }.map { String($0.dropFirst(name.count + 3)) }
  }

  private static func stop(_ message: String) -> Never {
    FileHandle.standardError.write(Data("error: \(message)\n".utf8))
    exit(2)
  }

  /// What no reader may need. It is the processor's time: on a busy machine much more passes.
  private static let greatestSeconds = 10.0

  static func check(_ input: [UInt8]) {
    let start = clock()
    target?.check(input)
    let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
    require(seconds < greatestSeconds, "the input takes \(seconds) seconds")
  }

  /// - Returns: nothing longer than `capacity`.
  static func mutated(_ input: [UInt8], capacity: Int, seed: UInt32) -> [UInt8] {
    var random = Random(seed: UInt64(seed))
    let result = target?.mutated(input, capacity: capacity, &random) ?? input
    return result.count <= capacity ? result : mutated(input, capacity: capacity)
  }

  /// libFuzzer's own mutations, which know neither structure nor checksums.
  static func mutated(_ input: [UInt8], capacity: Int) -> [UInt8] {
    guard capacity > 0 else { return [] }
    var bytes = Array(input.prefix(capacity))
    let count = bytes.count
    bytes += Array(repeating: 0, count: capacity - count)
    let length = bytes.withUnsafeMutableBufferPointer {
      LLVMFuzzerMutate($0.baseAddress, count, capacity)
    }
    return Array(bytes.prefix(length))
  }

  /// Some bytes of a list changed where they are.
  static func mutated(window: Int, of input: [UInt8], _ random: inout Random) -> [UInt8] {
    guard !input.isEmpty else { return input }
    let range = random.range(in: input.count, limit: window)
    return input[..<range.lowerBound] + mutated(Array(input[range]), capacity: range.count)
      + input[range.upperBound...]
  }
}

@_cdecl("LLVMFuzzerInitialize")
func initializeFuzzer(
  _ count: UnsafeMutablePointer<CInt>?,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
  Engine.start(CommandLine.arguments)
  return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  Engine.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}

@_cdecl("LLVMFuzzerCustomMutator")
func mutateInput(
  _ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int, _ capacity: Int, _ seed: UInt32
) -> Int {
  guard let bytes else { return 0 }
  let input = Array(UnsafeBufferPointer(start: bytes, count: count))
  let result = Engine.mutated(input, capacity: capacity, seed: seed)
  for (position, byte) in result.enumerated() { bytes[position] = byte }
  return result.count
}
