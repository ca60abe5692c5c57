import CKernels

/// The threads that the kernels run on.
public enum Parallelism {
  /// The number of threads of every kernel in the process, by default one for each processor.
  /// Setting 0 restores the default. Results do not depend on it.
  public static var threads: Int {
    get { Int(ck_get_threads()) }
    set { ck_set_threads(Int32(clamping: newValue)) }
  }

  /// Calls `body` with disjoint ranges that cover `0..<count`, on all threads. A kernel called
  /// within runs on the calling thread alone.
  /// - Parameters:
  ///   - grain: the least length of a range; a shorter loop runs on the calling thread.
  ///   - body: called from several threads at once.
  public static func loop(
    _ count: Int, grain: Int = 1, _ body: @Sendable (Range<Int>) -> Void
  ) {
    withoutActuallyEscaping(body) { body in
      let box = Body(call: body)
      withExtendedLifetime(box) {
        ck_parallel_for(count, grain, Unmanaged.passUnretained(box).toOpaque()) {
          context, begin, end in
          guard let context else { return }
          Unmanaged<Body>.fromOpaque(context).takeUnretainedValue().call(begin..<end)
        }
      }
    }
  }

  private final class Body: Sendable {
    let call: @Sendable (Range<Int>) -> Void
    init(call: @escaping @Sendable (Range<Int>) -> Void) { self.call = call }
  }
}

/// The code that the kernels run: every path gives the same field elements.
public enum KernelPath: Sendable {
  /// Eight lanes with the 52-bit multiply-add instructions of AVX-512 IFMA.
  case ifma
  /// Plain C.
  case portable

  /// The path of every kernel in the process, by default the fastest that the processor has.
  /// Setting `ifma` where it is missing selects `portable`.
  public static var current: KernelPath {
    get { ck_get_path() == CK_PATH_IFMA ? .ifma : .portable }
    set { ck_set_path(newValue == .portable ? CK_PATH_PORTABLE : CK_PATH_BEST) }
  }
}

/// The process's memory.
public enum Heap {
  /// Has the C library keep what it was given back, and take the first memory in large pages, which
  /// halves the time of small proofs. For a program to call once, before it computes; elsewhere than on
  /// Linux with its usual C library it does nothing.
  public static func prepare() { ck_prepare_heap() }
}
