import Core
import Testing

@Suite struct HangUpOperationTests {
  private func script(isConnected: Bool = true) -> Script<HangUpOperation> {
    var script = Script(HangUpOperation(.headset), FakeWorld(.own.with { $0.connected = isConnected }))
    script.start()
    return script
  }

  @Test(arguments: [false, true]) func `it ends when the link has fallen, before or after BlueZ's answer`(
    isLate: Bool
  ) {
    var script = script()
    if !isLate { script.change { $0.connected = false } }
    #expect(script.result == nil)
    script.answer(.disconnect(.headset))
    #expect((script.result == nil) == isLate)
    if isLate { script.change { $0.connected = false } }
    #expect(script.outcome?.device == .headset)
    #expect(script.requests == [.disconnect(.headset)])
  }

  @Test func `also an attempt whose link is not up yet is ended`() {
    var script = script(isConnected: false)
    #expect(script.outstanding == [.disconnect(.headset)])
    script.answer(.disconnect(.headset), .notConnected)
    #expect(script.outcome != nil)
  }

  @Test func `who wants the device waits for its end`() {
    var script = script()
    script.cancel()
    script.answer(.disconnect(.headset))
    script.cancel()
    #expect(script.result == nil)
    script.change { $0.connected = false }
    #expect(script.outcome != nil)
  }

  @Test(arguments: [false, true])
  func `a link that does not fall, or that BlueZ will not end, is not waited for forever`(
    isRefused: Bool
  ) {
    var script = script()
    script.answer(.disconnect(.headset), isRefused ? .other : nil)
    script.expire(.disconnecting)
    #expect(script.outcome != nil)
  }

  @Test(arguments: [false, true]) func `a device or bluetoothd that goes takes its link along`(isDevice: Bool) {
    var script = script()
    script.answer(.disconnect(.headset))
    if isDevice { script.remove() } else { script.happen(.bluezGone) }
    #expect(script.outcome != nil)
  }
}
