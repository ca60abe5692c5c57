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
    let values = IntegerBuffer(width: width, count: rows * lanes) { target in
      target.initializeMemory(as: UInt8.self, repeating: 0)
      for box in boxes {
        let copy = BoxCopy(box, layout, lanes: lanes, row: box.offset - first, rows: rows)
        model(box.owner).withUnsafeBytes { source in
          switch width {
          case .int16: copy(source, to: target, of: Int16.self)
          case .int32: copy(source, to: target, of: Int32.self)
          case .int64: copy(source, to: target, of: Int64.self)
          }
        }
      }
    }
    return Span(firstRow: first, rowCount: rows, values: values)
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

/// Copies one box of a model tensor into the rows of a span, all lanes of it.
///
/// A run of the last axes of the block array is contiguous in the tensor for each lane; the lane is
/// the position along the first axis modulo their number. The runs are those of every block and lane,
/// and most of a kernel's are of one or two values, so they are listed once and copied by value.
private struct BoxCopy: Sendable {
  private let runs: [(start: Int, count: Int)]
  /// Of the first axis of the block array, and the rows that each of them takes.
  private let blocks: Range<Int>
  private let blockRows: Int
  /// The extent of the tensor's first axis, and the values at each of its positions.
  private let extent: Int
  private let inner: Int
  private let lanes: Int
  private let row: Int
  private let rows: Int

  /// How many values are worth a thread: a small network's first is better started later.
  private static let leastShare = 1 << 17

  /// - Parameters:
  ///   - row: the box's first row in the span.
  ///   - rows: those of the span.
  init(_ box: Box, _ layout: Layout, lanes: Int, row: Int, rows: Int) {
    let shape = layout.system.tensors[box.owner].shape
    var tail = box
    tail.starts[0] = 0
    tail.logs[0] = 0
    var runs: [(start: Int, count: Int)] = []
    forEachRun(of: tail, shape: [1] + shape.dropFirst()) { runs.append(($0, $1)) }
    self.runs = runs
    blocks = box.starts[0]..<box.starts[0] + (1 << box.logs[0])
    blockRows = 1 << (box.log - box.logs[0])
    extent = shape[0]
    inner = shape.dropFirst().reduce(1, *)
    self.lanes = lanes
    self.row = row
    self.rows = rows
  }

  /// - Parameters:
  ///   - source: the tensor's values.
  ///   - target: the span's, lane by lane.
  func callAsFunction<Value: FixedWidthInteger & Sendable>(
    _ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer, of: Value.Type
  ) {
    guard let from = source.baseAddress?.assumingMemoryBound(to: Value.self),
      let to = target.baseAddress?.assumingMemoryBound(to: Value.self)
    else { return }
    // Each lane is written by one thread, and the tensor is only read.
    nonisolated(unsafe) let (values, written) = (from, to)
    Parallelism.loop(lanes, grain: max(1, Self.leastShare / blockRows / blocks.count)) { range in
      for lane in range { copy(lane, values, written + lane * rows + row) }
    }
  }

  private func copy<Value: FixedWidthInteger>(
    _ lane: Int, _ source: UnsafePointer<Value>, _ target: UnsafeMutablePointer<Value>
  ) {
    for block in blocks {
      let index = block * lanes + lane
      if index >= extent { continue }
      let values = source + index * inner
      var next = target + (block - blocks.lowerBound) * blockRows
      for run in runs {
        for position in run.start..<run.start + run.count {
          next.pointee = values[position]
          next += 1
        }
      }
    }
  }
}
