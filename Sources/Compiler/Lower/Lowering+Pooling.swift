import CircuitLanguage
import TensorGraph

extension Lowering {
  mutating func maxPool(
    _ x: TensorView, _ window: Window, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let parameters = window.parameters(
      [.kernel, .stride, .dilation, .padBefore, .padAfter])
    return try instantiate("max_pool\(window.kernel.count)d", [x], site, parameters)
  }

  mutating func globalAveragePool(
    _ x: TensorView, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let sum = try instantiate("global_sum", [x], site)
    let positions = x.shape.dropFirst(2).reduce(1, *)
    let mean = try instantiate("divide", [sum], site, ["divisor": positions])
    return try builder.reshape(mean, to: site.shape, name: site.name)
  }

  /// Sums over windows, each divided by how many of its cells count. Near the borders these are
  /// fewer, so the positions are divided in blocks of equal counts.
  mutating func averagePool(
    _ x: TensorView, _ window: Window, countingPads: Bool, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let spatial = Array(x.shape.dropFirst(2))
    let sum = try windowSum(x, window, site)
    let counts = try self.counts(window, spatial, countingPads: countingPads, site)
    return try divide(sum, counts, axis: 2, divisor: 1, site)
  }

  private mutating func windowSum(
    _ x: TensorView, _ window: Window, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    if window.dilations.allSatisfy({ $0 == 1 }) {
      let parameters = window.parameters([.kernel, .stride, .padBefore, .padAfter])
      return try instantiate("average_pool\(window.kernel.count)d", [x], site, parameters)
    }
    // The cells that the windows have at one place are a slice; their sum is along a new axis.
    let after = zip(window.padsAfter, window.overhang).map { $0 + $1 }
    let padded = try builder.pad(
      x, before: [0, 0] + window.padsBefore, after: [0, 0] + after, name: site.name)
    var cells = [padded]
    for axis in window.kernel.indices {
      var split: [TensorView] = []
      for cell in cells {
        let reach = cell.shape[axis + 2] - window.span(axis)
        for place in 0..<window.kernel[axis] {
          split.append(
            try builder.slice(
              cell, axis: axis + 2, start: place * window.dilations[axis],
              count: reach / window.strides[axis] + 1, step: window.strides[axis],
              name: site.name))
        }
      }
      cells = split
    }
    var columns: [TensorView] = []
    for cell in cells {
      columns.append(try builder.reshape(cell, to: cell.shape + [1], name: site.name))
    }
    let stack = try builder.concat(columns, axis: x.shape.count, name: site.name)
    return try instantiate("reduce_sum", [stack], site)
  }

  /// How many cells count along each spatial axis, at each output position.
  private func counts(
    _ window: Window, _ spatial: [Int], countingPads: Bool, _ site: Site
  ) throws(CircuitLanguageError) -> [[Int]] {
    do throws(GraphError) {
      return try spatial.indices.map { $0 }.mapTyped { axis throws(GraphError) in
        try window.alone(axis).averageCounts([spatial[axis]], countingPads: countingPads)
      }
    } catch {
      throw CircuitLanguageError(error.description, instance: site.name)
    }
  }

  private mutating func divide(
    _ sum: TensorView, _ counts: [[Int]], axis: Int, divisor: Int, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    guard let along = counts.first else {
      return try instantiate("divide", [sum], site, ["divisor": divisor])
    }
    let runs = along.runs()
    var parts: [TensorView] = []
    for run in runs {
      let part = site.part("\(run.start)")
      let block =
        runs.count == 1
        ? sum
        : try builder.slice(sum, axis: axis, start: run.start, count: run.count, name: part.name)
      parts.append(
        try divide(
          block, Array(counts.dropFirst()), axis: axis + 1, divisor: divisor * along[run.start],
          runs.count == 1 ? site : part))
    }
    return parts.count == 1 ? parts[0] : try builder.concat(parts, axis: axis, name: site.name)
  }
}

extension Window {
  /// The window along one axis.
  func alone(_ axis: Int) -> Window {
    Window(
      kernel: [kernel[axis]], strides: [strides[axis]], dilations: [dilations[axis]],
      padsBefore: [padsBefore[axis]], padsAfter: [padsAfter[axis]], overhang: [overhang[axis]])
  }

  /// Parameters of the circuits that slide windows.
  enum Parameter { case kernel, stride, dilation, padBefore, padAfter }

  /// The parameters by their names in the circuits.
  func parameters(_ wanted: [Parameter]) -> [String: Int] {
    var result: [String: Int] = [:]
    for parameter in wanted {
      for axis in kernel.indices {
        result[name(parameter, axis)] = value(parameter, axis)
      }
    }
    return result
  }

  private func value(_ parameter: Parameter, _ axis: Int) -> Int {
    switch parameter {
    case .kernel: kernel[axis]
    case .stride: strides[axis]
    case .dilation: dilations[axis]
    case .padBefore: padsBefore[axis]
    // Cells that rounding up adds are padding like any other to maxima and sums.
    case .padAfter: padsAfter[axis] + overhang[axis]
    }
  }

  private func name(_ parameter: Parameter, _ axis: Int) -> String {
    let planar = kernel.count == 2
    let suffix = axis == 0 ? "_h" : "_w"
    switch parameter {
    case .kernel: return planar ? "kernel" + suffix : "kernel"
    case .stride: return planar ? "stride" + suffix : "stride"
    case .dilation: return planar ? "dilation" + suffix : "dilation"
    case .padBefore: return planar ? (axis == 0 ? "pad_top" : "pad_left") : "pad_begin"
    case .padAfter: return planar ? (axis == 0 ? "pad_bottom" : "pad_right") : "pad_end"
    }
  }
}
