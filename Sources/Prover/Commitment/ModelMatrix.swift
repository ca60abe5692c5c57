import Argument
import CKernels
import FieldArithmetic
import Kernels
import Witness

/// The model's integers as the commitment has them: rows by lanes, each lane contiguous.
///
/// Neighbouring rows whose integers have the same width make up one span, so that 16-bit weights are
/// read at two bytes each.
public struct ModelMatrix: Sendable {
  /// Rows whose integers have one width.
  public struct Span: Sendable {
    public var firstRow: Int
    public var rowCount: Int
    /// Lane-major: lane l holds `rowCount` values from l·rowCount on.
    public var values: IntegerBuffer
  }

  public let laneCount: Int
  public let rowCount: Int
  public let spans: [Span]

  /// - Parameter model: the integers of every model tensor.
  init(layout: Layout, model: (Int) -> IntegerBuffer) {
    laneCount = 1 << layout.modelLanesLog
    rowCount = layout.modelRowCount
    var spans: [Span] = []
    var next = 0
    let boxes = layout.modelRows.boxes
    while next < boxes.count {
      let width = model(boxes[next].owner).width
      var end = next
      while end < boxes.count, model(boxes[end].owner).width == width { end += 1 }
      spans.append(
        ModelMatrix.span(Array(boxes[next..<end]), layout, laneCount, width: width, model))
      next = end
    }
    self.spans = spans
  }

  /// For a matrix that is read from a file.
  init(laneCount: Int, rowCount: Int, spans: [Span]) {
    self.laneCount = laneCount
    self.rowCount = rowCount
    self.spans = spans
  }

  private static func span(
    _ boxes: [Box], _ layout: Layout, _ lanes: Int, width: IntegerBuffer.Width,
    _ model: (Int) -> IntegerBuffer
  ) -> Span {
    let first = boxes[0].offset
    let rows = boxes.reduce(0) { $0 + (1 << $1.log) }
    let size = width.rawValue
    let values = IntegerBuffer(width: width, count: rows * lanes) { target in
      target.initializeMemory(as: UInt8.self, repeating: 0)
      for box in boxes {
        model(box.owner).withUnsafeBytes { source in
          place(
            box, layout, lanes, size, source, target,
            row: box.offset - first, rows: rows)
        }
      }
    }
    return Span(firstRow: first, rowCount: rows, values: values)
  }

  /// Copies one box, lane by lane. A run of the last axes of the block array is contiguous in the
  /// tensor for each lane; the lane is the position along the first axis modulo their number.
  private static func place(
    _ box: Box, _ layout: Layout, _ lanes: Int, _ size: Int, _ source: UnsafeRawBufferPointer,
    _ target: UnsafeMutableRawBufferPointer, row: Int, rows: Int
  ) {
    let shape = layout.system.tensors[box.owner].shape
    let inner = shape.dropFirst().reduce(1, *)
    var tail = box
    tail.starts[0] = 0
    tail.logs[0] = 0
    for lane in 0..<lanes {
      var position = row
      for block in box.starts[0]..<box.starts[0] + (1 << box.logs[0]) {
        let index = block * lanes + lane
        if index >= shape[0] { continue }
        position = row + (block - box.starts[0]) * (1 << (box.log - box.logs[0]))
        forEachRun(of: tail, shape: [1] + shape.dropFirst()) { start, count in
          let from = (index * inner + start) * size
          let to = (lane * rows + position) * size
          target.baseAddress!.advanced(by: to).copyMemory(
            from: source.baseAddress!.advanced(by: from), byteCount: count * size)
          position += count
        }
      }
    }
  }

  /// Σ over the lanes of eq(point, lane) · lane, for every row; rows past the last span are zero.
  func fold(_ point: [Fp3]) -> ExtensionVector {
    let weights = ExtensionVector(zeros: laneCount)
    let coordinates = point.map(\.raw)
    ck_e_eq_table(coordinates, coordinates.count, Fp3.one.raw, weights.raw, laneCount)
    let result = ExtensionVector(zeros: rowCount)
    result.raw.fill(.zero, count: rowCount)
    for span in spans {
      var shape = ck_mode_shape(
        outer: 1, rows: 1, n: laneCount, inner: span.rowCount, t_outer: 0, t_row: span.rowCount,
        v_row: laneCount, out_outer: span.rowCount, out_row: span.rowCount)
      span.values.withUnsafeBytes {
        ck_mode_int(
          &shape, weights.raw, span.values.kind, $0.baseAddress,
          result.raw.advanced(by: span.firstRow), 0)
      }
    }
    return result
  }

  /// One lane as field elements in Montgomery form.
  func lane(_ index: Int, into target: UnsafeMutablePointer<UInt64>) {
    target.update(repeating: 0, count: rowCount)
    for span in spans {
      span.values.withUnsafeBytes {
        ck_from_int(
          span.values.kind,
          $0.baseAddress!.advanced(by: index * span.rowCount * span.values.width.rawValue),
          target + span.firstRow, span.rowCount)
      }
    }
  }
}
