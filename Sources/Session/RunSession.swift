internal import EventLoop
internal import Glibc
internal import Interface
package import Service

// The Session layer: the part in a login session. It mirrors the Bluetooth cards of the session's sound server for the
// daemon, which cannot reach it, changes them as the daemon wants, and shows the user what the daemon has to say.

/// What `mdrctl-session` takes on its command line, and says of itself.
package var sessionArguments: ServiceArguments {
  ServiceArguments(
    program: "mdrctl-session", version: Control.version,
    help: """
      Runs in a login session: tells mdrctld of the Bluetooth cards that the session's sound server has, switches their
      profiles and codecs for it, and shows what mdrctld has to say of headsets where a notification server runs. It is
      started with the session:

        systemctl --user enable --now mdrctl-session

      Environment:
        MDRCTL_SOCKET                         mdrctld's socket (\(Control.socketPath))
        PULSE_SERVER, PULSE_RUNTIME_PATH      where the sound server is, as for every client of PulseAudio
        DBUS_SESSION_BUS_ADDRESS              where notices are shown
      """
  )
}

/// Runs `mdrctl-session` until it is told to stop or another one takes its place, then ends the process.
package func runSession() -> Never {
  // Without /dev/null there is nowhere to complain to either.
  try? ProcessAttributes.occupyStandardDescriptors()
  sessionArguments.answerAndExit()
  // Dumps are not forbidden here: there is nothing secret, and PipeWire lets a program in which it cannot look at do less.
  let log = Log()
  let loop = EventLoop()
  loop.spawn { exit(await serve(on: loop, log)) }
  loop.run()
  preconditionFailure("the loop ended before the program")
}

/// Returns the exit status.
private func serve(on loop: EventLoop, _ log: Log) async -> Int32 {
  let sound = SoundServer(loop: loop, path: soundServerSocket(), log: log)
  let orders = Orders(loop: loop, sound: sound, units: UserUnits(loop: loop))
  let path = variable(Control.socketVariable) ?? Control.socketPath
  let notifier = Notifier(loop: loop, bus: sessionBus, daemonPath: path, log: log)
  let link = DaemonLink(loop: loop, path: path, orders: orders, log: log) { notice in
    notifier.assumeIsolated { $0.take(notice) }
  }
  await sound.onChange { state in
    orders.assumeIsolated { $0.take(state) }
    link.assumeIsolated { $0.take(state) }
  }
  let listening = loop.spawn { await sound.run() }
  let linking = loop.spawn { await link.run() }
  do throws(SystemError) {
    try Signals.handle([.terminate, .interrupt, .hangup], on: loop) { signal in
      // A terminal that goes away is no reason for a service to end.
      if signal != .hangup { linking.cancel() }
    }
  } catch {
    log.error("mdrctl-session cannot start: signals cannot be handled: \(error)")
    return 1
  }
  ServiceManager.ready("Waiting for mdrctld")
  let ending = await linking.value
  ServiceManager.stopping()
  listening.cancel()
  await listening.value
  if ending == .replaced { log.notice("Another mdrctl-session of this user took the place of this one") }
  return 0
}

/// Where PipeWire and PulseAudio listen; nil when libpulse was told of another place, which it knows alone.
private func soundServerSocket() -> String? {
  guard variable("PULSE_SERVER") == nil else { return nil }
  if let directory = variable("PULSE_RUNTIME_PATH") { return "\(directory)/native" }
  return variable("XDG_RUNTIME_DIR").map { "\($0)/pulse/native" }
}
