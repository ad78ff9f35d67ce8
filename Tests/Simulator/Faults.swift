package import DBus

/// What goes wrong with a call.
package struct Fault: Sendable {
  /// What becomes of the call in the end.
  package enum Outcome: Sendable {
    /// What would have become of it anyway.
    case normal
    case error(DBusError)
    /// A reply with these arguments, whatever the method returns by rights.
    case reply([Value])
    /// No answer, ever.
    case silence
  }

  /// The method's name; for a property that is set, "Set Powered".
  package var method: String
  /// Nil for every object.
  package var device: String?
  package var outcome: Outcome
  package var delay = Duration.zero
  /// How many calls it befalls; nil for all.
  package var times: Int?
  /// How many calls pass before the first that it befalls.
  package var skips = 0
  /// The call waits until this opens.
  var latch: Latch?

  package init(_ method: String, on device: String? = nil, _ outcome: Outcome, times: Int? = nil) {
    self.method = method
    self.device = device
    self.outcome = outcome
    self.times = times
  }
}

extension Simulator {
  /// Lets calls go wrong from now on; the latest fault that fits a call is the one that befalls it.
  package func inject(_ fault: Fault) { faults.append(fault) }

  /// Lets calls of a method, or the next ones, fail with an error.
  package func fail(_ method: String, on device: String? = nil, with error: DBusError, times: Int? = nil) {
    inject(Fault(method, on: device, .error(error), times: times))
  }

  /// Keeps the next call of a method waiting until the latch that is returned opens; then it takes its course. A call
  /// that takes time is under way meanwhile, so that it can be cancelled.
  /// With `after`, so many calls pass before it.
  package func hold(
    _ method: String, on device: String? = nil, after skips: Int = 0, then outcome: Fault.Outcome = .normal
  ) -> Latch {
    var fault = Fault(method, on: device, outcome, times: 1)
    fault.skips = skips
    let latch = Latch(loop)
    fault.latch = latch
    inject(fault)
    return latch
  }

  /// Stops bluetoothd as SIGSTOP does: what is asked of it waits, in order, and nothing is answered.
  package func freeze() { isFrozen = true }

  /// Lets bluetoothd go on, as SIGCONT does.
  package func thaw() {
    isFrozen = false
    let waiting = frozen
    frozen = []
    for call in waiting { reply(call, receive(call)) }
  }

  /// Ends all faults.
  package func clearFaults() { faults = [] }

  /// The fault that befalls a call; one that was meant for so many calls is used up.
  func takeFault(for call: Call) -> Fault? {
    guard let index = faults.lastIndex(where: { $0.method == call.name && call.concerns($0.device) }) else {
      return nil
    }
    guard faults[index].skips == 0 else {
      faults[index].skips -= 1
      return nil
    }
    let fault = faults[index]
    if let times = fault.times {
      if times <= 1 { faults.remove(at: index) } else { faults[index].times = times - 1 }
    }
    return fault
  }

  /// Returns the spoilt answer; nil when the call takes its course.
  func suffer(_ fault: Fault) async throws -> Answer? {
    try await fault.latch?.wait()
    if fault.delay > .zero { try await pass(fault.delay) }
    switch fault.outcome {
    case .normal: return nil
    case .error(let error): return .error(error)
    case .reply(let values):
      return .reply { reply in
        for value in values { value.append(to: &reply) }
      }
    case .silence:
      try await Latch(loop).wait()
      return .later
    }
  }
}
