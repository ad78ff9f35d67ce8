internal import Interface
internal import Vocabulary

/// What `bar` alone takes.
private enum Options {
  static let format = Setting<BarFormat>("format", oneOf: "FORMAT", isNeeded: true, "the bar that reads it")
}

extension Verb {
  static let bar = Verb(
    name: "bar", summary: "tell a status bar how a headset is, a line for each change",
    operands: [.optionalDevice], options: [Options.format, Common.adapter],
    details: """
      Battery, codec, "mono" while the headset's microphone profile is in use, and "mic" while a program records from it;
      the last two only where a login session with a sound server tells them. Without DEVICE it is the headset that is
      connected, and of several the one that has the sound. The states are connected, disconnected, off (no adapter is
      on) and stale: mdrctld is away, and what is shown was so before. It comes back by itself. Names are escaped as the
      bar wants it.

      waybar       JSON with text, tooltip, class, alt (the state) and percentage; "return-type": "json"
      polybar      text; custom/script with tail
      i3status-rs  JSON with text, short_text, icon and state; a custom block with json and persistent
      i3blocks     JSON; format=json, interval=persist
      eww          JSON with condition, text, name, battery, profile, codec, mono, microphone, classes and details
      """,
    examples: """
      mdrctl bar --format waybar
      mdrctl bar XM4 --format polybar
      """,
    endsWithOutput: true,
    run: { command throws(EarlyExit) in
      try Bar(format: command.needed(Options.format), device: command.optionalOperand(0), command).run()
    })
}

/// Follows the daemon, whether it is there or not, and prints what has changed.
private final class Bar {
  private let format: BarFormat
  private let device: String?
  private let command: Command
  private var view = BarView()
  private var shown: String?
  /// Why nothing can be shown any more.
  private var end: EarlyExit?

  private static let firstDelay = Duration.milliseconds(50)
  /// After this long a daemon that is absent is waited for without a timer; one that is there, and does not answer as it
  /// should, is asked no more often.
  private static let longestDelay = Duration.seconds(30)

  init(format: BarFormat, device: String?, _ command: Command) {
    (self.format, self.device, self.command) = (format, device, command)
  }

  func run() throws(EarlyExit) -> Never {
    // Made before the first attempt: a socket that appears while that is made, or later, is not missed.
    var watch = SocketWatch(command.socketPath)
    var delay = Self.firstDelay
    while true {
      let begin = command.context.clock()
      let failure = try follow()
      if command.context.clock() - begin >= Self.longestDelay { delay = Self.firstDelay }
      try show(stale(failure))
      // Between a socket's appearing and its listening there is a moment, hence the timer at first.
      let isPatient = failure.isAbsence && delay >= Self.longestDelay && watch.descriptor >= 0
      if try command.wait(for: watch, atMost: isPatient ? nil : delay) {
        watch = SocketWatch(command.socketPath)
        delay = Self.firstDelay
      } else {
        delay = min(delay * 2, Self.longestDelay)
      }
    }
  }

  /// Follows the daemon until it is away; returns what that was seen by.
  private func follow() throws(EarlyExit) -> Failure {
    do throws(EarlyExit) {
      try command.follow(Control.monitor, Control.NoParameters()) { (reply, isLast) throws(EarlyExit) in
        // The last one only says that there will be no further one.
        guard !isLast else { return }
        view.take(reply)
        if mayMeanAnother(reply) { try choose() }
        try show(view.state)
      }
    } catch {
      guard end == nil, case .failure(let failure) = error else { throw error }
      return failure
    }
    return Failure(code: "no-daemon", message: "mdrctld has stopped.", exit: .noDaemon)
  }

  /// Whether the name may mean another headset now. One that was found is kept, whatever else comes.
  private func mayMeanAnother(_ reply: Control.MonitorReply) -> Bool {
    switch (reply.event, view.choice) {
    case (.state, _), (.deviceAdded, .nobody): true
    case (.deviceRemoved, .device(let key)): reply.device?.key == key
    default: false
    }
  }

  /// Who is meant, in the daemon's own judgement.
  private func choose() throws(EarlyExit) {
    guard let device else { return }
    do throws(EarlyExit) {
      let parameters = Control.DeviceParameters(device: device, adapter: command.adapter)
      view.choice = .device(try command.call(Control.show, parameters).device.key)
    } catch {
      guard case .failure(let failure) = error else { throw error }
      view.choice = .nobody(failure.message)
    }
  }

  /// What was shown last, marked as such.
  private func stale(_ failure: Failure) -> BarState {
    var state = view.state
    if state.condition != .connected { state = BarState() }
    (state.condition, state.reason) = (.stale, failure.message)
    return state
  }

  private func show(_ state: BarState) throws(EarlyExit) {
    let line = format.line(state)
    guard line != shown else { return }
    shown = line
    do throws(EarlyExit) { try command.output.show(text: line + "\n") } catch {
      end = error
      throw error
    }
  }
}
