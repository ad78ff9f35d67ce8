import EventLoop
import Foundation
import Interface
import Simulator
import Support
import Testing
import Vocabulary

/// Questions of a pairing, from BlueZ's agent to the person and back.
@Suite(.serialized, .timeLimit(.minutes(5))) struct QuestionTests {
  private struct Reply<Parameters: Decodable>: Decodable {
    let parameters: Parameters?
    let error: String?
  }

  private static func dial(_ path: String) throws -> VarlinkPeer {
    try VarlinkPeer(try UnixSocket.connect(path: path).take())
  }

  private static func decode<Value: Decodable>(_ text: String?) throws -> Reply<Value> {
    try JSONDecoder().decode(Reply<Value>.self, from: Data((text ?? "").utf8))
  }

  /// Pairs, answers what is asked, and returns the kinds of the questions and the error at the end.
  private static func pair(
    _ path: String, accept: Bool, value: String?
  ) throws -> (asked: [Question.Kind], error: String?) {
    let pairing = try dial(path)
    pairing.send(
      #"{"method":"org.mdrctl.Control.Pair","more":true,"parameters":{"device":"WH-1000XM4","ask":true}}"#)
    var asked: [Question.Kind] = []
    while let text = pairing.receive() {
      let reply: Reply<Control.OperationReply> = try decode(text)
      if let error = reply.error { return (asked, error) }
      if let question = reply.parameters?.question {
        asked.append(question.kind)
        if question.kind == .display { continue }
        let value = value.map { #","value":"\#($0)""# } ?? ""
        let answer = try dial(path).exchange(
          #"{"method":"org.mdrctl.Control.Answer","parameters":{"question":\#(question.id),"accept":\#(accept)\#(value)}}"#
        )
        let answered: Reply<Control.NoReply> = try decode(answer)
        if let error = answered.error { return (asked, "Answer: \(error)") }
      }
      if reply.parameters?.device != nil { return (asked, nil) }
    }
    return (asked, "the connection ended")
  }

  @Test(arguments: [
    (Headset.Capability.displayYesNo, Question.Kind.confirmation, nil, true),
    (.displayYesNo, .confirmation, nil, false),
    (.display, .passkey, "\(Simulator.shownPasskey)", true),
    (.display, .passkey, "1", true),
    (.keyboard, .display, nil, true),
  ])
  func `what BlueZ asks reaches the person, and the answer decides`(
    _ capability: Headset.Capability, _ kind: Question.Kind, _ value: String?, _ accept: Bool
  ) async throws {
    try await withPrograms {
      await $0.add(Sony.pairing { $0.capability = capability })
    } _: { programs in
      let path = programs.socketPath
      let outcome = try await offPool { try Self.pair(path, accept: accept, value: value) }
      #expect(outcome.asked.first == kind)
      let isRight = accept && value != "1"
      #expect(outcome.error == (isRight ? nil : ErrorCode.authenticationFailed.varlinkName))
      #expect(await programs.simulator.keysMatch(Sony.new) == isRight)
      #expect(await programs.simulator.isTidy)
    }
  }

  @Test(arguments: ["4711", "1234"]) func `an old headset's PIN is asked for`(_ typed: String) async throws {
    try await withPrograms {
      await $0.add(Sony.pairing { $0.pin = "4711" })
    } _: { programs in
      let path = programs.socketPath
      let outcome = try await offPool { try Self.pair(path, accept: true, value: typed) }
      #expect(outcome.asked == [.pin])
      #expect(outcome.error == (typed == "4711" ? nil : ErrorCode.authenticationFailed.varlinkName))
    }
  }

  @Test func `an answer to nothing is refused`() async throws {
    try await withPrograms { programs in
      let path = programs.socketPath
      let answer = try await offPool {
        try Self.dial(path).exchange(
          #"{"method":"org.mdrctl.Control.Answer","parameters":{"question":7,"accept":true}}"#)
      }
      let reply: Reply<Control.NoReply> = try Self.decode(answer)
      #expect(reply.error?.hasPrefix(Control.interface) == true)
    }
  }
}
