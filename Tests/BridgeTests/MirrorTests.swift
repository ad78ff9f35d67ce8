import Interface
import Testing
import Vocabulary

@testable import Bridge

@Suite struct MirrorTests {
  private func mirror(_ devices: Device...) -> Mirror {
    var mirror = Mirror()
    _ = mirror.take(Control.MonitorReply(event: .state, adapters: [.sample(powered: true)], devices: devices))
    return mirror
  }

  @Test func `bonded headsets are offered, and neither twins, strangers nor what has no sound`() {
    let mirror = mirror(
      sample(), sample(other) { $0.bonded = false }, sample(Address(bits: 1)) { $0.twinOf = "WF-1000XM5" },
      sample(Address(bits: 2)) { $0.profiles = [] })
    #expect(Set(mirror.entries.keys) == [headset])
  }

  @Test func `of a headset's bonds with several adapters the connected one is told`() {
    var mirror = mirror(sample(), sample { ($0.adapter, $0.connected) = ("hci1", true) })
    #expect(mirror.entries[headset]?.device.adapter == "hci1")
    _ = mirror.take(Control.MonitorReply(event: .deviceRemoved, device: sample { $0.adapter = "hci1" }))
    #expect(mirror.entries[headset]?.device.adapter == "hci0" && mirror.entries[headset]?.device.connected == false)
    #expect(mirror.gone.isEmpty)
  }

  @Test func `a change is asked about, and how strong a headset is heard is not`() {
    var mirror = mirror(sample())
    let connected = Control.MonitorReply(event: .deviceChanged, device: sample { $0.connected = true })
    #expect(mirror.take(connected) == [headset])
    // Nothing else changes: a wish has.
    #expect(mirror.take(connected) == [headset])
    let heard = sample { ($0.connected, $0.rssi) = (true, -60) }
    #expect(mirror.take(Control.MonitorReply(event: .deviceChanged, device: heard)) == [])
  }

  @Test func `a headset that is forgotten is given up a while later`() {
    var mirror = mirror(sample { $0.connected = true })
    _ = mirror.take(Control.MonitorReply(event: .deviceRemoved, device: sample()))
    #expect(mirror.entries[headset]?.device.connected == false && mirror.gone == [headset])
    #expect(mirror.settle() == [headset])
    #expect(mirror.entries.isEmpty && mirror.gone.isEmpty)
  }

  @Test func `one that comes back meanwhile is not`() {
    var mirror = mirror(sample())
    _ = mirror.take(Control.MonitorReply(event: .deviceRemoved, device: sample()))
    _ = mirror.take(Control.MonitorReply(event: .deviceAdded, device: sample()))
    #expect(mirror.settle() == [] && mirror.entries[headset] != nil)
  }

  @Test func `a bluetoothd that stops, and an adapter that is off or away, take no headset along`() {
    for event in [
      Control.MonitorReply(event: .bluezVanished),
      Control.MonitorReply(event: .adapterChanged, adapter: .sample(powered: false)),
      Control.MonitorReply(event: .adapterRemoved, adapter: .sample(powered: true)),
    ] {
      var mirror = mirror(sample { $0.connected = true })
      _ = mirror.take(Control.MonitorReply(event: .deviceRemoved, device: sample()))
      _ = mirror.take(event)
      #expect(mirror.settle() == [] && mirror.entries[headset]?.device.connected == false)
    }
  }

  @Test func `while mdrctld is away nothing is given up`() {
    var mirror = mirror()
    mirror.isHeld(headset)
    mirror.lose()
    #expect(mirror.settle() == [])
    _ = mirror.take(.everything())
    #expect(mirror.settle() == [headset])
  }

  @Test func `what the broker still holds of a headset that was forgotten is given up`() {
    var mirror = mirror(sample())
    mirror.isHeld(headset)
    mirror.isHeld(other)
    #expect(mirror.settle() == [other] && mirror.entries[headset] != nil)
  }

  @Test func `what a headset told of itself comes in pieces, and ends with its connection`() {
    var mirror = mirror(sample { $0.connected = true })
    let on = sample { $0.connected = true }
    let noise = HeadsetReport(generation: .v2, noise: HeadsetNoise(mode: .ambient))
    let equalizer = HeadsetReport(
      generation: .v2, equalizer: HeadsetEqualizer(preset: "bass", limit: 10, presets: ["bass"]))
    _ = mirror.take(Control.MonitorReply(event: .headsetChanged, device: on, headset: noise))
    _ = mirror.take(Control.MonitorReply(event: .headsetChanged, device: on, headset: equalizer))
    #expect(mirror.entries[headset]?.noise == .ambient && mirror.entries[headset]?.preset == "bass")
    _ = mirror.take(Control.MonitorReply(event: .deviceChanged, device: sample()))
    let entry = mirror.entries[headset]
    #expect(entry?.noise == nil && entry?.preset == nil)
    #expect(entry?.shape.hasNoise == true && entry?.shape.presets == ["bass"])
  }

  @Test func `what was known before mdrctld was away is told anew, or not known`() {
    let on = sample { $0.connected = true }
    var mirror = mirror(on)
    let card = SoundCard(name: "card", profile: nil, kind: .call, recorders: 1)
    _ = mirror.take(Control.MonitorReply(event: .soundChanged, device: on, card: card))
    #expect(mirror.entries[headset]?.card == card)
    mirror.lose()
    #expect(mirror.take(.everything(on)) == [headset])
    #expect(mirror.entries[headset]?.card == nil)
  }

  @Test func `no more headsets are kept than anybody has`() {
    var mirror = Mirror()
    let devices = (1...200).map { sample(Address(bits: $0)) }
    _ = mirror.take(Control.MonitorReply(event: .state, adapters: [.sample(powered: true)], devices: devices))
    #expect(mirror.entries.count == Mirror.mostEntries)
  }
}
