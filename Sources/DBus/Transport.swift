internal import CBlueZ
internal import EventLoop

/// libdbus's connection on the event loop: bytes in and out, nothing else.
///
/// Messages are taken with ``pop()`` and never dispatched by libdbus: it calls nothing back but the watch functions, so
/// there is no re-entrance, and everything is seen in the order of the bus. Calls are matched with their answers, and
/// given deadlines, by ``Connection``; libdbus's pending calls are not used and hence it never asks for a timer.
///
/// It belongs to one ``Connection`` and is used on the loop's thread only.
@safe final class Transport {
  private let raw: OpaquePointer
  private let loop: EventLoop
  private let onReadable: () -> Void
  /// libdbus has one watch for reading and one for writing on the same descriptor; epoll takes one for both.
  private var watches = unsafe [OpaquePointer]()
  private var registration: Watch?

  /// Connects and starts the authentication, which goes on while the loop turns.
  ///
  /// The only step that could wait is `connect(2)` on the bus's socket, and that returns at once unless the bus has
  /// stopped accepting and its backlog is full. `onReadable` is called each time messages may have come.
  init(_ address: BusAddress, on loop: EventLoop, onReadable: @escaping () -> Void) throws(DBusError) {
    guard address.isUnixSocket else { throw .address("only unix: addresses are supported: \"\(address)\"") }
    var name = [CChar](repeating: 0, count: 256)
    var message = [CChar](repeating: 0, count: 512)
    guard
      let raw = unsafe cbluez_bus_open(address.description, &name, name.count, &message, message.count)
    else { throw DBusError(.address, name: Self.text(name), message: Self.text(message)) }
    unsafe self.raw = raw
    self.loop = loop
    self.onReadable = onReadable
    unsafe dbus_connection_set_exit_on_disconnect(raw, 0)
    let installed = unsafe dbus_connection_set_watch_functions(
      raw,
      { watch, transport in
        guard let watch = unsafe watch, let transport = unsafe Transport.from(transport) else { return 0 }
        unsafe transport.watches.append(watch)
        return transport.updateInterest() ? 1 : 0
      },
      { watch, transport in
        guard let watch = unsafe watch, let transport = unsafe Transport.from(transport) else { return }
        unsafe transport.watches.removeAll { $0 == watch }
        transport.updateInterest()
      },
      { _, transport in unsafe Transport.from(transport)?.updateInterest() },
      Unmanaged.passUnretained(self).toOpaque(), nil)
    guard installed != 0 else {
      unsafe dbus_connection_close(raw)
      throw .address("the loop cannot watch the bus's socket")
    }
  }

  deinit { unsafe dbus_connection_unref(raw) }

  /// Closes the socket and leaves the loop. Call it once, before the last reference goes away.
  func close() {
    unsafe dbus_connection_close(raw)
    _ = unsafe dbus_connection_set_watch_functions(raw, nil, nil, nil, nil, nil)
  }

  /// Queues a message and writes what the socket takes now; the rest follows when it is writable.
  ///
  /// Returns the serial that an answer will refer to.
  func send(_ message: Message) -> UInt32 {
    var serial: UInt32 = 0
    if unsafe dbus_connection_send(raw, message.raw, &serial) == 0 { outOfMemory() }
    return serial
  }

  /// The next message, in the order of the bus; nil when there is none for now.
  func pop() -> Message? {
    guard let message = unsafe dbus_connection_pop_message(raw) else { return nil }
    return unsafe Message(owning: message)
  }

  var isConnected: Bool { unsafe dbus_connection_get_is_connected(raw) != 0 }
  /// Whether ``pop()`` would return a message.
  var hasMessages: Bool { unsafe dbus_connection_get_dispatch_status(raw) == DBUS_DISPATCH_DATA_REMAINS }

  // MARK: Watches

  private static func from(_ pointer: UnsafeMutableRawPointer?) -> Transport? {
    guard let pointer = unsafe pointer else { return nil }
    return unsafe Unmanaged<Transport>.fromOpaque(pointer).takeUnretainedValue()
  }

  @discardableResult
  private func updateInterest() -> Bool {
    guard let first = unsafe watches.first else {
      if let registration { loop.cancel(registration) }
      registration = nil
      return true
    }
    let interest = unsafe watches.reduce(into: Readiness()) { unsafe $0.formUnion(Self.interest(of: $1)) }
    if let registration {
      loop.update(registration, for: interest)
      return true
    }
    registration = try? unsafe loop.watch(dbus_watch_get_unix_fd(first), for: interest) { [weak self] readiness in
      self?.handle(readiness)
    }
    return registration != nil
  }

  private static func interest(of watch: OpaquePointer) -> Readiness {
    guard unsafe dbus_watch_get_enabled(watch) != 0 else { return [] }
    let flags = unsafe dbus_watch_get_flags(watch)
    var interest: Readiness = []
    if flags & DBUS_WATCH_READABLE.rawValue != 0 { interest.insert(.readable) }
    if flags & DBUS_WATCH_WRITABLE.rawValue != 0 { interest.insert(.writable) }
    return interest
  }

  private func handle(_ readiness: Readiness) {
    // A broken socket may still have bytes to read, which libdbus wants to see first.
    let isBroken = !readiness.isDisjoint(with: .broken)
    for (direction, flag) in [(Readiness.readable, DBUS_WATCH_READABLE), (.writable, DBUS_WATCH_WRITABLE)]
    where isBroken || readiness.contains(direction) {
      // Looked up anew: handling one direction may remove the other's watch.
      guard let watch = unsafe watches.first(where: { unsafe Self.interest(of: $0).contains(direction) }) else {
        continue
      }
      let flags = flag.rawValue | (isBroken ? DBUS_WATCH_HANGUP.rawValue : 0)
      _ = unsafe dbus_watch_handle(watch, flags)
    }
    onReadable()
  }

  private static func text(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
