import ConstraintSystem
import Testing
import Witness

@testable import CircuitLanguage

@Suite struct ConvolutionTests {
  struct Case: Sendable {
    var inputs = 2
    var outputs = 3
    var groups = 1
    var height = 5
    var width = 4
    var kernelH = 3
    var kernelW = 2
    var strideH = 1
    var strideW = 1
    /// Top, left, bottom, right.
    var pads = [0, 0, 0, 0]
    var dilationH = 1
    var dilationW = 1

    var outputHeight: Int {
      (height + pads[0] + pads[2] - dilationH * (kernelH - 1) - 1) / strideH + 1
    }
    var outputWidth: Int {
      (width + pads[1] + pads[3] - dilationW * (kernelW - 1) - 1) / strideW + 1
    }

    var parameters: [String: Int] {
      [
        "stride_h": strideH, "stride_w": strideW, "pad_top": pads[0], "pad_left": pads[1],
        "pad_bottom": pads[2], "pad_right": pads[3], "dilation_h": dilationH,
        "dilation_w": dilationW, "groups": groups,
      ]
    }

    /// The element of one channel, or nil in the padding.
    func element(_ values: [Int], _ plane: Int, _ h: Int, _ w: Int) -> Int? {
      (0..<height).contains(h) && (0..<width).contains(w)
        ? values[(plane * height + h) * width + w] : nil
    }

    func convolution(_ x: [Int], _ weight: [Int], _ bias: [Int]) -> [Int] {
      let (cg, og) = (inputs / groups, outputs / groups)
      var result: [Int] = []
      for n in 0..<2 {
        for o in 0..<outputs {
          for h in 0..<outputHeight {
            for w in 0..<outputWidth {
              var sum = bias[o]
              for c in 0..<cg {
                for i in 0..<kernelH {
                  for j in 0..<kernelW {
                    let value = element(
                      x, n * inputs + o / og * cg + c, h * strideH + i * dilationH - pads[0],
                      w * strideW + j * dilationW - pads[1])
                    sum += (value ?? 0) * weight[((o * cg + c) * kernelH + i) * kernelW + j]
                  }
                }
              }
              result.append(sum)
            }
          }
        }
      }
      return result
    }

    func windows(_ x: [Int], _ reduce: ([Int?]) -> Int) -> [Int] {
      var result: [Int] = []
      for plane in 0..<2 * inputs {
        for h in 0..<outputHeight {
          for w in 0..<outputWidth {
            var window: [Int?] = []
            for i in 0..<kernelH {
              for j in 0..<kernelW {
                window.append(
                  element(
                    x, plane, h * strideH + i * dilationH - pads[0],
                    w * strideW + j * dilationW - pads[1]))
              }
            }
            result.append(reduce(window))
          }
        }
      }
      return result
    }
  }

  private func expect(
    _ harness: inout LayerHarness, _ view: TensorView, shape: [Int], values: [Int]
  ) throws {
    #expect(view.shape == shape)
    let output = try harness.builder.markOutput(view, name: "output")
    let result = try harness.values(of: output)
    #expect(result.values == values)
    #expect(try wrongHints(result.circuit, result.assignment) == [])
  }

  static let cases = [
    Case(),
    Case(strideH: 2, strideW: 3, pads: [1, 1, 2, 0]),
    Case(height: 7, pads: [2, 1, 2, 1], dilationH: 2, dilationW: 2),
    Case(inputs: 4, outputs: 6, groups: 2, kernelW: 3, pads: [1, 1, 1, 1]),
    Case(inputs: 3, outputs: 3, groups: 3, pads: [1, 0, 1, 0]),
    Case(inputs: 2, outputs: 4, groups: 2, kernelH: 1, kernelW: 1),
    Case(inputs: 1, outputs: 1, height: 1, width: 6, kernelH: 1, kernelW: 3, pads: [0, 1, 0, 1]),
  ]

