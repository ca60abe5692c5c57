/// An integer that a system's values, coefficients and bounds are made of, as opposed to a size, a
/// position or a number of things, which is an `Int` wherever the system can be held in memory.
///
/// It has 64 bits on every platform: `Int` itself, except where that has 32.
#if arch(wasm32)
  public typealias Integer = Int64
#else
  public typealias Integer = Int
#endif
