/// Why no sound server has registered with BlueZ, as far as that is known: what a session reports of its server, and what
/// logind says of its user.
package enum AudioAbsence: Hashable, Sendable {
  /// No login session has joined the daemon, so nothing is known of any server.
  case noSession
  /// The session finds no server.
  case notRunning(user: String)
  /// PipeWire runs, and WirePlumber, which registers for it, does not: it died, was stopped, or is being started.
  case noManager(server: String, user: String)
  /// WirePlumber waits until its user sits at this computer. `state` is what logind says instead.
  case seatGate(server: String, user: String, state: String)
  /// All of it runs that can be seen.
  /// `before` says whether it had registered in this login.
  case notRegistered(server: String, user: String, before: Bool)

  /// Of the followed session; meaningful only while no adapter lists an audio service.
  package init(_ session: AudioSession?) {
    guard let session else {
      self = .noSession
      return
    }
    let user = session.name
    guard let server = session.server else {
      self = .notRunning(user: user)
      return
    }
    if session.hasManager == false {
      self = .noManager(server: server, user: user)
    } else if server.hasPrefix("PipeWire"), !session.hadEndpoints, ![.active, .greeter].contains(session.presence) {
      // Where it registered in this login no gate held it.
      let state = session.presence.map { "is \($0.rawValue), not active on a seat" } ?? "has no session on a seat"
      self = .seatGate(server: server, user: user, state: state)
    } else {
      self = .notRegistered(server: server, user: user, before: session.hadEndpoints)
    }
  }

  /// How long to wait for its end; nil: there is nothing to wait for.
  ///
  /// The user's service manager starts a WirePlumber that died again at once, and it registers 1 to 5 s later, in a busy
  /// guest 12 s (laboratory). Where no session tells what becomes of a sound server, one may be about to register: right
  /// after its start, or after its adapter came back.
  package var patience: Duration? {
    switch self {
    case .noManager: .seconds(20)
    case .notRegistered(_, _, let before): before ? .seconds(20) : nil
    case .noSession: .seconds(3)
    case .notRunning, .seatGate: nil
    }
  }

  /// Whether it may help to restart what registers with BlueZ, which the session can do.
  package var isCurable: Bool {
    switch self {
    case .noManager, .notRegistered: true
    case .noSession, .notRunning, .seatGate: false
    }
  }

  /// One sentence, without its full stop.
  package var sentence: String {
    switch self {
    case .noSession: "No sound server has registered with BlueZ"
    case .notRunning(let user): "The sound server of \(user) does not run"
    case .noManager(let server, let user):
      "\(server) of \(user) runs, but its session manager, WirePlumber, does not"
    case .seatGate(_, let user, _): "WirePlumber keeps Bluetooth off until \(user) sits at this computer"
    case .notRegistered(let server, let user, _): "\(server) of \(user) has not registered with BlueZ"
    }
  }

  /// What it is seen by.
  package var evidence: String {
    let none = "BlueZ lists no audio service of the adapter"
    return switch self {
    case .noSession: "\(none), and no login session has joined mdrctld."
    case .notRunning: "\(none), and mdrctl-session finds no server."
    case .noManager: "\(none), and WirePlumber is not among PipeWire's clients."
    case .seatGate(let server, let user, let state): "\(server) runs, \(user) \(state), and \(none)."
    case .notRegistered: "\(none)."
    }
  }

  /// What to do.
  package var hint: String {
    switch self {
    case .noSession:
      "Log in, with mdrctl-session enabled (systemctl --user enable --now mdrctl-session), or start PipeWire (with "
        + "libspa-0.2-bluetooth) or PulseAudio."
    case .notRunning(let user): "As \(user): systemctl --user start pipewire pipewire-pulse wireplumber"
    case .noManager(_, let user):
      "As \(user): systemctl --user restart wireplumber. Why it ended: journalctl --user -u wireplumber"
    case .seatGate:
      "Switch its seat gate off. WirePlumber 0.5, ~/.config/wireplumber/wireplumber.conf.d/seat.conf: "
        + "wireplumber.profiles = { main = { monitor.bluez.seat-monitoring = disabled } }. WirePlumber 0.4, "
        + "~/.config/wireplumber/bluetooth.lua.d/51-seat.lua: bluez_monitor.properties[\"with-logind\"] = false. "
        + "Then: systemctl --user restart wireplumber"
    case .notRegistered(let server, let user, _) where server.hasPrefix("PipeWire"):
      "As \(user): systemctl --user restart wireplumber. Its Bluetooth part is libspa-0.2-bluetooth; what it says: "
        + "journalctl --user -u wireplumber"
    case .notRegistered(_, let user, _):
      "As \(user): systemctl --user restart pulseaudio. Its Bluetooth part is pulseaudio-module-bluetooth; what it "
        + "says: journalctl --user -u pulseaudio"
    }
  }
}

extension World {
  /// Why no sound server has registered with BlueZ; meaningful only where none has.
  package var audioAbsence: AudioAbsence { AudioAbsence(sound) }
}
