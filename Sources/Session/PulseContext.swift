internal import CPulse

/// One connection to a sound server, from connecting to its end: libpulse's context.
///
/// It is used on the loop's thread only. Whatever is asked is answered, by `finish`, once: when the connection ends first,
/// with a failure.
@safe final class PulseContext {
  enum Event {
    case ready
    /// Something that ``facts(_:)`` tells is not what it was.
    case changed
    /// A program has connected to the sound server, or left it; by its number.
    case clientCame
    case clientLeft(UInt32)
    /// The last event.
    case ended(PulseError)
  }
  typealias Completion<Value> = (Result<Value, PulseError>) -> Void

  private let loop: PulseLoop
  private var raw: OpaquePointer?
  private let onEvent: (Event) -> Void
  private var requests: [ObjectIdentifier: any PulseRequest] = [:]

  init(on loop: PulseLoop, onEvent: @escaping (Event) -> Void) {
    self.loop = loop
    self.onEvent = onEvent
    unsafe raw = cpulse_context_new(loop.api, "mdrctl", "org.mdrctl.Session")
  }

  deinit { close() }

  /// Connects to a server, or to the one that libpulse finds by itself. How that ends is an event, which may come at once.
  func connect(to server: String?) {
    guard let raw = unsafe raw else { return onEvent(.ended(Self.error(CPULSE_INTERNAL))) }
    let userdata = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe pa_context_set_state_callback(raw, { unsafe PulseContext.from($1)?.takeState() }, userdata)
    unsafe pa_context_set_subscribe_callback(
      raw,
      { _, event, index, context in
        guard let context = unsafe PulseContext.from(context) else { return }
        if cpulse_is_change(event) != 0 { context.onEvent(.changed) }
        if cpulse_client_came(event) != 0 { context.onEvent(.clientCame) }
        if cpulse_client_left(event) != 0 { context.onEvent(.clientLeft(index)) }
      }, userdata)
    // A failure is told by the state as well.
    _ = unsafe cpulse_context_connect(raw, server)
  }

  /// Ends the connection; nothing is told of it any more, but what was asked is answered.
  func close() { end(with: Self.error(CPULSE_ENDED)) }

  private func end(with error: PulseError) {
    guard let raw = unsafe raw else { return }
    unsafe self.raw = nil
    unsafe pa_context_set_state_callback(raw, nil, nil)
    unsafe pa_context_set_subscribe_callback(raw, nil, nil)
    // Which cancels what libpulse has not answered: it calls nobody back any more.
    unsafe pa_context_disconnect(raw)
    unsafe pa_context_unref(raw)
    let requests = requests
    self.requests = [:]
    for request in requests.values { request.fail(error) }
  }

  private static func from(_ userdata: UnsafeMutableRawPointer?) -> PulseContext? {
    guard let userdata = unsafe userdata else { return nil }
    return unsafe Unmanaged<PulseContext>.fromOpaque(userdata).takeUnretainedValue()
  }

  private func takeState() {
    guard let raw = unsafe raw else { return }
    switch Int(unsafe pa_context_get_state(raw).rawValue) {
    case CPULSE_READY:
      if let operation = unsafe cpulse_subscribe(raw) { unsafe pa_operation_unref(operation) }
      onEvent(.ready)
    case CPULSE_FAILED, CPULSE_TERMINATED:
      let error = lastError
      end(with: error)
      onEvent(.ended(error))
    default: break
    }
  }

  // MARK: Errors

  private var lastError: PulseError {
    guard let raw = unsafe raw else { return Self.error(CPULSE_ENDED) }
    return Self.error(Int(unsafe pa_context_errno(raw)))
  }

  private static func error(_ code: Int) -> PulseError {
    let kind: PulseError.Kind =
      switch code {
      case CPULSE_REFUSED: .absent
      case CPULSE_ENDED: .ended
      default: .other
      }
    return PulseError(kind: kind, words: unsafe String(cString: pa_strerror(Int32(code))))
  }

  // MARK: Requests

  func server(_ finish: @escaping Completion<ServerFacts>) {
    unsafe ask(PulseValue(self, finish)) { raw, request in
      unsafe pa_context_get_server_info(
        raw,
        { _, info, request in
          unsafe PulseValue<ServerFacts>.from(request)?.take(info.map { unsafe ServerFacts($0.pointee) })
        }, request)
    }
  }

  func cards(_ finish: @escaping Completion<[CardFacts]>) {
    unsafe ask(PulseList(self, finish)) { raw, request in
      unsafe pa_context_get_card_info_list(
        raw,
        { _, info, end, request in
          unsafe PulseList<CardFacts>.from(request)?.take(info.map { unsafe CardFacts($0.pointee) }, end)
        }, request)
    }
  }

  func sinks(_ finish: @escaping Completion<[EndpointFacts]>) {
    unsafe ask(PulseList(self, finish)) { raw, request in
      unsafe pa_context_get_sink_info_list(
        raw,
        { _, info, end, request in
          unsafe PulseList<EndpointFacts>.from(request)?.take(info.map { unsafe EndpointFacts($0.pointee) }, end)
        }, request)
    }
  }

