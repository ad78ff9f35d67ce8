internal import EventLoop

/// A connected socket on the loop: bytes as they come, and bytes out as it takes them. Used on the loop's thread only.
final class SerialChannel {
  /// What was not taken may be this much; a headset that reads nothing for so long is not there.
  private static let longestOutbox = 64 * 1024

  private let descriptor: FileDescriptor
  private let loop: EventLoop
  private let onBytes: ([UInt8]) -> Void
  private let onEnd: () -> Void
  private var watch: Watch?
  private var outbox: [UInt8] = []
  private var buffer = [UInt8](repeating: 0, count: 1024)

  /// Takes over an open descriptor. `onEnd` is called once, when the other end or the link is gone.
  init(
    _ number: Int32, on loop: EventLoop, onBytes: @escaping ([UInt8]) -> Void, onEnd: @escaping () -> Void
  ) throws(SystemError) {
    descriptor = FileDescriptor(owning: number)
    self.loop = loop
    self.onBytes = onBytes
    self.onEnd = onEnd
    try UnixSocket.setBlocking(number, false)
    watch = try loop.watch(number, for: .readable) { [weak self] in self?.take($0) }
  }

  deinit { close() }

  var isOpen: Bool { watch != nil }

  /// Ends the connection, for BlueZ too, which holds a descriptor of its own.
  func close() {
    guard let watch else { return }
    self.watch = nil
    loop.cancel(watch)
    descriptor.shutDown()
  }

  func send(_ bytes: [UInt8]) {
    guard isOpen else { return }
    outbox += bytes
    flush()
  }

  private func take(_ readiness: Readiness) {
    if readiness.contains(.writable) { flush() }
    guard isOpen, !readiness.isDisjoint(with: [.readable, .broken]) else { return }
    do throws(SystemError) {
      let count = try descriptor.read(into: &buffer)
      guard count > 0 else { return end() }
      onBytes(Array(buffer.prefix(count)))
    } catch {
      if !error.isWouldBlock { end() }
    }
  }

  private func flush() {
    guard let watch else { return }
    do throws(SystemError) {
      while !outbox.isEmpty { outbox.removeFirst(try descriptor.send(outbox[...])) }
    } catch {
      guard error.isWouldBlock, outbox.count <= Self.longestOutbox else { return end() }
    }
    loop.update(watch, for: outbox.isEmpty ? .readable : [.readable, .writable])
  }

  private func end() {
    guard isOpen else { return }
    close()
    onEnd()
  }
}
