internal import EventLoop
internal import Service
internal import Vocabulary

/// The numbers by which devices are recorded, and what each is called. A device gets its number with its bond, and its name
/// goes with that: what was recorded stays, of a headset that nobody knows any more.
actor RecordedNames: LoopActor {
  struct Device: Codable, Hashable, Sendable {
    var address: String
    var name: String
  }

  private struct Number: Codable, Hashable, Comparable {
    let number: Int
    static func < (left: Self, right: Self) -> Bool { left.number < right.number }
  }

  nonisolated let loop: EventLoop
  private let log: Log
  private var store: Store<Number, Device>
  private var numbers: [Address: Int] = [:]

  init(loop: EventLoop, directory: String?, log: Log) {
    self.loop = loop
    self.log = log
    store = Store("recorded", in: directory, list: "devices", of: "the names of what was recorded", log: log)
    for id in store.ids {
      if let address = store[id].flatMap({ Address($0.address) }) { numbers[address] = id.number }
    }
  }

  /// The number of a device; nil where it has none.
  func number(of address: Address) -> Int? { numbers[address] }

  /// The number of a device that is bonded, and is called so now. A new one is the time, in seconds since 1970: it must not
  /// be that of a device of which something is recorded and nothing is known any more.
  func number(of address: Address, called name: String, at now: Int) -> Int {
    // A damaged file may have any number, and is worth no trap.
    let number = numbers[address] ?? max(now, (store.ids.last?.number ?? 0) &+ 1)
    numbers[address] = number
    change(number, Device(address: address.description, name: name))
    return number
  }

  /// The device of a number; nil: nobody knows it any more.
  func device(_ number: Int) -> Device? { store[Number(number: number)] }

  /// All of them.
  var known: [(number: Int, device: Device)] { store.ids.compactMap { id in store[id].map { (id.number, $0) } } }

  /// Nothing of the device is known any more.
  func forget(_ address: Address) {
    if let number = numbers.removeValue(forKey: address) { change(number, nil) }
  }

  private func change(_ number: Int, _ device: Device?) {
    guard store[Number(number: number)] != device else { return }
    store[Number(number: number)] = device
    if let reason = store.write() {
      log.warning("what a recorded device is called will be forgotten at the next start", ["error": reason])
    }
  }
}
