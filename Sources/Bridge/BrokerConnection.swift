internal import CMosquitto
internal import EventLoop
internal import Glibc

/// What a connection with a broker is made with.
struct BrokerSettings: Sendable {
  var host: String
  var port: Int
  var isEncrypted = false
  var authorities: String?
  var user: String?
  var password: String?
  /// What the broker knows this client by.
  var identifier: String
  /// What the broker holds, retained, in the topic of the will when the connection ends without a word.
  var willTopic: String
  var willPayload: String
}

/// One connection with a broker, from its beginning to its end: libmosquitto, of which nothing blocks but a thread that
/// looks the name up and connects. It is used on the loop's thread only.
@safe final class BrokerConnection {
  enum Event {
    /// The broker's answer: 0, or a CONNACK's reason to refuse.
    case answered(Int32)
    case message(topic: String, payload: [UInt8], isRetained: Bool)
  }

  private var raw: OpaquePointer?
  /// What came in the call of the library that is under way: nobody acts from within it.
  private var events: [Event] = []

  /// In bytes: of a longer one so much and one more is kept, which nothing understands.
  private static let longestPayload = 256
  private static let longestTopic = 256

  init(_ settings: BrokerSettings) throws(BrokerFailure) {
    var callbacks = unsafe cmosquitto_callbacks()
    unsafe callbacks.context = Unmanaged.passUnretained(self).toOpaque()
    unsafe callbacks.on_answer = { context, code in
      unsafe BrokerConnection.from(context)?.events.append(.answered(code))
    }
    unsafe callbacks.on_message = { context, topic, payload, length, isRetained in
      unsafe BrokerConnection.from(context)?.take(topic, payload, length, isRetained != 0)
    }
    var why: Int32 = 0
    unsafe raw = Self.make(settings, &callbacks, &why)
    guard unsafe raw != nil else {
      let isFile = settings.authorities != nil
      throw BrokerFailure(
        message: "No connection can be made.", evidence: unsafe Self.words(nil, why),
        hint: isFile ? "Can CAFile= in bridge.conf be read by this service?" : "Look at bridge.conf.")
    }
  }

  deinit { if let raw = unsafe raw { unsafe cmosquitto_free(raw) } }

  private static func make(
    _ settings: BrokerSettings, _ callbacks: UnsafePointer<cmosquitto_callbacks>, _ why: UnsafeMutablePointer<Int32>
  ) -> OpaquePointer? {
    let texts = [
      settings.identifier, settings.host, settings.user, settings.password, settings.authorities, settings.willTopic,
      settings.willPayload,
    ]
    return unsafe withCStrings(texts, []) { texts in
      var plain = unsafe cmosquitto_settings()
      unsafe (plain.identifier, plain.host, plain.port) = (texts[0], texts[1], Int32(settings.port))
      unsafe (plain.user, plain.password) = (texts[2], texts[3])
      unsafe (plain.is_encrypted, plain.authorities) = (settings.isEncrypted ? 1 : 0, texts[4])
      unsafe (plain.will_topic, plain.will_payload) = (texts[5], texts[6])
      unsafe plain.keep_alive = Int32(BrokerMachine.keepAlive)
      return unsafe cmosquitto_new(&plain, callbacks, why)
    }
  }

