package import DBus
internal import EventLoop
package import Simulator

/// Runs `body` beside a private bus with a simulated bluetoothd that knows one controller, `hci0`; both have gone when
/// this returns.
///
/// `prepare` runs before bluetoothd starts: what it adds has been there all along.
package func withSimulator<Value: Sendable>(
  version: BluezVersion = .v5_82, timing: Timing = .fast,
  prepare: @escaping @Sendable (Simulator) async throws -> Void = { _ in },
  _ body: @escaping @Sendable (Simulator, BusAddress) async throws -> Value
) async throws -> Value {
  try await Turn.take {
    let bus = try PrivateBus()
    // The bus goes after whoever is connected to it.
    defer { withExtendedLifetime(bus) {} }
    let address = bus.address
    return try await withEventLoop { loop in
      let simulator = Simulator(address, on: loop, version: version, timing: timing)
      await simulator.add(Controller())
      try await prepare(simulator)
      try await simulator.start()
      let result: Result<Value, any Error>
      do { result = .success(try await body(simulator, address)) } catch { result = .failure(error) }
      await simulator.kill()
      return try result.get()
    }
  }
}
