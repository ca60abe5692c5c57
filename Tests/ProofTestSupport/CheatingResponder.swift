import FieldArithmetic
import Hashing
import Transcript

@testable import Prover

/// What one message consists of.
enum MessageKind: Equatable, Sendable { case elements, digest, leaves, siblings }

/// One message of a proof: which one of its label, counted from 0, and of how many entries.
struct MessagePlace: Equatable, Sendable, CustomStringConvertible {
  var kind: MessageKind
  var label: MessageLabel
  var occurrence: Int
  var count: Int

  var holdsElements: Bool { kind == .elements || kind == .leaves }

  var description: String { "\(kind) \(label.code), number \(occurrence)" }
}

/// Stands between the protocol and another responder: it writes down what is said, and may change
/// it.
final class CheatingResponder: Responder {
  private let base: any Responder
  private(set) var places: [MessagePlace] = []
  /// All challenges and positions so far; each with the number of messages before it.
  private(set) var challenges: [(messages: Int, values: [Fp3])] = []

  var onElements: (MessagePlace, inout [Fp3]) -> Void = { _, _ in }
  var onDigest: (MessagePlace, inout Digest) -> Void = { _, _ in }
  var onLeaves: (MessagePlace, inout [Fp]) -> Void = { _, _ in }
  var onSiblings: (MessagePlace, inout [Digest]) -> Void = { _, _ in }
  var onChallenges: (MessageLabel, [Fp3]) -> Void = { _, _ in }
  /// The positions that the prover opens in place of those that were drawn.
  var onIndices: (inout [Int]) -> Void = { _ in }

  init(_ base: any Responder) { self.base = base }

  private func note(_ kind: MessageKind, _ label: MessageLabel, _ count: Int) -> MessagePlace {
    let earlier = places.count { $0.label == label }
    places.append(MessagePlace(kind: kind, label: label, occurrence: earlier, count: count))
    return places[places.count - 1]
  }

  func message(_ label: MessageLabel, count: Int) -> [Fp3] {
    var answer = base.message(label, count: count)
    onElements(note(.elements, label, count), &answer)
    return answer
  }

  func digest(_ label: MessageLabel) -> Digest {
    var answer = base.digest(label)
    onDigest(note(.digest, label, 1), &answer)
    return answer
  }

  func hintElements(_ label: MessageLabel, count: Int) -> [Fp] {
    var answer = base.hintElements(label, count: count)
    onLeaves(note(.leaves, label, count), &answer)
    return answer
  }

  func hintDigests(_ label: MessageLabel, count: Int) -> [Digest] {
    var answer = base.hintDigests(label, count: count)
    onSiblings(note(.siblings, label, count), &answer)
    return answer
  }

  func learn(_ label: MessageLabel, challenges values: [Fp3]) {
    challenges.append((places.count, values))
    onChallenges(label, values)
    base.learn(label, challenges: values)
  }

  func learn(_ label: MessageLabel, indices: [Int]) {
    challenges.append((places.count, indices.map { Fp3($0) }))
    var chosen = indices
    onIndices(&chosen)
    base.learn(label, indices: chosen)
  }
}

/// How one message is changed.
enum Change: Equatable, Sendable {
  /// One is added to the entry; a digest becomes another one.
  case replace(entry: Int)
  case swap(Int, Int)
}

extension CheatingResponder {
  /// Changes one message.
  func alter(_ target: MessagePlace, _ change: Change) {
    func isTarget(_ place: MessagePlace) -> Bool {
      place.label == target.label && place.occurrence == target.occurrence
    }
    onElements = { if isTarget($0) { change.apply(to: &$1) { $0 + Fp3(.zero, .zero, .one) } } }
    onDigest = { if isTarget($0) { $1 = Digest(hashing: $1.bytes) } }
    onLeaves = { if isTarget($0) { change.apply(to: &$1) { $0 + .one } } }
    onSiblings = {
      if isTarget($0) { change.apply(to: &$1) { Digest(hashing: $0.bytes) } }
    }
  }
}

extension Change {
  func apply<Entry>(to entries: inout [Entry], _ replacement: (Entry) -> Entry) {
    switch self {
    case .replace(let entry): entries[entry] = replacement(entries[entry])
    case .swap(let a, let b): entries.swapAt(a, b)
    }
  }
}