  private static func withCStrings<Value>(
    _ texts: [String?], _ pointers: [UnsafePointer<CChar>?], _ body: ([UnsafePointer<CChar>?]) -> Value
  ) -> Value {
    guard let first = texts.first else { return unsafe body(pointers) }
    let rest = Array(texts.dropFirst())
    guard let first else { return unsafe withCStrings(rest, pointers + [nil], body) }
    return unsafe first.withCString { unsafe withCStrings(rest, pointers + [$0], body) }
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> BrokerConnection? {
    guard let context = unsafe context else { return nil }
    return unsafe Unmanaged<BrokerConnection>.fromOpaque(context).takeUnretainedValue()
  }

  private func take(
    _ topic: UnsafePointer<CChar>?, _ payload: UnsafeRawPointer?, _ length: Int, _ isRetained: Bool
  ) {
    guard let topic = unsafe topic, unsafe strnlen(topic, Self.longestTopic + 1) <= Self.longestTopic else { return }
    let bytes = unsafe UnsafeRawBufferPointer(start: payload, count: min(length, Self.longestPayload + 1))
    unsafe events.append(.message(topic: String(cString: topic), payload: Array(bytes), isRetained: isRetained))
  }

  // MARK: Connecting

  /// Begins to connect. The descriptor becomes readable when that is over.
  func begin() throws(BrokerFailure) -> Int32 {
    guard let raw = unsafe raw else { throw .ended }
    let descriptor = unsafe cmosquitto_begin(raw)
    guard descriptor >= 0 else { throw .unreachable("\(SystemError(call: "thread", errno: -descriptor))") }
    return descriptor
  }

  /// Has connecting go on with the host's next address.
  func hasten() { if let raw = unsafe raw { unsafe cmosquitto_hasten(raw) } }

  /// To be called when connecting is over; the socket, on which the broker is to answer.
  func outcome() throws(BrokerFailure) -> Int32 {
    guard let raw = unsafe raw else { throw .ended }
    let result = unsafe cmosquitto_outcome(raw)
    guard result == 0 else { throw failure(result, else: BrokerFailure.unreachable) }
    return unsafe cmosquitto_socket(raw)
  }

  // MARK: Connected

  var wantsToWrite: Bool {
    guard let raw = unsafe raw else { return false }
    return unsafe cmosquitto_wants_to_write(raw) != 0
  }

  /// Writes and reads what can be; returns what came, and why that was the end where it was.
  func move(_ readiness: Readiness) -> (events: [Event], end: BrokerFailure?) {
    guard let raw = unsafe raw else { return ([], .ended) }
    var result: Int32 = 0
    if readiness.contains(.writable) { result = unsafe cmosquitto_write(raw) }
    if result == 0, !readiness.isDisjoint(with: [.readable, .broken]) { result = unsafe cmosquitto_read(raw) }
    defer { events = [] }
    return (events, result == 0 ? nil : failure(result) { _ in .ended })
  }

  /// Looks after the keep-alive.
  func tend() throws(BrokerFailure) { try unsafe check { unsafe cmosquitto_tend($0) } }

  /// Has the broker hold a payload.
  func publish(_ message: Publications.Message) throws(BrokerFailure) {
    try unsafe check { raw in
      unsafe message.payload.withUnsafeBytes { bytes in
        unsafe cmosquitto_publish(raw, message.topic, bytes.baseAddress, bytes.count, 1)
      }
    }
  }

  func subscribe(_ filter: String) throws(BrokerFailure) {
    try unsafe check { unsafe cmosquitto_subscribe($0, filter) }
  }
  func unsubscribe(_ filter: String) throws(BrokerFailure) {
    try unsafe check { unsafe cmosquitto_unsubscribe($0, filter) }
  }

  /// Ends the connection with a word, so that the will is not published.
  func disconnect() { if let raw = unsafe raw { unsafe cmosquitto_disconnect(raw) } }

  private func check(_ body: (OpaquePointer) -> Int32) throws(BrokerFailure) {
    guard let raw = unsafe raw else { throw .ended }
    let result = unsafe body(raw)
    guard result == 0 else { throw failure(result) { _ in .ended } }
  }

  // MARK: Failures

  /// What OpenSSL said counts more than the library's result.
  private func failure(_ result: Int32, else plain: (String) -> BrokerFailure) -> BrokerFailure {
    guard let raw = unsafe raw else { return .ended }
    let evidence = unsafe String(cString: cmosquitto_evidence(raw))
    guard evidence.isEmpty else { return .untrusted(evidence) }
    return plain(unsafe Self.words(raw, result))
  }

  private static func words(_ raw: OpaquePointer?, _ result: Int32) -> String {
    unsafe String(cString: cmosquitto_words(raw, result))
  }

  /// What a broker's answer means.
  static func words(ofAnswer code: Int32) -> String { unsafe String(cString: cmosquitto_answer_words(code)) }
}