  @Test(arguments: cases) func conv2d(_ c: Case) throws {
    var harness = try LayerHarness()
    let (x, xs) = harness.tensor("x", [2, c.inputs, c.height, c.width])
    let (w, ws) = harness.tensor(
      "w", [c.outputs, c.inputs / c.groups, c.kernelH, c.kernelW], role: .model)
    let (b, bs) = harness.tensor("b", [c.outputs], role: .model)
    let acc = try harness.builder.instantiate(
      "conv2d", [x, w, b], parameters: c.parameters, name: "conv", fractionalBits: 0)[0]
    let y = try harness.builder.instantiate(
      "rescale", [acc], parameters: ["shift": 18], name: "conv.rescale", fractionalBits: 0)[0]
    let expected = c.convolution(xs, ws, bs).map { ($0 + 1 << 17) >> 18 }
    try expect(&harness, y, shape: [2, c.outputs, c.outputHeight, c.outputWidth], values: expected)
  }

  @Test func conv1d() throws {
    let c = Case(
      inputs: 4, outputs: 2, groups: 2, height: 1, width: 9, kernelH: 1, kernelW: 3, strideW: 2,
      pads: [0, 2, 0, 1], dilationW: 2)
    var harness = try LayerHarness()
    let (x, xs) = harness.tensor("x", [2, 4, 9])
    let (w, ws) = harness.tensor("w", [2, 2, 3], role: .model)
    let (b, bs) = harness.tensor("b", [2], role: .model)
    let acc = try harness.builder.instantiate(
      "conv1d", [x, w, b],
      parameters: ["stride": 2, "pad_begin": 2, "pad_end": 1, "dilation": 2, "groups": 2],
      name: "conv", fractionalBits: 0)[0]
    let y = try harness.builder.instantiate(
      "rescale", [acc], parameters: ["shift": 17], name: "conv.rescale", fractionalBits: 0)[0]
    let expected = c.convolution(xs, ws, bs).map { ($0 + 1 << 16) >> 17 }
    try expect(&harness, y, shape: [2, 2, c.outputWidth], values: expected)
  }

  static let pools = [
    Case(kernelH: 2, kernelW: 2, strideH: 2, strideW: 2),
    Case(kernelH: 2, kernelW: 2, strideH: 1, strideW: 1),
    Case(kernelH: 2, kernelW: 2, strideH: 2, strideW: 2, pads: [1, 1, 1, 1]),
    Case(kernelH: 3, kernelW: 3, strideH: 2, strideW: 2, pads: [1, 1, 1, 1]),
    Case(kernelH: 1, kernelW: 4, strideH: 1, strideW: 1),
    Case(height: 9, width: 7, kernelH: 5, kernelW: 3, strideH: 1, strideW: 2, pads: [2, 1, 2, 1]),
    Case(height: 8, kernelH: 3, kernelW: 2, strideH: 2, strideW: 1, dilationH: 2, dilationW: 3),
  ]

  @Test(arguments: pools) func maxPool2d(_ c: Case) throws {
    var harness = try LayerHarness()
    // Few distinct values give ties; the least one shows that padding does not win.
    let (x, xs) = harness.tensor("x", [2, c.inputs, c.height, c.width], spread: -32768 ... -32765)
    var parameters = c.parameters
    parameters["groups"] = nil
    parameters["kernel_h"] = c.kernelH
    parameters["kernel_w"] = c.kernelW
    let y = try harness.builder.instantiate(
      "max_pool2d", [x], parameters: parameters, name: "pool", fractionalBits: 0)[0]
    let expected = c.windows(xs) { $0.compactMap { $0 }.max() ?? -32768 }
    try expect(&harness, y, shape: [2, c.inputs, c.outputHeight, c.outputWidth], values: expected)
  }

