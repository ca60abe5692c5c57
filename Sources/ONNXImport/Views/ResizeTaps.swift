/// Which elements of an axis a resized element is made of, and how much of each.
///
/// As ONNX defines it: a place of the result lies somewhere in the axis, and the elements nearest to it
/// are weighed. Elements beyond the ends are those at the ends.
struct ResizeTaps {
  enum Mode: String {
    case nearest, linear, cubic
  }

  enum Coordinates: String {
    case halfPixel = "half_pixel"
    case symmetric = "half_pixel_symmetric"
    case pytorch = "pytorch_half_pixel"
    case alignCorners = "align_corners"
    case asymmetric
    case crop = "tf_crop_and_resize"
  }

  enum Nearest: String {
    case preferFloor = "round_prefer_floor"
    case preferCeil = "round_prefer_ceil"
    case floor, ceil
  }

  var mode = Mode.nearest
  var coordinates = Coordinates.halfPixel
  var nearest = Nearest.preferFloor
  var cubicCoefficient = -0.75
  var excludesOutside = false
  var antialiases = false

  /// An axis, and what becomes of it.
  struct Axis: Equatable {
    var extent: Int
    var result: Int
    var scale: Double
    /// The part of the axis that is resized, from 0 to 1; only for `.crop`.
    var region = 0.0...1.0
  }

  /// No more elements than this are weighed for one of the result.
  func reach(_ axis: Axis) -> Int {
    let shrink = antialiases ? min(axis.scale, 1) : 1
    return 2 * Int((2 / shrink).rounded(.up))
  }

  /// The weight of each element for the element `place` of the result, by elements; nil where the place
  /// lies outside of a crop.
  func weights(_ place: Int, _ axis: Axis) -> [(element: Int, weight: Double)]? {
    let position = position(Double(place), axis)
    if coordinates == .crop, position < 0 || position > Double(axis.extent - 1) { return nil }
    let floor = position.rounded(.down)
    let ratio = position == floor ? 1 : position - floor
    var weights = coefficients(ratio, scale: axis.scale)
    let elements = Self.neighbours(of: position, count: weights.count)
    if excludesOutside {
      for (number, element) in elements.enumerated() where !(0..<axis.extent).contains(element) {
        weights[number] = 0
      }
      let sum = weights.reduce(0, +)
      weights = weights.map { $0 / sum }
    }
    var result: [(element: Int, weight: Double)] = []
    for (element, weight) in zip(elements, weights) where weight != 0 {
      let inside = min(max(element, 0), axis.extent - 1)
      if let last = result.last, last.element == inside {
        result[result.count - 1].weight += weight
      } else {
        result.append((inside, weight))
      }
    }
    return result
  }

  /// Rounded to single precision where that decides between elements that are equally near.
  private func position(_ place: Double, _ axis: Axis) -> Double {
    let extent = Double(axis.extent)
    let centre = Double(Float(Double(Float((place + 0.5) / axis.scale)) - 0.5))
    let length = Double(Float(axis.scale) * Float(axis.extent))
    switch coordinates {
    case .halfPixel: return centre
    case .pytorch: return length > 1 ? centre : 0
    case .asymmetric: return Double(Float(place / axis.scale))
    case .alignCorners: return length == 1 ? 0 : place * (extent - 1) / (length - 1)
    case .symmetric:
      let part = Float(axis.result) / (Float(axis.scale) * Float(extent))
      return Double(Float(extent) / 2 * (1 - part) + Float(centre))
    case .crop:
      let width = (axis.region.upperBound - axis.region.lowerBound) * (extent - 1)
      let start = axis.region.lowerBound * (extent - 1)
      return start + (length == 1 ? width / 2 : place * width / (length - 1))
    }
  }

  /// The integers nearest to a position, the lower of two at one distance, in ascending order; an
  /// even number of them.
  private static func neighbours(of position: Double, count: Int) -> Range<Int> {
    let first = Int(position.rounded(.up)) - count / 2
    return first..<first + count
  }

  /// Weights of as many neighbours, where the position is `ratio` beyond the middle one's left.
  private func coefficients(_ ratio: Double, scale: Double) -> [Double] {
    let shrink = antialiases ? min(scale, 1) : 1
    switch mode {
    case .nearest:
      let takesUpper =
        switch nearest {
        case _ where ratio == 1: true
        case .preferFloor: ratio > 0.5
        case .preferCeil: ratio >= 0.5
        case .floor: false
        case .ceil: true
        }
      return takesUpper ? [0, 1] : [1, 0]
    case .linear: return Self.sampled(ratio, shrink, reach: 1) { max(0, 1 - abs($0)) }
    case .cubic: return Self.sampled(ratio, shrink, reach: 2, cubic)
    }
  }

  /// A filter's values around a position, which are brought to a sum of 1 where it is widened.
  private static func sampled(
    _ ratio: Double, _ shrink: Double, reach: Double, _ filter: (Double) -> Double
  ) -> [Double] {
    let first = Int((-reach / shrink).rounded(.down)) + 1
    let values = (first..<2 - first).map { filter((Double($0) - ratio) * shrink) }
    guard shrink < 1 else { return values }
    let sum = values.reduce(0, +)
    return values.map { $0 / sum }
  }

  private func cubic(_ distance: Double) -> Double {
    let (a, x) = (cubicCoefficient, abs(distance))
    if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
  }
}