  func sources(_ finish: @escaping Completion<[EndpointFacts]>) {
    unsafe ask(PulseList(self, finish)) { raw, request in
      unsafe pa_context_get_source_info_list(
        raw,
        { _, info, end, request in
          unsafe PulseList<EndpointFacts>.from(request)?.take(info.map { unsafe EndpointFacts($0.pointee) }, end)
        }, request)
    }
  }

  func streams(_ finish: @escaping Completion<[StreamFacts]>) {
    unsafe ask(PulseList(self, finish)) { raw, request in
      unsafe pa_context_get_source_output_info_list(
        raw,
        { _, info, end, request in
          unsafe PulseList<StreamFacts>.from(request)?.take(info.map { unsafe StreamFacts($0.pointee) }, end)
        }, request)
    }
  }

  func playbacks(_ finish: @escaping Completion<[PlaybackFacts]>) {
    unsafe ask(PulseList(self, finish)) { raw, request in
      unsafe pa_context_get_sink_input_info_list(
        raw,
        { _, info, end, request in
          unsafe PulseList<PlaybackFacts>.from(request)?.take(info.map { unsafe PlaybackFacts($0.pointee) }, end)
        }, request)
    }
  }

  func clients(_ finish: @escaping Completion<[ClientFacts]>) {
    unsafe ask(PulseList(self, finish)) { raw, request in
      unsafe pa_context_get_client_info_list(
        raw,
        { _, info, end, request in
          unsafe PulseList<ClientFacts>.from(request)?.take(info.map { unsafe ClientFacts($0.pointee) }, end)
        }, request)
    }
  }

  func setProfile(_ profile: String, of card: String, _ finish: @escaping Completion<Void>) {
    unsafe ask(PulseValue(self, finish)) { raw, request in
      unsafe pa_context_set_card_profile_by_name(
        raw, card, profile,
        { _, success, request in unsafe PulseValue<Void>.from(request)?.take(success != 0 ? () : nil) }, request)
    }
  }

  /// PulseAudio's messages to its objects; parameters and answer are JSON, the answer may be empty.
  func send(_ message: String, to object: String, parameters: String?, _ finish: @escaping Completion<String>) {
    unsafe ask(PulseValue(self, finish)) { raw, request in
      unsafe pa_context_send_message_to_object(
        raw, object, message, parameters,
        { _, success, response, request in
          let text = unsafe response.map { unsafe String(cString: $0) } ?? ""
          unsafe PulseValue<String>.from(request)?.take(success != 0 ? text : nil)
        }, request)
    }
  }

  private func ask(
    _ request: any PulseRequest, _ start: (OpaquePointer, UnsafeMutableRawPointer) -> OpaquePointer?
  ) {
    guard let raw = unsafe raw else { return request.fail(Self.error(CPULSE_ENDED)) }
    requests[ObjectIdentifier(request)] = request
    if let operation = unsafe start(raw, Unmanaged.passUnretained(request as AnyObject).toOpaque()) {
      unsafe pa_operation_unref(operation)
    } else {
      answered(request).fail(lastError)
    }
  }

  /// Forgets a request that is about to be finished.
  @discardableResult
  fileprivate func answered(_ request: any PulseRequest) -> any PulseRequest {
    requests[ObjectIdentifier(request)] = nil
    return request
  }

  fileprivate func failure<Value>(_ type: Value.Type = Value.self) -> Result<Value, PulseError> { .failure(lastError) }
}

/// Something that libpulse was asked. The context holds it until it is answered, or libpulse has forgotten it.
private protocol PulseRequest: AnyObject {
  func fail(_ error: PulseError)
}

extension PulseRequest {
  static func from(_ userdata: UnsafeMutableRawPointer?) -> Self? {
    guard let userdata = unsafe userdata else { return nil }
    return unsafe Unmanaged<Self>.fromOpaque(userdata).takeUnretainedValue()
  }
}

/// An answer of one value.
private final class PulseValue<Value>: PulseRequest {
  private unowned let context: PulseContext
  private let finish: PulseContext.Completion<Value>

  init(_ context: PulseContext, _ finish: @escaping PulseContext.Completion<Value>) {
    self.context = context
    self.finish = finish
  }

  /// Without a value it failed.
  func take(_ value: Value?) {
    context.answered(self)
    finish(value.map { .success($0) } ?? context.failure())
  }

  func fail(_ error: PulseError) { finish(.failure(error)) }
}

/// An answer in parts.
private final class PulseList<Item>: PulseRequest {
  private unowned let context: PulseContext
  private let finish: PulseContext.Completion<[Item]>
  private var items: [Item] = []

  init(_ context: PulseContext, _ finish: @escaping PulseContext.Completion<[Item]>) {
    self.context = context
    self.finish = finish
  }

  /// `end` is libpulse's: 0 with an item, else there is no further one, and less than 0 is a failure.
  func take(_ item: Item?, _ end: Int32) {
    if end == 0 {
      if let item { items.append(item) }
      return
    }
    context.answered(self)
    finish(end > 0 ? .success(items) : context.failure())
  }

  func fail(_ error: PulseError) { finish(.failure(error)) }
}
