import EventLoop
import Foundation
import Interface
import Simulator
import Support
import Testing

/// An interface's text as far as calls need it: what each field of each method takes.
private struct Description {
  indirect enum Kind {
    case text, number, flag, choice(String), list(Kind), fields([(name: String, kind: Kind, isNeeded: Bool)])

    /// Something of this kind.
    var sample: String {
      switch self {
      case .text: "\"WH-1000XM4\""
      case .number: "1"
      case .flag: "false"
      case .choice(let word): "\"\(word)\""
      case .list(let kind): "[\(kind.sample)]"
      case .fields: object(putting: nil, at: 0)
      }
    }

    /// How many places of a value there are that hold one thing.
    var places: Int {
      switch self {
      case .list(let kind): kind.places
      case .fields(let fields): fields.map(\.kind.places).reduce(0, +)
      default: 1
      }
    }

    /// A value that has `text` at one of its places.
    func putting(_ text: String, at place: Int) -> String {
      switch self {
      case .list(let kind): "[\(kind.putting(text, at: place))]"
      case .fields: object(putting: text, at: place)
      default: "\"\(text)\""
      }
    }

    private func object(putting text: String?, at place: Int) -> String {
      guard case .fields(let fields) = self else { return "" }
      var members: [String] = []
      var first = 0
      for field in fields {
        let range = first..<first + field.kind.places
        first = range.upperBound
        if let text, range.contains(place) {
          members.append("\"\(field.name)\":\(field.kind.putting(text, at: place - range.lowerBound))")
        } else if field.isNeeded {
          members.append("\"\(field.name)\":\(field.kind.sample)")
        }
      }
      return "{\(members.joined(separator: ","))}"
    }
  }

  private var tokens: ArraySlice<Substring>
  private var types: [Substring: Kind] = [:]
  private(set) var methods: [(name: String, parameters: Kind)] = []

  init(_ text: String) throws {
    let plain = text.split(separator: "\n").map { $0.prefix { $0 != "#" } }.joined(separator: "\n")
    let all = plain.matches(of: /->|\[\]|[A-Za-z0-9.]+|[():?,]/).map(\.output)[...]
    tokens = all
    // A type may be used before it is defined, and so may one that it uses.
    for _ in 0..<4 {
      (tokens, methods) = (all, [])
      try read()
    }
  }

  private mutating func read() throws {
    while let word = tokens.popFirst() {
      guard ["type", "method", "error"].contains(word) else { continue }
      let name = tokens.popFirst() ?? ""
      let kind = try kind()
      if word == "type" { types[name] = kind }
      guard word == "method" else { continue }
      methods.append((String(name), kind))
      tokens.removeFirst()
      _ = try self.kind()
    }
  }

  private mutating func kind() throws -> Kind {
    let next = tokens.popFirst()
    let word = try #require(next)
    switch word {
    case "?": return try kind()
    case "[]": return .list(try kind())
    case "string": return .text
    case "int": return .number
    case "bool": return .flag
    case "(":
      var fields: [(name: String, kind: Kind, isNeeded: Bool)] = []
      var words: [Substring] = []
      while let name = tokens.popFirst(), name != ")" {
        if name == "," { continue }
        guard tokens.first == ":" else {
          words.append(name)
          continue
        }
        tokens.removeFirst()
        fields.append((String(name), .flag, tokens.first != "?"))
        fields[fields.count - 1].kind = try kind()
      }
      return words.first.map { .choice(String($0)) } ?? .fields(fields)
    default: return types[word] ?? .flag
    }
  }
}

/// Long texts in every place that a client can put one. They are harmless: plain letters of one byte, and of two.
@Suite(.serialized, .timeLimit(.minutes(5))) struct LongTextTests {
  private static let interfaces = [(Control.interface, Control.description), (Session.interface, Session.description)]

  /// Sends a call over a connection of its own; the first thing that comes back.
  private static func exchange(_ programs: Programs, _ method: String, _ parameters: String) throws -> String? {
    let peer = try VarlinkPeer(try UnixSocket.connect(path: programs.socketPath).take())
    return peer.exchange("{\"method\":\"\(method)\",\"more\":true,\"parameters\":\(parameters)}")
  }

  /// The longest run of a letter, in bytes.
  private static func longestRun(of letter: Character, in text: String) -> Int {
    var (longest, run) = (0, 0)
    for character in text {
      run = character == letter ? run + String(letter).utf8.count : 0
      longest = max(longest, run)
    }
    return longest
  }

  /// Each field of each method, with a long text in it and something sensible in the others.
  private static func calls(with text: String) throws -> [(method: String, parameters: String)] {
    var calls: [(String, String)] = []
    for (interface, description) in interfaces {
      for method in try Description(description).methods {
        for place in 0..<method.parameters.places {
          calls.append(("\(interface).\(method.name)", method.parameters.putting(text, at: place)))
        }
      }
    }
    return calls
  }

  @Test(arguments: ["x", "\u{e4}"])
  func `a long text in any field is refused before anything looks at it`(letter: Character) async throws {
    let calls = try Self.calls(with: String(repeating: letter, count: 20_000))
    #expect(calls.count > 70)
    try await withPrograms(prepare: { await $0.add(known: [Sony.earbuds()], bonded: true) }) { programs in
      try await offPool {
        for call in calls {
          let reply = try #require(try Self.exchange(programs, call.method, call.parameters), "\(call.method)")
          #expect(reply.contains("org.varlink.service.InvalidParameter"), "\(call.method): \(reply)")
          #expect(reply.utf8.count < 150)
        }
      }
      // Nothing of it went further.
      let isUntouched = await programs.simulator.calls("Connect").isEmpty
      #expect(isUntouched)
      try await programs.expect(.ok, "status")
    }
  }

  @Test(arguments: ["x", "\u{e4}"])
  func `what is repeated of a text has at most 248 bytes`(letter: Character) async throws {
    // As long as the longest text that is looked at.
    let text = String(repeating: letter, count: 512 / String(letter).utf8.count)
    let calls = try Self.calls(with: text)
    try await withPrograms(prepare: { await $0.add(known: [Sony.earbuds()], bonded: true) }) { programs in
      try await offPool {
        for call in calls {
          let reply = try #require(try Self.exchange(programs, call.method, call.parameters), "\(call.method)")
          #expect(Self.longestRun(of: letter, in: reply) <= 248, "\(call.method): \(reply)")
        }
      }
      try await programs.expect(.ok, "status")
    }
  }

  @Test(arguments: ["x", "\u{e4}"])
  func `long names of methods, interfaces and members are refused`(letter: Character) async throws {
    let text = String(repeating: letter, count: 20_000)
    try await withPrograms { programs in
      try await offPool {
        for method in [text, "org.mdrctl.Control.\(text)", "\(text).Status", "org.\(text).Control.Status"] {
          let reply = try Self.exchange(programs, method, "{}")
          #expect(reply?.contains("InvalidParameter") == true && reply?.utf8.count ?? .max < 150)
        }
        for parameters in ["{\"\(text)\":1}", "{\"device\":{\"\(text)\":1}}"] {
          let reply = try Self.exchange(programs, "org.mdrctl.Control.Show", parameters)
          #expect(reply?.contains("InvalidParameter") == true && reply?.utf8.count ?? .max < 150)
        }
      }
      try await programs.expect(.ok, "status")
    }
  }
}
