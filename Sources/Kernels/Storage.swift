import CKernels

/// Memory that vectors and their slices share, aligned to cache lines and zero at first.
///
/// Vectors are references to storage: kernels write through them. The caller sees to it that
/// nothing reads or writes the same elements at the same time, which is why the compiler's check
/// is switched off here.
final class Storage: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  let byteCount: Int

  init(byteCount: Int) {
    self.byteCount = byteCount
    guard let memory = ck_allocate(byteCount) else { fatalError("out of memory") }
    base = memory
  }

  deinit { ck_release(base, byteCount) }

  /// Overwrites the contents for good.
  func wipe() { ck_wipe(base, byteCount) }
}
