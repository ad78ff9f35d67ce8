internal import EventLoop
internal import Service

/// The adapter that the user chose, kept over restarts by its address: names change with the order of plugging.
actor SelectedAdapter: LoopActor {
  nonisolated let loop: EventLoop
  private let log: Log
  private var store: Store<Name, Choice>
  private var observers: [Int: @Sendable () -> Void] = [:]
  private var lastObserver = 0

  private struct Name: Codable, Hashable, Comparable {
    let address: String

    static func < (left: Self, right: Self) -> Bool { left.address < right.address }
  }

  private struct Choice: Codable, Hashable {
    let selected: Bool
  }

  /// Reads the choice from the state directory; without one it lasts as long as the daemon.
  init(loop: EventLoop, directory: String?, log: Log) {
    self.loop = loop
    self.log = log
    store = Store("adapters", in: directory, list: "adapters", of: "the choice of an adapter", log: log)
  }

  /// Nil until one was chosen.
  var address: String? { store.ids.first { store[$0]?.selected == true }?.address }

  /// Calls `handler` on the loop after each choice, until ``stopObserving(_:)`` is given the number returned.
  func observe(_ handler: @escaping @Sendable () -> Void) -> Int {
    lastObserver += 1
    observers[lastObserver] = handler
    return lastObserver
  }

  func stopObserving(_ number: Int) { observers[number] = nil }

  /// Returns why the choice lasts only until the daemon ends, as a sentence; nil when it is kept.
  func select(_ address: String) -> String? {
    for other in store.ids where other.address != address { store[other] = nil }
    let name = Name(address: address)
    if store[name]?.selected != true { store[name] = Choice(selected: true) }
    for observer in observers.values { observer() }
    guard let reason = store.write() else { return nil }
    log.warning("the selected adapter will be forgotten at the next start", ["error": reason])
    return reason
  }
}
