import EventLoop
import Foundation
import Interface
import Simulator
import Support
import Testing
import VirtualSony
import Vocabulary

/// A headset of a recording, bonded and connected.
func withHeadset(
  _ id: String = "wh-1000xm6-v2-fw315-state", _ habits: Set<Habit> = [], start: UInt8 = 1,
  configuration: String? = nil, isListed: Bool = true, hasStereo: Bool = true, battery: UInt8? = 80,
  _ body: (Programs, VirtualSony) async throws -> Void
) async throws {
  let recording = try Recording(id)
  let virtual = Locked<VirtualSony?>(nil)
  try await withPrograms(prepare: { simulator in
    let headset = VirtualSony(recording, habits: habits, on: simulator.loop, start: start)
    virtual.withLock { $0 = headset }
    let sony = Sony.earbuds { headset in
      if isListed { headset.otherServices = [recording.service] }
      if !hasStereo { headset.stereo = .never }
      headset.battery = battery
    }
    await simulator.add(known: [sony], bonded: true)
    await simulator.serve(SerialService(uuid: recording.service) { headset.accept($0) }, at: Sony.bonded)
  }) { programs in
    let headset = try #require(virtual.withLock { $0 })
    if let configuration {
      try FileManager.default.createDirectory(
        atPath: programs.configurationPath, withIntermediateDirectories: true)
      try configuration.write(toFile: "\(programs.configurationPath)/mdrctl.conf", atomically: true, encoding: .utf8)
      kill(programs.daemonProcess, SIGHUP)
    }
    if hasStereo {
      try await programs.expect(.ok, "connect", Sony.bonded)
    } else {
      try await programs.simulator.happen(.connectFromHeadset(Sony.bonded))
      try await programs.expect(.ok, "wait", Sony.bonded, "--for", "connected", "--timeout", "20")
    }
    try await body(programs, headset)
    // Whatever else was tested: nothing of what identifies the headset may have left it.
    let log = try String(contentsOfFile: programs.logPath, encoding: .utf8)
    #expect(!log.contains(headset.identifier))
    let violations = await headset.violations
    #expect(violations == [])
  }
}

func picture(_ programs: Programs, isWhole: Bool = false) async throws -> HeadsetReport {
  let words = ["headset", Sony.bonded] + (isWhole ? ["--verbose"] : []) + ["--json"]
  let result = try await programs.start(words).result()
  #expect(result.ending == .ok, "\(result.output)\(result.errors)")
  return try result.reply(Control.HeadsetReply.self).headset
}

/// Waits until bluetoothd has no channel any more.
func gone(_ programs: Programs) async throws {
  try await programs.simulator.waitForSerialEnd(Sony.bonded)
}
