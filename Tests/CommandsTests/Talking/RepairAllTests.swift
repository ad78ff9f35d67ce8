import EventLoop
import Interface
import Testing
import Varlink
import Vocabulary

@testable import Commands

/// Two stale bonds, of which the first cannot be repaired, a sound one, one of which only "possibly" is said, and a
/// repair and a removal that were interrupted.
private let status: Control.StatusReply = {
  var second = Samples.stale
  (second.address, second.alias) = ("AC:80:0A:00:00:02", "Second")
  var doubtful = Samples.other
  doubtful.verdict = Samples.verdict(.headsetLostKey, .possible)
  var removal = Samples.unfinished
  (removal.operation, removal.address) = (.forget, "AC:80:0A:00:00:03")
  var again = Samples.unfinished
  (again.adapter, again.address) = (second.adapter, second.address)
  // The same headset is in order on the adapter that is used when none is named.
  var away = Samples.unfinished
  (away.adapter, away.address) = (nil, "AC:80:0A:00:00:04")
  return Control.StatusReply(
    version: Control.version, bluez: true, bluezVersion: nil, adapters: [],
    devices: [Samples.stale, second, doubtful, Samples.stranger],
    unfinished: [removal, again, away, Samples.unfinished])
}()

/// What is to be repaired, in its order.
private let targets = [
  (device: "AC:80:0A:11:22:33", adapter: "hci0"), ("AC:80:0A:00:00:02", "hci0"), ("AC:80:0A:77:88:99", "hci1"),
]
private let plansOfAll = targets.map { device, adapter in
  FakeDaemon.Event.call(Control.planRepair, .init(device: device, adapter: adapter))
}
private let asksForStatus = FakeDaemon.Event.call(Control.status, .init())

/// Repairs everything but the device with this address.
private func daemon(failing address: String? = nil) throws -> FakeDaemon {
  let repaired = try FakeDaemon.Script.replies(Control.OperationReply(device: Samples.headset, plan: ["Remove it."]))
  return FakeDaemon([
    .status: try .replies(status),
    .repair: .chosen(for: Control.repair) { parameters in
      parameters.device == address ? .error(.notFoundInTime, .init(message: "It was not found.")) : repaired
    },
    .planRepair: .chosen(for: Control.planRepair) { parameters in
      parameters.device == address ? .error(.notFoundInTime, .init(message: "It was not found.")) : repaired
    },
  ])
}

private func repairAll(
  _ options: [String], in terminal: Terminal = Terminal(), of daemon: FakeDaemon
) async throws -> (Run, [FakeDaemon.Event]) {
  let run = try await daemon.serve { try mdrctl(["repair", "--all-stale"] + options, socket: $0, in: terminal) }
  return (run, daemon.events)
}

@Suite(.timeLimit(.minutes(5))) struct RepairAllTests {
  @Test func `what is stale or was interrupted is repaired, each once, one after the other`() async throws {
    let (run, calls) = try await repairAll(["--yes", "-t1"], of: try daemon())
    #expect(run.ending == .exit(.ok))
    let repairs = targets.map { device, adapter in
      FakeDaemon.Event.follow(
        Control.repair, .init(device: device, adapter: adapter, timeout: 1000, consent: true, confirm: true))
    }
    #expect(calls == [asksForStatus] + repairs)
    #expect(run.output.split(separator: "\n").count == 3)
  }

  @Test func `a failure does not stop the others, and its exit code remains`() async throws {
    let (run, calls) = try await repairAll(["--yes"], of: try daemon(failing: "AC:80:0A:11:22:33"))
    #expect(run.code == 3)
    #expect(calls.count == 4)
    #expect(run.errors == "mdrctl: AC:80:0A:11:22:33: It was not found.\n")
    #expect(run.output.split(separator: "\n").count == 2)
  }

  @Test func `a failure in JSON says which device it is about`() async throws {
    let (run, _) = try await repairAll(["--yes", "--json"], of: try daemon(failing: "AC:80:0A:00:00:02"))
    let objects = try run.objects()
    #expect(run.code == 3 && run.errors.isEmpty)
    #expect(objects.count == 3)
    #expect(
      objects[1]
        == #"{"error":{"code":"not-found-in-time","device":"AC:80:0A:00:00:02","message":"It was not found."}}"#)
  }

  @Test func `the same consent is for all at once`() async throws {
    let (refused, plans) = try await repairAll([], of: try daemon())
    #expect(refused.code == 4)
    #expect(plans == [asksForStatus] + plansOfAll)
    let (agreed, calls) = try await repairAll(
      ["--ask"], in: Terminal(isTerminal: true, input: "y\n"), of: try daemon())
    #expect(agreed.ending == .exit(.ok))
    #expect(agreed.errors == "Do this for these 3 devices, one after the other? [y/N] ")
    // One call more asks how long there is for it, for all of them.
    #expect(calls.count { $0.method == .configuration } == 1)
    #expect(calls.count == 8)
  }

  @Test func `what cannot even be planned is left out`() async throws {
    let (run, calls) = try await repairAll(
      ["--ask"], in: Terminal(isTerminal: true, input: "y\n"), of: try daemon(failing: "AC:80:0A:77:88:99"))
    #expect(run.code == 3)
    #expect(run.errors.hasSuffix("Do this for these 2 devices, one after the other? [y/N] "))
    #expect(calls.count == 7)
  }

  @Test func `the plans alone change nothing`() async throws {
    let (run, calls) = try await repairAll(["--dry-run"], of: try daemon())
    #expect(run.ending == .exit(.ok))
    #expect(calls == [asksForStatus] + plansOfAll)
    #expect(
      run.output
        == ["WH-1000XM4", "Second", "Old one"].map { "What would be done about \($0):\n  1. Remove it.\n" }.joined())
  }

  @Test func `where nothing is stale there is nothing to do`() async throws {
    let healthy = FakeDaemon([.status: try .replies(Samples.status)])
    let (text, calls) = try await repairAll(["--yes"], of: healthy)
    #expect(text.ending == .exit(.ok) && text.output == "No bond is known to be stale.\n")
    #expect(calls == [asksForStatus])
    let (json, _) = try await repairAll(["--json"], of: healthy)
    #expect(try json.objects() == [#"{"devices":[]}"#])
  }

  @Test func `without bluetoothd nothing can be said of any bond`() async throws {
    let reply = Control.StatusReply(
      version: Control.version, bluez: false, bluezVersion: nil, adapters: [], devices: [])
    let (run, _) = try await repairAll(["--yes"], of: FakeDaemon([.status: try .replies(reply)]))
    #expect(run.code == 9)
    #expect(run.errors.hasPrefix("mdrctl: bluetoothd is not running.\n"))
  }

  @Test func `a signal ends all of it`() async throws {
    let signal = try PendingSignal(2)
    let stuck = FakeDaemon([.status: try .replies(status), .repair: FakeDaemon.Script(hangs: signal)])
    let (run, calls) = try await repairAll(["--yes"], in: Terminal(signal: signal), of: stuck)
    #expect(run.ending == .signal(2))
    #expect(run.errors.hasSuffix("mdrctl: stopped; run it again to go on\n"))
    #expect(calls.filter { if case .called(.repair, _, wantsMore: true) = $0 { true } else { false } }.count == 1)
  }
}
