internal import BlueZ
internal import EventLoop
internal import Glibc
internal import Interface

/// What the kernel says of one device's link.
enum LinkEvents {
  /// Tells that it watches and then each event, on the loop, until the task is cancelled. Throws when the kernel's
  /// events cannot be read.
  static func follow(
    _ subject: Subject, on loop: EventLoop, _ tell: (Flush.WatchReply) -> Void
  ) async throws(SystemError) {
    let socket = try ManagementSocket()
    // Without the capability the kernel opens the socket and never tells of a link.
    let status = try socket.request(
      Management.getConnections(index: subject.index), command: Management.Command.getConnections)
    guard status != .permissionDenied else { throw SystemError(call: "management socket", errno: EPERM) }
    let (events, queue) = AsyncStream.makeStream(of: Result<Flush.WatchReply, SystemError>.self)
    let watch = try loop.watch(socket.descriptor, for: .readable) { _ in
      do throws(SystemError) {
        while let (index, event) = try socket.next() {
          if index == subject.index, let reply = reply(event, about: subject.device) { queue.yield(.success(reply)) }
        }
      } catch { queue.yield(.failure(error)) }
    }
    defer { loop.cancel(watch) }
    tell(Flush.WatchReply(event: .watching))
    for await event in events { tell(try event.get()) }
  }

  /// The event as it is told; nil when it is about another device. The kernel names the bearer, too: a headset with
  /// both has one address and one story.
  static func reply(_ event: Management.Event, about device: BluetoothAddress) -> Flush.WatchReply? {
    switch event {
    case .connected(device): Flush.WatchReply(event: .connected)
    case .disconnected(device, let reason): Flush.WatchReply(event: .disconnected, code: Int(reason))
    case .connectFailed(device, let status): Flush.WatchReply(event: .connectFailed, code: Int(status.rawValue))
    case .authenticationFailed(device, let status):
      Flush.WatchReply(event: .authenticationFailed, code: Int(status.rawValue))
    default: nil
    }
  }
}
