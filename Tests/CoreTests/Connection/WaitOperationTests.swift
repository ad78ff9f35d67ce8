import Core
import Testing
import Vocabulary

@Suite struct WaitOperationTests {
  private func waiting(
    for state: WaitOperation.State, of text: String = "WH-1000XM4", limit: Duration? = .seconds(5),
    _ devices: Device...
  ) -> Script<WaitOperation> {
    guard let query = DeviceQuery(text) else { fatalError("blank: \(text)") }
    var script = Script(WaitOperation(query, on: { [.first] }, state: state, limit: limit), FakeWorld())
    script.label = "wait, \(state)"
    for device in devices { script.world.known[device.id] = device }
    script.start()
    return script
  }

  private func reach(_ state: WaitOperation.State, _ script: inout Script<WaitOperation>) {
    switch state {
    case .connected: script.change { $0.connected = true }
    case .disconnected: script.change { $0.connected = false }
    case .paired: script.change { $0.bonded = true }
    case .a2dp: script.addTransport()
    }
  }

  /// A device that is in none but the opposite of this state.
  private func before(_ state: WaitOperation.State) -> Device {
    Device.own.with {
      $0.connected = state == .disconnected
      $0.bonded = state != .paired
    }
  }

  @Test(arguments: WaitOperation.State.allCases) func `it ends when the state is reached`(state: WaitOperation.State) {
    var script = waiting(for: state, before(state))
    #expect(script.result == nil)
    #expect(script.armed == [.overall])
    #expect(script.progress == ["Waiting until WH-1000XM4 is \(state.rawValue)"])
    script.tell(.deviceChanged(.headset))
    #expect(script.result == nil)
    reach(state, &script)
    #expect(script.outcome == Outcome(device: .headset))
    #expect(script.requests.isEmpty)
  }

  @Test(arguments: WaitOperation.State.allCases) func `it ends at once in that state`(state: WaitOperation.State) {
    var script = waiting(for: state, before(state))
    reach(state, &script)
    var again = Script(script.operation, script.world)
    guard let query = DeviceQuery("wh-1000xm4") else { return }
    again = Script(WaitOperation(query, on: { [.first] }, state: state, limit: nil), script.world)
    again.start()
    #expect(again.outcome?.device == .headset)
  }

  @Test(arguments: WaitOperation.State.allCases) func `it times out, but not on what is reached in that instant`(
    state: WaitOperation.State
  ) {
    var script = waiting(for: state, before(state))
    var late = script
    late.expire(.overall)
    #expect(late.error?.code == .timedOut)
    #expect(late.error?.message == "WH-1000XM4 was not \(state.rawValue) within 5 s.")
    var reached = script
    reach(state, &reached)
    script.world = reached.world
    script.expire(.overall)
    #expect(script.outcome?.device == .headset)
  }

  @Test(arguments: WaitOperation.State.allCases) func `it can be cancelled`(state: WaitOperation.State) {
    var script = waiting(for: state, before(state))
    script.cancel()
    #expect(script.error?.code == .cancelled)
  }

  @Test func `without a limit it waits for ever`() {
    let script = waiting(for: .connected, limit: nil, .own)
    #expect(script.armed.isEmpty)
    #expect(script.result == nil)
  }

  /// A wait that begins before BlueZ, or before its adapter, is there.
  private func early(_ state: WaitOperation.State) -> Script<WaitOperation> {
    guard let query = DeviceQuery("WH-1000XM4") else { fatalError("blank") }
    var script = Script(
      WaitOperation(query, on: { [.first] }, state: state, limit: .seconds(5)), FakeWorld())
    script.world.hasBlueZ = false
    script.start()
    return script
  }

  @Test(arguments: WaitOperation.State.allCases)
  func `BlueZ, its adapter and the device need not be there yet`(state: WaitOperation.State) {
    var script = early(state)
    #expect(script.result == nil && script.armed == [.overall])
    #expect(script.progress == ["Waiting until WH-1000XM4 is \(state.rawValue); BlueZ has no adapter yet"])
    // The adapter comes first, and its devices after it.
    script.world.hasBlueZ = true
    script.tell(.worldChanged)
    #expect(script.result == nil)
    script.appear(before(state))
    #expect(script.result == nil)
    reach(state, &script)
    #expect(script.outcome == Outcome(device: .headset))
  }

