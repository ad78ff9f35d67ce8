package import DBus

/// A call that bluetoothd has received.
package struct Call: Hashable, Sendable {
  /// The method's name; for a property that is set, "Set Powered".
  package let name: String
  package let path: ObjectPath
  /// The caller's name on the bus.
  package let sender: String

  init(_ call: MethodCall) {
    path = call.path
    sender = call.sender
    var body = call.reader()
    if call.interface == StandardInterface.properties, call.member == "Set", (try? body.string()) != nil,
      let property = try? body.string()
    {
      name = "Set \(property)"
    } else {
      name = call.member
    }
  }

  /// Whether it concerns the device of an address.
  func concerns(_ address: String?) -> Bool {
    guard let address else { return true }
    return path.text.contains("dev_" + address.uppercased().split(separator: ":").joined(separator: "_"))
  }
}

/// Every call since the beginning, and who waits for one.
struct CallLog: Sendable {
  private(set) var calls: [Call] = []
  private var waiting: [(name: String, count: Int, latch: Latch)] = []

  /// How often a method has been called.
  func count(_ name: String) -> Int { calls.count { $0.name == name } }

  /// Writes a call down and lets those go on who waited for it.
  mutating func note(_ call: Call) {
    calls.append(call)
    guard waiting.contains(where: { $0.name == call.name }) else { return }
    let count = count(call.name)
    for entry in waiting where entry.name == call.name && count >= entry.count {
      entry.latch.assumeIsolated { $0.open() }
    }
    waiting.removeAll { $0.name == call.name && count >= $0.count }
  }

  /// Opens the latch when the method has been called that often.
  mutating func wait(for name: String, count: Int, _ latch: Latch) { waiting.append((name, count, latch)) }
}

extension Simulator {
  /// Every call so far but those that only read.
  package var changes: [Call] {
    let reading: Set = ["GetManagedObjects", "Get", "GetAll", "Introspect"]
    return log.calls.filter { !reading.contains($0.name) }
  }

  /// The calls of a method so far.
  package func calls(_ name: String) -> [Call] { log.calls.filter { $0.name == name } }

  /// Waits until a method has been called that many times since the beginning.
  package func waitForCall(_ name: String, count: Int = 1) async throws {
    guard log.count(name) < count else { return }
    let latch = Latch(loop)
    log.wait(for: name, count: count, latch)
    try await latch.wait()
  }
}
