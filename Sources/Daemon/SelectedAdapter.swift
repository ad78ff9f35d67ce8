internal import EventLoop
internal import Glibc
internal import Service

/// The adapter that the user chose, kept over restarts by its address: names change with the order of plugging.
actor SelectedAdapter: LoopActor {
  nonisolated let loop: EventLoop
  private let path: String?
  private let log: Log
  /// Nil until one was chosen.
  private(set) var address: String?
  private var observers: [Int: @Sendable () -> Void] = [:]
  private var lastObserver = 0

  /// Reads the choice from the state directory; without one it lasts as long as the daemon.
  init(loop: EventLoop, directory: String?, log: Log) {
    self.loop = loop
    self.log = log
    path = directory.map { "\($0)/selected-adapter" }
    address = path.flatMap(Self.read)
  }

  /// Calls `handler` on the loop after each choice, until ``stopObserving(_:)`` is given the number returned.
  func observe(_ handler: @escaping @Sendable () -> Void) -> Int {
    lastObserver += 1
    observers[lastObserver] = handler
    return lastObserver
  }

  func stopObserving(_ number: Int) { observers[number] = nil }

  func select(_ address: String) {
    self.address = address
    for observer in observers.values { observer() }
    guard let path else { return }
    do throws(SystemError) { try Self.write("\(address)\n", to: path) } catch {
      log.warning("the selected adapter will be forgotten at the next start", ["error": "\(error)"])
    }
  }

  private static func read(_ path: String) -> String? {
    // Not blocking: what lies there need not be a file, and a pipe would be waited for.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    let file = FileDescriptor(owning: descriptor)
    var buffer = [UInt8](repeating: 0, count: 64)
    guard let count = try? file.read(into: &buffer) else { return nil }
    let text = String(decoding: buffer.prefix(count), as: UTF8.self)
    return text.split(separator: "\n").first.map(String.init)
  }

  /// Replaces the file in one step, so that it is never half written.
  private static func write(_ text: String, to path: String) throws(SystemError) {
    let temporary = "\(path).new"
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    try SystemError.check(descriptor < 0 ? -errno : descriptor, "open \(temporary)")
    let file = FileDescriptor(owning: descriptor)
    let bytes = Array(text.utf8)
    let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(file.number, $0.baseAddress, $0.count) }
    try SystemError.check(written < 0 ? -errno : Int32(written), "write \(temporary)")
    try SystemError.check(fsync(file.number) < 0 ? -errno : 0, "fsync \(temporary)")
    try SystemError.check(unsafe rename(temporary, path) < 0 ? -errno : 0, "rename \(temporary)")
  }
}
