import EventLoop
import Support
import Varlink

/// The interface that the tests talk to.
enum Example {
  struct Text: Codable, Sendable {
    var text: String
  }
  struct Count: Codable, Sendable {
    var count: Int
  }
  struct Chosen: Codable, Sendable {
    enum Choice: String, Codable, Sendable { case one, other }
    var choice: Choice
    var more: [Text]?
  }
  struct Number: Codable, Sendable {
    var number: Int
  }

  static let description = """
    interface org.example.test
    method Echo(text: string) -> (text: string)
    method Count(count: int) -> (number: int)
    method Watch() -> (number: int)
    method Fail() -> ()
    error Broken (number: int)

    """

  /// What handlers tell the test.
  struct Log: Sendable {
    private let entries = Locked<[String]>([])
    private let stream: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    var all: [String] { entries.withLock { $0 } }

    func add(_ entry: String) {
      entries.withLock { $0.append(entry) }
      continuation.yield(entry)
    }

    /// Waits until a handler says so.
    func wait(for entry: String) async {
      for await next in stream where next == entry { return }
    }
  }

  static func interface(log: Log = Log()) -> VarlinkInterface {
    VarlinkInterface(
      "org.example.test", description: description,
      methods: [
        .method("Echo", MethodTerms { ($0.goesOn, $0.longestText) = (true, 1 << 20) }) { (parameters: Text, _) in
          log.add(parameters.text)
          return parameters
        },
        .stream("Count") { (parameters: Count, _, replies: Replies<Number>) in
          for number in 1..<max(1, parameters.count) { replies.send(Number(number: number)) }
          return Number(number: parameters.count)
        },
        .stream("Watch", .needsMore) { (_: NoParameters, call, replies: Replies<Number>) in
          replies.send(Number(number: 0))
          await untilCancelled()
          log.add("cancelled")
          return Number(number: -1)
        },
        .method("Hold") { (_: NoParameters, _) in
          log.add("held")
          await untilCancelled()
          log.add("cancelled")
          return NoParameters()
        },
        .method("Stay", .goesOn) { (_: NoParameters, _) in
          log.add("held")
          await untilCancelled()
          log.add("cancelled")
          return NoParameters()
        },
        .method("Name") { (parameters: Text, _) in parameters },
        .method("Choose") { (parameters: Chosen, _) in parameters },
        .method("Fail") { (_: NoParameters, _) throws(VarlinkError) -> NoParameters in
          throw VarlinkError("org.example.test.Broken", Number(number: 7))
        },
        .stream("Flood") { (parameters: Count, _, replies: Replies<Text>) in
          let text = Text(text: String(repeating: "x", count: 1000))
          for _ in 0..<parameters.count {
            replies.send(text)
            if Task.isCancelled { log.add("dropped") }
            if Task.isCancelled { break }
          }
          return text
        },
        .stream("Burst") { (parameters: Count, _, replies: Replies<Text>) in
          replies.send(Text(text: String(repeating: "x", count: parameters.count)))
          for text in ["a", "b", "c"] { replies.send(Text(text: text)) }
          return Text(text: "d")
        },
        .method("WhoAmI") { (_: NoParameters, call) in Number(number: Int(call.peer.uid)) },
      ])
  }

  /// One whose method takes longer calls than others.
  static let long = VarlinkInterface(
    "org.example.long", description: "interface org.example.long\nmethod Echo(text: string) -> (text: string)\n",
    methods: [
      .method("Echo", MethodTerms { ($0.longestText, $0.longestCall) = (.max, 1 << 20) }) { (parameters: Text, _) in
        parameters
      }
    ])

  /// Suspends until the task is cancelled.
  static func untilCancelled() async {
    let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
    await withTaskCancellationHandler {
      for await _ in stream {}
    } onCancel: {
      continuation.finish()
    }
  }
}
