import EventLoop
import Support
import Synchronization
import Testing
import Varlink

/// Bytes that count how often one of them is looked at.
private struct CountedBytes: RandomAccessCollection {
  private let bytes: [UInt8]
  private let counter: Counter

  final class Counter: Sendable {
    private let value = Atomic<Int>(0)
    var count: Int { value.load(ordering: .relaxed) }
    func add() { value.add(1, ordering: .relaxed) }
  }

  init(_ text: String, _ counter: Counter) { (bytes, self.counter) = (Array(text.utf8), counter) }

  var startIndex: Int { 0 }
  var endIndex: Int { bytes.count }
  subscript(index: Int) -> UInt8 {
    counter.add()
    return bytes[index]
  }
}

private func call(_ method: String, _ parameters: String) -> String {
  #"{"method":"org.example.test.\#(method)","parameters":\#(parameters)}"#
}
private func invalid(_ parameter: String) -> String {
  #"{"error":"org.varlink.service.InvalidParameter","parameters":{"parameter":"\#(parameter)"}}"#
}

/// Long, and harmless: plain letters of one byte, and of two.
private let long = ["x", "\u{e4}"].map { String(repeating: $0, count: 20_000) }

@Suite(.timeLimit(.minutes(5))) struct TextTests {
  // MARK: What parsing costs

  @Test(arguments: [
    #"{"parameters":{"text":"%"}}"#, #"{"%":1}"#, #"["%"]"#, #""\u00e4\n%\/""#, #"[1,"%",[[{}]]]"#,
    #"{"a":"%","b":"%"}"#,
    #"%"#, #"{"a":"%"#,
  ])
  func `a byte is looked at a few times, however many there are`(shape: String) {
    for letter in ["x", "\u{e4}", "1", " ", "[", #"{"a":"#, #"\n"#] {
      for size in [1, 100, 10_000] {
        let text = shape.replacing("%", with: String(repeating: letter, count: size))
        let counter = CountedBytes.Counter()
        _ = try? JSONValue.parse(inPlace: CountedBytes(text, counter))
        #expect(counter.count <= 12 * text.utf8.count + 64, "\(letter) \(size) times")
      }
    }
  }

  @Test(arguments: [127, 128, 129, 20_000]) func `a member's name is short`(size: Int) {
    let name = String(repeating: "n", count: size)
    #expect(((try? JSONValue(parsing: #"{"\#(name)":1}"#.utf8)) != nil) == (size <= 128))
  }

  @Test(arguments: ["\u{e4}", #"\u00e4"#, #"\n"#, "\u{7f}"]) func `a member's name is ASCII that prints`(name: String) {
    #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: #"{"\#(name)":1}"#.utf8) }
  }

  @Test func `a number has a bounded length`() {
    #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: String(repeating: "7", count: 65).utf8) }
    #expect((try? JSONValue(parsing: ("0." + String(repeating: "3", count: 62)).utf8)) != nil)
  }

  // MARK: What a handler can get to see

  @Test(arguments: long) func `a long text is refused by the name of its parameter`(text: String) async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      let peer = try await harness.connect()
      #expect(peer.exchange(call("Name", #"{"text":"\#(text)"}"#)) == invalid("text"))
      let nested = #"{"choice":"one","more":[{"text":"\#(text)"}]}"#
      #expect(peer.exchange(call("Choose", nested)) == invalid("more"))
      #expect(peer.exchange(call("Name", #"{"text":"on"}"#)) == #"{"parameters":{"text":"on"}}"#)
    }
  }

  @Test(arguments: [512, 513]) func `a text has at most 512 bytes`(size: Int) async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      let peer = try await harness.connect()
      let parameters = #"{"text":"\#(String(repeating: "x", count: size))"}"#
      let expected = size > 512 ? invalid("text") : #"{"parameters":\#(parameters)}"#
      #expect(peer.exchange(call("Name", parameters)) == expected)
    }
  }

  @Test(arguments: long + ["\u{e4}", "three", ""]) func `one of several values is a name`(text: String) async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      let peer = try await harness.connect()
      #expect(peer.exchange(call("Choose", #"{"choice":"\#(text)"}"#)) == invalid("choice"))
      #expect(peer.exchange(call("Choose", #"{"choice":"other"}"#)) == #"{"parameters":{"choice":"other"}}"#)
    }
  }

  @Test(arguments: long + ["\u{e4}", "org.\u{e4}.Name"])
  func `the names of methods and interfaces are names`(text: String) async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      let peer = try await harness.connect()
      #expect(peer.exchange(#"{"method":"\#(text)"}"#) == invalid("method"))
      #expect(peer.exchange(#"{"method":"org.example.test.\#(text)"}"#) == invalid("method"))
      let describe = #"{"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":"\#(text)"}}"#
      #expect(peer.exchange(describe) == invalid("interface"))
    }
  }

  @Test(arguments: long) func `a member whose name is none ends the connection`(text: String) async throws {
    try await withVarlinkServer([Example.interface()]) { harness in
      for message in [#"{"\#(text)":1}"#, call("Name", #"{"\#(text)":1}"#), call("Name", #"{"text":{"\#(text)":1}}"#)] {
        let peer = try await harness.connect()
        #expect(peer.exchange(message) == invalid("message"))
        #expect(peer.receive() == nil)
      }
    }
  }

  // MARK: Long calls

  @Test func `one method may take longer calls than the others`() async throws {
    try await withVarlinkServer([Example.interface(), Example.long]) { harness in
      func exchange(_ method: String, _ size: Int) async throws -> String? {
        let peer = try await harness.connect()
        return peer.exchange(
          #"{"method":"\#(method)","parameters":{"text":"\#(String(repeating: "x", count: size))"}}"#)
      }
      #expect(try await exchange("org.example.long.Echo", 200_000)?.utf8.count ?? 0 > 200_000)
      #expect(try await exchange("org.example.long.Echo", 1 << 20) == invalid("message"))
      for method in ["org.example.test.Echo", "org.example.test.Nothing"] {
        let reply = try await exchange(method, 200_000)
        #expect(reply?.contains("error") == true && reply?.utf8.count ?? .max < 200)
      }
    }
  }
}
