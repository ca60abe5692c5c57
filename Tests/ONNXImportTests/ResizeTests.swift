import TensorGraph
import Testing

@testable import ONNXImport

private typealias Make = ModelMaker

/// The ways of resizing that ONNX Runtime's answers do not cover; the values are those of ONNX's
/// own specification.
@Suite("Smoothing, cropping and what lies outside")
struct ResizeTests {
  private func resize(
    scale: Float? = nil, sizes: [Int64] = [], region: [Float] = [], int: [String: Int64] = [:],
    float: [String: Float] = [:], text: [String: String]
  ) throws -> ViewModel {
    let scales: [Float] = scale.map { [1, 1, $0, $0] } ?? []
    return ViewModel(
      Make.node("Resize", ["x", "r", "s", "n"], ["y"], int: int, float: float, text: text),
      opset: 19, inputs: ["x": try ViewModel.counted([1, 1, 4, 4])],
      constants: [
        Make.floats("r", [Int64(region.count)], region),
        Make.floats("s", [Int64(scales.count)], scales), Make.integers("n", sizes),
      ])
  }

  @Test func smoothing() throws {
    let linear = try resize(scale: 0.6, int: ["antialias": 1], text: ["mode": "linear"])
    #expect(try linear.gives([1, 1, 2, 2], [2.875, 4.5, 9.375, 11]))
    let cubic = try resize(scale: 0.6, int: ["antialias": 1], text: ["mode": "cubic"])
    #expect(
      try cubic.gives([1, 1, 2, 2], [2.5180721, 4.2858863, 9.589329, 11.357142]))
  }

  @Test("smoothing asks before it weighs very many elements")
  func manyElements() throws {
    var model = ViewModel(
      Make.node(
        "Resize", ["x", "", "", "n"], ["y"], int: ["antialias": 1], text: ["mode": "cubic"]),
      inputs: [:], constants: [Make.integers("n", [1])]
    ).model
    model.graph.input = [Make.tensorInfo("x", [1 << 28])]
    #expect(try model.importError()?.isUnsupported == false)
  }

  @Test func withoutWhatLiesOutside() throws {
    let cubic = try resize(
      scale: 0.8, int: ["exclude_outside": 1], float: ["cubic_coeff_a": -0.5],
      text: ["mode": "cubic"])
    #expect(
      try cubic.gives(
        [1, 1, 3, 3],
        [
          1.36812675, 2.6695014, 4.0133367, 6.57362535, 7.875, 9.2188353, 11.94896657,
          13.25034122, 14.59417652,
        ]))
  }

  @Test("corners are aligned by the length that the scale says")
  func alignedCorners() throws {
    let way = ["mode": "linear", "coordinate_transformation_mode": "align_corners"]
    let corners = try resize(scale: 0.6, text: way)
    #expect(try corners.gives([1, 1, 2, 2], [1, 3.142857, 9.571428, 11.714286]))
  }

  @Test func crops() throws {
    let way = ["mode": "linear", "coordinate_transformation_mode": "tf_crop_and_resize"]
    let inside = try resize(
      sizes: [1, 1, 3, 3], region: [0, 0, 0.4, 0.6, 1, 1, 0.6, 0.8], text: way)
    #expect(try inside.gives([1, 1, 3, 3], [7.6, 7.9, 8.2, 8.8, 9.1, 9.4, 10, 10.3, 10.6]))
    let beyond = try resize(
      sizes: [1, 1, 3, 3], region: [0, 0, 0.4, 0.6, 1, 1, 1.2, 1.7],
      float: ["extrapolation_value": 10], text: way)
    #expect(try beyond.gives([1, 1, 3, 3], [7.6, 10, 10, 12.4, 10, 10, 10, 10, 10]))
    #expect(try resize(sizes: [1, 1, 3, 3], text: way).model.importError() != nil)
    for bound: Float in [.infinity, .nan] {
      let endless = try resize(
        sizes: [1, 1, 3, 3], region: [0, 0, -bound, 0, 1, 1, bound, 1], text: way)
      #expect(try endless.model.importError()?.isUnsupported == false)
    }
  }

  @Test("scales and sizes that fit no tensor are errors")
  func wrongLists() throws {
    let nearest = ["mode": "nearest"]
    for scale: Float in [0, -1, .nan, 0.1, 1e9, 1e5] {
      #expect(try resize(scale: scale, text: nearest).model.importError() != nil, "\(scale)")
    }
    for sizes: [Int64] in [[], [1, 1], [1, 1, 0, 1], [1, 1, 4, -1], [1, 1, 1 << 40, 1 << 40]] {
      #expect(try resize(sizes: sizes, text: nearest).model.importError() != nil, "\(sizes)")
    }
    let policy = try resize(
      sizes: [1, 1, 2, 2], text: ["mode": "nearest", "keep_aspect_ratio_policy": "other"])
    #expect(try policy.model.importError() != nil)
    let steep = try resize(
      scale: 2, float: ["cubic_coeff_a": .infinity], text: ["mode": "cubic"])
    #expect(try steep.model.importError()?.description.contains("finite") == true)
    #expect(try resize(scale: 2, text: ["mode": "area"]).model.importError()?.isUnsupported == true)
  }
}

@Suite("Einsum")
struct EinsumTests {
  @Test("texts that are none, or of other operands, are errors")
  func wrongTexts() throws {
    for text in [
      "ij", "i->i->i", "i,j,k->i", "i1,j->i", "i,j->k", "i,j->ii", "ij,j->i", "......,i", "i,i",
    ] {
      let model = ViewModel(
        Make.node("Einsum", ["a", "b"], ["y"], text: ["equation": text]),
        inputs: ["a": try ViewModel.counted([3]), "b": try ViewModel.counted([4])])
      let error = try #require(try model.model.importError(), "\(text)")
      #expect(!error.isUnsupported && error.description.contains("\"y\""), "\(error)")
    }
  }

  @Test("products of integers are integers")
  func integers() throws {
    let model = ViewModel(
      Make.node("Einsum", ["a", "b"], ["y"], text: ["equation": "i,i"]),
      inputs: ["a": try Tensor(shape: [2], integer: [2, 3])],
      constants: [Make.integers("b", [10, 100])])
    #expect(try model.gives([], integers: [320]))
  }
}
