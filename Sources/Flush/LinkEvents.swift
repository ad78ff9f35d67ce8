internal import BlueZ
internal import EventLoop
internal import Glibc
internal import Interface
internal import Vocabulary

/// What the kernel and the controller say of one device's link.
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
    let refusals = KeyRefusals(of: subject, on: loop) { status in
      queue.yield(.success(Flush.WatchReply(event: .keyRefused, code: Int(status))))
    }
    defer { refusals.stop() }
    tell(Flush.WatchReply(event: .watching))
    for await event in events { tell(try event.get()) }
  }

  /// The event as it is told; nil when it is about another device. The kernel names the bearer, too: a headset with
  /// both has one address and one story.
  static func reply(_ event: Management.Event, about device: Address) -> Flush.WatchReply? {
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

/// Listens to the controller for a device's refusals of the key, as long as it can be heard: without it the kernel's
/// events tell less, and later.
private final class KeyRefusals {
  private let loop: EventLoop
  private var watch: Watch?

  /// Calls the handler with HCI's status, on the loop.
  init(of subject: Subject, on loop: EventLoop, _ tell: @escaping (UInt8) -> Void) {
    self.loop = loop
    guard let socket = try? ControllerSocket(index: subject.index) else { return }
    var authentications = AuthenticationWatch(of: subject.device, handle: socket.handle(of: subject.device))
    watch = try? loop.watch(socket.descriptor, for: .readable) { [weak self] _ in
      do throws(SystemError) {
        while let event = try socket.next() {
          if let status = authentications.refusal(event) { tell(status) }
        }
      } catch {
        // The controller was pulled out.
        self?.stop()
      }
    }
  }

  func stop() {
    if let watch { loop.cancel(watch) }
    watch = nil
  }
}
