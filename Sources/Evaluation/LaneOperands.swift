/// The arrays of an operation; the second is the first for one on a single number.
package struct LaneOperands<Element> {
  let result: UnsafeMutablePointer<Element>
  let first: UnsafeMutablePointer<Element>
  let second: UnsafeMutablePointer<Element>
  let count: Int

  /// A single lane.
  func lane(_ number: Int) -> LaneOperands {
    LaneOperands(
      result: result + number, first: first + number, second: second + number, count: 1)
  }

  @inline(__always)
  func map(_ body: (Element) -> Element) {
    for lane in 0..<count { result[lane] = body(first[lane]) }
  }

  @inline(__always)
  func combine(_ body: (Element, Element) -> Element) {
    for lane in 0..<count { result[lane] = body(first[lane], second[lane]) }
  }
}
