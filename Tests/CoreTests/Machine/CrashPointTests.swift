import Core
import Testing
import Vocabulary

/// Runs operations on a ``TinyBlueZ``, one event after the other, and can stop as a daemon that is killed does.
private struct Life {
  var computer: TinyBlueZ
  var label: String
  /// How many requests have been carried out.
  var count = 0

  init(_ computer: TinyBlueZ, _ label: String) {
    self.computer = computer
    self.label = label
  }

  /// What came of it; nil when it was killed after so many requests had been carried out.
  mutating func run(
    _ operation: some Operation, killedAfter last: Int? = nil, losingAnswerOf lost: Int? = nil
  ) -> Result<Outcome, OperationError>? {
    var script = Script(operation, computer.world)
    script.label = label
    script.start()
    for _ in 0..<200 {
      if let result = script.result { return result }
      guard let request = script.outstanding.first else {
        guard let deadline = script.armed.first else { break }
        script.expire(deadline)
        continue
      }
      if count == last { return nil }
      count += 1
      let events = computer.carryOut(request)
      script.world = computer.world
      // A refusal of the journal means what it says, and a discovery without an answer is not ours to end.
      let isLost = count == lost && !request.isCertain
      for event in events { script.tell(event, of: request, isLost: isLost) }
    }
    Issue.record("\(label): never ends; outstanding \(script.outstanding), armed \(script.armed)")
    return nil
  }

  /// What the daemon does when it is started, and then the user of a repair.
  mutating func recover(_ purpose: JournalEntry.Purpose) {
    for entry in computer.world.journal.values {
      guard case .success? = run(ForgetOperation(resuming: entry)) else {
        Issue.record("\(label): not recovered")
        continue
      }
    }
    guard purpose == .repair, let entry = computer.world.journal.values.first else { return }
    guard case .success? = run(RepairOperation(resuming: entry)) else {
      Issue.record("\(label): not repaired in the end")
      return
    }
  }
}

extension Request {
  fileprivate var isCertain: Bool {
    switch self {
    case .journal(.record), .bluez(.startDiscovery): true
    default: false
    }
  }
}

