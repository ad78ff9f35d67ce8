import Core
import Testing
import Vocabulary

@Suite struct DomainTests {
  @Test func `services have the UUIDs that BlueZ writes`() {
    #expect(AudioService.a2dpSink.uuid == "0000110b-0000-1000-8000-00805f9b34fb")
    #expect(AudioService.handsFreeGateway.uuid == "0000111f-0000-1000-8000-00805f9b34fb")
    #expect(Set(AudioService.allCases.map(\.uuid)).count == AudioService.allCases.count)
  }

  @Test(
    arguments: [
      (0x240404, [], true), (0x240418, [], true), (0x002540, [], false), (0x5A020C, [], false), (nil, [], false),
      (nil, [.a2dpSink], true), (nil, [.handsFree], true), (nil, [.a2dpSource, .remoteControl], false),
      (0x5A020C, [.a2dpSource, .handsFreeGateway], false),
    ] as [(UInt32?, Set<AudioService>, Bool)])
  func `headphones and loudspeakers are known by class or service`(
    classOfDevice: UInt32?, services: Set<AudioService>, isAudio: Bool
  ) {
    let device = Device(id: .headset, name: nil, classOfDevice: classOfDevice, services: services)
    #expect(device.isAudio == isAudio)
  }

  @Test(
    arguments: [
      ([], false, false), ([.a2dpSource], true, true), ([.handsFreeGateway], false, true),
      ([.headsetGateway], false, true),
      ([.a2dpSink, .remoteControl], false, false),
    ] as [(Set<AudioService>, Bool, Bool)])
  func `an adapter has audio while a sound server has registered`(
    services: Set<AudioService>, hasStereo: Bool, hasAudio: Bool
  ) {
    let adapter = Adapter(id: .first, powered: true, services: services)
    #expect(adapter.hasStereo == hasStereo)
    #expect(adapter.hasAudio == hasAudio)
  }

  @Test func `a device without an alias goes by its name, or else by its address`() {
    #expect(Device(id: .headset, name: "WH").alias == "WH")
    #expect(Device(id: .headset, name: nil).alias == "94:DB:56:00:00:01")
    #expect(Device(id: .headset, name: "WH", alias: "Mine").alias == "Mine")
  }

  @Test func `error codes have raw values of their own`() {
    #expect(Set(OperationError.Code.allCases.map(\.rawValue)).count == OperationError.Code.allCases.count)
  }
}