  @Test func maxPool1d() throws {
    let c = Case(
      inputs: 2, height: 1, width: 9, kernelH: 1, kernelW: 3, strideW: 2, pads: [0, 1, 0, 1])
    var harness = try LayerHarness()
    let (x, xs) = harness.tensor("x", [2, 2, 9])
    let y = try harness.builder.instantiate(
      "max_pool1d", [x],
      parameters: ["kernel": 3, "stride": 2, "pad_begin": 1, "pad_end": 1, "dilation": 1],
      name: "pool", fractionalBits: 0)[0]
    let expected = c.windows(xs) { $0.compactMap { $0 }.max() ?? -32768 }
    try expect(&harness, y, shape: [2, 2, c.outputWidth], values: expected)
  }

  @Test func averagePools() throws {
    let c = Case(kernelH: 3, kernelW: 2, strideH: 2, strideW: 1, pads: [1, 0, 1, 1])
    var harness = try LayerHarness()
    let (x, xs) = harness.tensor("x", [2, 2, 5, 4])
    var parameters = c.parameters
    for unused in ["groups", "dilation_h", "dilation_w"] { parameters[unused] = nil }
    parameters["kernel_h"] = 3
    parameters["kernel_w"] = 2
    let sum = try harness.builder.instantiate(
      "average_pool2d", [x], parameters: parameters, name: "pool", fractionalBits: 0)[0]
    let y = try harness.builder.instantiate(
      "divide", [sum], parameters: ["divisor": 6], name: "divide", fractionalBits: 0)[0]
    let mean = try harness.builder.instantiate(
      "global_sum", [y], name: "global", fractionalBits: 0)[0]
    let z = try harness.builder.instantiate(
      "divide", [mean], parameters: ["divisor": c.outputHeight * c.outputWidth], name: "mean",
      fractionalBits: 0)[0]
    func divide(_ value: Int, _ by: Int) -> Int {
      Int((Double(value + by / 2) / Double(by)).rounded(.down))
    }
    let averages = c.windows(xs) { window in
      divide(window.reduce(0) { (sum: Int, element: Int?) in sum + (element ?? 0) }, 6)
    }
    let plane = c.outputHeight * c.outputWidth
    let expected = (0..<4).map { (p: Int) -> Int in
      let start = p * plane
      return divide(averages[start..<start + plane].reduce(0, +), plane)
    }
    try expect(&harness, z, shape: [2, 2], values: expected)
  }

  @Test func poolAfterUnboundedRescale() throws {
    let c = Case(height: 4, width: 4, kernelH: 2, kernelW: 2, strideH: 2, strideW: 2)
    var harness = try LayerHarness()
    let (x, xs) = harness.tensor("x", [2, 2, 4, 4])
    let (w, ws) = harness.tensor("w", [2, 2, 1, 1], role: .model)
    let conv = Case(outputs: 2, height: 4, width: 4, kernelH: 1, kernelW: 1)
    let acc = try harness.builder.instantiate(
      "conv2d_no_bias", [x, w], parameters: conv.parameters, name: "conv", fractionalBits: 0)[0]
    let q = try harness.builder.instantiate(
      "rescale_into_pool", [acc], parameters: ["shift": 17], name: "q", fractionalBits: 0)[0]
    var parameters = c.parameters
    parameters["groups"] = nil
    parameters["kernel_h"] = 2
    parameters["kernel_w"] = 2
    let pooled = try harness.builder.instantiate(
      "max_pool2d", [q], parameters: parameters, name: "pool", fractionalBits: 0)[0]
    let y = try harness.builder.instantiate("relu", [pooled], name: "relu", fractionalBits: 0)[0]
    let rescaled = conv.convolution(xs, ws, [0, 0]).map { ($0 + 1 << 16) >> 17 }
    let expected = c.windows(rescaled) { max(0, $0.compactMap { $0 }.max() ?? 0) }
    try expect(&harness, y, shape: [2, 2, 2, 2], values: expected)
  }
}
