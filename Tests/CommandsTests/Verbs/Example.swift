import Interface
import Testing
import Varlink
import Vocabulary

@testable import Commands

/// One command line against a daemon that answers as it should: what is typed, what the daemon is asked, what it
/// answers, and what the person reads. The values are those of the interface, so that no method can be given
/// another's parameters or reply.
struct Example: Sendable, CustomTestStringConvertible {
  let line: String
  let call: FakeDaemon.Event
  let script: FakeDaemon.Script
  let text: String
  /// The objects in JSON.
  let objects: [JSONValue]

  var testDescription: String { line.isEmpty ? "no verb" : line }
  var words: [String] { line.split(separator: " ").map(String.init) }

  private init(_ line: String, _ call: FakeDaemon.Event, _ replies: [JSONValue], _ text: String, _ objects: [JSONValue])
  {
    self.line = line
    self.call = call
    script = FakeDaemon.Script(progress: replies.dropLast(), result: .success(replies.last ?? .emptyObject))
    self.text = text
    self.objects = objects
  }

  /// The verb asks once; what it prints in JSON is the answer, unless it is said to be something else.
  init<Parameters: Encodable, Reply: Encodable>(
    _ line: String, calls signature: Signature<Parameters, Reply>, _ parameters: Parameters, answer: Reply,
    shows text: String, inJSON object: (any Encodable & Sendable)? = nil
  ) {
    let object = object.map { tree($0) } ?? tree(answer)
    self.init(line, .call(signature, parameters), [tree(answer)], text, [object])
  }

  /// The verb asks once, and prints some objects in JSON.
  init<Parameters: Encodable, Reply: Encodable>(
    _ line: String, calls signature: Signature<Parameters, Reply>, _ parameters: Parameters, answer: Reply,
    shows text: String, inJSON objects: [any Encodable & Sendable]
  ) {
    self.init(line, .call(signature, parameters), [tree(answer)], text, objects.map { tree($0) })
  }

  /// The verb follows what the daemon does. In JSON it prints the last answer, and all of a stream that goes on until
  /// the client leaves. What it prints in JSON is that, unless it is said to be something else.
  init<Parameters: Encodable, Reply: Encodable>(
    _ line: String, follows signature: Signature<Parameters, Reply>, _ parameters: Parameters, answers: Reply...,
    shows text: String, inJSON object: (any Encodable & Sendable)? = nil
  ) {
    let replies = answers.map { tree($0) }
    let last = object.map { [tree($0)] } ?? replies.suffix(1)
    let objects = signature.replies == .untilLeft ? replies : last
    self.init(line, .follow(signature, parameters), replies, text, objects)
  }
}

extension Control.OperationReply {
  /// What comes before the result.
  static let onItsWay = Self(progress: Progress(stage: .pairing, message: "Pairing"))

  /// The headset of the samples with what was proven of it.
  static func headset(proven: [Proof.What]) -> Self {
    Self(device: Samples.headset, proofs: proven.map { Proof(what: $0, proven: true) })
  }

  static let headset = Self(device: Samples.headset)
}