  @Test(arguments: WaitOperation.State.allCases)
  func `what never came is the evidence of a time that is over`(state: WaitOperation.State) {
    var script = early(state)
    var withBlueZ = script
    script.expire(.overall)
    #expect(script.error?.code == .timedOut)
    #expect(script.error?.evidence == "bluetoothd is not running.")
    withBlueZ.world.hasBlueZ = true
    withBlueZ.tell(.worldChanged)
    withBlueZ.expire(.overall)
    #expect(withBlueZ.error?.evidence == (state == .paired ? nil : "No device fits \"WH-1000XM4\"."))
  }

  @Test(arguments: [WaitOperation.State.connected, .disconnected, .a2dp])
  func `an unknown device is not waited for`(state: WaitOperation.State) {
    #expect(waiting(for: state).error?.code == .deviceNotFound)
  }

  @Test(arguments: [WaitOperation.State.connected, .disconnected, .a2dp])
  func `a name that fits two devices is ambiguous`(state: WaitOperation.State) {
    let script = waiting(for: state, of: "WH", .own, .own.at(.other))
    #expect(script.error?.code == .ambiguousDevice)
  }

  @Test(arguments: [WaitOperation.State.connected, .a2dp])
  func `bluetoothd may come and go meanwhile`(state: WaitOperation.State) {
    var script = waiting(for: state, .own)
    script.happen(.bluezGone)
    script.tell(.deviceRemoved(.headset))
    #expect(script.result == nil)
    script.world = FakeWorld(.own)
    script.tell(.worldChanged)
    #expect(script.result == nil)
    reach(state, &script)
    #expect(script.outcome?.device == .headset)
  }

  @Test func `a state that is reached when bluetoothd is back counts`() {
    var script = waiting(for: .connected, .own)
    script.happen(.bluezGone)
    script.world = FakeWorld(.own.with { $0.connected = true })
    script.tell(.worldChanged)
    #expect(script.outcome?.device == .headset)
  }

  @Test(arguments: [true, false]) func `a device that goes, alone or with bluetoothd, is disconnected`(alone: Bool) {
    var script = waiting(for: .disconnected, .own.with { $0.connected = true })
    if alone { script.remove() } else { script.happen(.bluezGone) }
    #expect(script.outcome?.device == .headset)
  }

  @Test func `a device that goes and comes back can still connect`() {
    var script = waiting(for: .connected, .own)
    script.remove()
    #expect(script.result == nil)
    script.appear(.own.with { $0.connected = true })
    #expect(script.outcome?.device == .headset)
  }

  @Test func `another device in that state does not count`() {
    var script = waiting(for: .connected, .own)
    script.appear(.own.at(.other, name: "MX Master").with { $0.connected = true })
    script.appear(.own.at(DeviceID(1, on: .second)).with { $0.connected = true })
    #expect(script.result == nil)
  }

  // MARK: Paired

  @Test func `an unknown device can be waited for to be paired`() {
    var script = waiting(for: .paired)
    script.appear(.found)
    script.appear(.otherFound)
    #expect(script.result == nil)
    script.change { $0.bonded = true }
    #expect(script.outcome?.device == .headset)
  }

  @Test func `of two that fit, the one that is paired first is meant`() {
    var script = waiting(for: .paired, of: "WH", .found, .otherFound)
    #expect(script.result == nil)
    script.change(.other) { $0.bonded = true }
    #expect(script.outcome?.device == .other)
  }

  @Test func `a bonded device that fits less well is not the one that is waited for`() {
    let script = waiting(for: .paired, .found, .own.at(.other, name: "WH-1000XM4 of Anna"))
    #expect(script.result == nil)
  }

  @Test func `a bonded twin is not the headset`() {
    let twin = Device.twinFound.with { $0.bonded = true }
    var script = waiting(for: .paired, twin)
    script.tell(.deviceChanged(.twin))
    #expect(script.result == nil)
    #expect(waiting(for: .paired, of: "LE_WH-1000XM4", twin).outcome?.device == .twin)
  }

  @Test func `a device of another adapter is not the one that is waited for`() {
    var script = waiting(for: .paired)
    script.appear(.own.at(DeviceID(1, on: .second)))
    #expect(script.result == nil)
  }

  @Test func `after the finish nothing is done`() {
    var script = waiting(for: .connected, .own)
    script.change { $0.connected = true }
    let before = script.actions
    script.cancel()
    script.tell(.expired(.overall))
    script.change { $0.connected = false }
    #expect(script.actions == before)
  }
}
