internal import EventLoop
internal import Service

/// The adapter that the user chose, kept over restarts by its address: names change with the order of plugging.
actor SelectedAdapter: LoopActor {
  nonisolated let loop: EventLoop
  private let file: StateFile?
  private let log: Log
  /// Nil until one was chosen.
  private(set) var address: String?
  private var observers: [Int: @Sendable () -> Void] = [:]
  private var lastObserver = 0

  /// Reads the choice from the state directory; without one it lasts as long as the daemon.
  init(loop: EventLoop, directory: String?, log: Log) {
    self.loop = loop
    self.log = log
    file = directory.map { StateFile(path: "\($0)/selected-adapter") }
    guard let bytes = try? file?.read() else { return }
    address = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.map(String.init)
  }

  /// Calls `handler` on the loop after each choice, until ``stopObserving(_:)`` is given the number returned.
  func observe(_ handler: @escaping @Sendable () -> Void) -> Int {
    lastObserver += 1
    observers[lastObserver] = handler
    return lastObserver
  }

  func stopObserving(_ number: Int) { observers[number] = nil }

  /// Returns why the choice lasts only until the daemon ends, as a sentence; nil when it is kept.
  func select(_ address: String) -> String? {
    self.address = address
    for observer in observers.values { observer() }
    guard let file else { return "mdrctld has no state directory." }
    do throws(SystemError) { try file.write(Array("\(address)\n".utf8)) } catch {
      log.warning("the selected adapter will be forgotten at the next start", ["error": "\(error)"])
      return "\(error)."
    }
    return nil
  }
}