/// Whenever the daemon is killed, what it had begun is finished, and nobody is the wiser.
@Suite(.timeLimit(.minutes(5))) struct CrashPointTests {
  enum Job: String, CaseIterable, Sendable {
    case plain, resetCache, powerCycle, repair
    /// By BlueZ alone, because the helper ends no links.
    case plainSlowly, repairSlowly

    var endsLinks: Bool { self != .plainSlowly && self != .repairSlowly }
    private var isPlain: Bool { self == .plain || self == .plainSlowly }

    var purpose: JournalEntry.Purpose { self == .repair || self == .repairSlowly ? .repair : .forget }
    var layers: Set<HostLayer> { isPlain ? [.bond, .linkKey] : [.bond, .linkKey, .storedLinkKey, .cache] }

    fileprivate func begin(_ life: inout Life, killedAfter last: Int? = nil, losingAnswerOf lost: Int? = nil) -> Result<
      Outcome, OperationError
    >? {
      life.computer.endsLinks = endsLinks
      let options = ForgetOperation.Options(resetCache: !isPlain, powerCycle: self == .powerCycle)
      return purpose == .repair
        ? life.run(RepairOperation(.headset), killedAfter: last, losingAnswerOf: lost)
        : life.run(ForgetOperation(.headset, options), killedAfter: last, losingAnswerOf: lost)
    }
  }

  private static let headset = Device.own.with {
    $0.connected = true
    $0.servicesResolved = true
    $0.alias = "My headset"
  }
  /// A twin that was paired by mistake.
  private static let twin = Device.twinFound.with {
    $0.rssi = nil
    $0.paired = true
    $0.bonded = true
  }

  private static func life(_ label: String) -> Life { Life(TinyBlueZ(headset, twin), label) }

  /// How many requests a job takes when nothing happens.
  private static func length(of job: Job) -> Int {
    var life = life("\(job), undisturbed")
    guard case .success? = job.begin(&life) else { return 0 }
    return life.count
  }

  private func expectDone(_ job: Job, _ life: Life) {
    let (world, label) = (life.computer.world, life.label)
    #expect(world.journal.isEmpty, "\(label): the journal")
    #expect(world.adapters[.first]?.powered == true, "\(label): the adapter")
    #expect(world.adapters[.first]?.discovering == false, "\(label): the discovery")
    #expect(world.known[.twin]?.bonded != true, "\(label): the twin")
    let left = { (id: DeviceID) in life.computer.layers[id, default: []].intersection(job.layers) }
    #expect(left(.twin).isEmpty, "\(label): what is left of the twin")
    if job.purpose == .repair {
      let device = world.known[.headset]
      #expect(device?.bonded == true, "\(label): the bond")
      #expect(device?.alias == "My headset", "\(label): the name")
      #expect(device?.trusted == true, "\(label): the trust")
      #expect(left(.headset) == [.bond, .linkKey, .cache], "\(label): the layers")
    } else {
      #expect(world.known[.headset]?.bonded != true, "\(label): the headset")
      #expect(left(.headset).isEmpty, "\(label): what is left of the headset")
    }
  }

  /// As it was before anybody asked for anything.
  private func isUntouched(_ life: Life) -> Bool {
    life.computer.world.known[.headset] == Self.headset && life.computer.world.journal.isEmpty
  }

  @Test(arguments: Job.allCases) func `undisturbed, each does all of it`(job: Job) {
    var life = Self.life("\(job)")
    guard case .success? = job.begin(&life) else {
      Issue.record("\(job) failed")
      return
    }
    expectDone(job, life)
    #expect(life.count >= 6)
  }

  @Test(arguments: Job.allCases, [false, true])
  func `killed after any request, it is finished when the daemon is back`(job: Job, rebooted: Bool) {
    let length = Self.length(of: job)
    #expect(length > 0)
    for last in 0..<length {
      var life = Self.life("\(job), killed after \(last) of \(length)\(rebooted ? ", rebooted" : "")")
      #expect(job.begin(&life, killedAfter: last) == nil)
      if life.computer.world.journal.isEmpty, last == 0 {
        #expect(isUntouched(life))
        continue
      }
      life.computer.give(back: .first)
      if rebooted { life.computer.reboot() }
      life.recover(job.purpose)
      expectDone(job, life)
    }
  }

  @Test(arguments: Job.allCases) func `killed again while it finishes, it is finished the next time`(job: Job) {
    let length = Self.length(of: job)
    for first in 1..<length {
      for second in 0..<12 {
        var life = Self.life("\(job), killed after \(first), then after \(second)")
        _ = job.begin(&life, killedAfter: first)
        life.computer.give(back: .first)
        guard let entry = life.computer.world.journal.values.first else { continue }
        life.count = 0
        if entry.phase == .pairing {
          _ = life.run(RepairOperation(resuming: entry), killedAfter: second)
        } else {
          _ = life.run(ForgetOperation(resuming: entry), killedAfter: second)
        }
        life.computer.give(back: .first)
        life.recover(job.purpose)
        expectDone(job, life)
      }
    }
  }

  @Test(arguments: Job.allCases) func `whichever answer is lost, it is finished, if not at once`(job: Job) {
    for lost in 1...Self.length(of: job) {
      var life = Self.life("\(job), answer \(lost) lost")
      let result = job.begin(&life, losingAnswerOf: lost)
      if case .failure(let error)? = result {
        #expect(error.hint?.isEmpty == false)
        if isUntouched(life) { continue }
        life.recover(job.purpose)
      }
      expectDone(job, life)
    }
  }

  @Test func `a repair goes on by itself when it is asked for again`() {
    for last in 1..<Self.length(of: .repair) {
      var life = Self.life("repair, killed after \(last), asked for again")
      _ = Job.repair.begin(&life, killedAfter: last)
      life.computer.give(back: .first)
      guard case .success? = life.run(RepairOperation(.headset)) else {
        Issue.record("\(life.label): not repaired")
        continue
      }
      expectDone(.repair, life)
    }
  }

  @Test func `a plain pairing completes a repair that was broken off`() {
    for last in 1..<Self.length(of: .repair) {
      var life = Self.life("repair, killed after \(last), paired")
      _ = Job.repair.begin(&life, killedAfter: last)
      life.computer.give(back: .first)
      for entry in life.computer.world.journal.values { _ = life.run(ForgetOperation(resuming: entry)) }
      guard life.computer.world.known[.headset]?.bonded != true else { continue }
      guard case .success? = life.run(PairOperation("94:DB:56:00:00:01")) else {
        Issue.record("\(life.label): not paired")
        continue
      }
      expectDone(.repair, life)
    }
  }

  @Test func `what was bonded anew after all was forgotten is not removed`() {
    var life = Self.life("forgotten and bonded anew")
    let entry = JournalEntry(purpose: .repair, phase: .pairing, device: .headset, trusted: true)
    life.computer.world.journal[.headset] = entry
    _ = life.run(ForgetOperation(resuming: entry))
    #expect(life.count == 0)
    #expect(life.computer.world.known[.headset]?.bonded == true)
  }
}
