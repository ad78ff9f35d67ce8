internal import Core
internal import EventLoop
internal import Interface
internal import Varlink
internal import Vocabulary

// Who asked for what, for the history.

extension ControlService {
  /// Methods that mean no device unless one is named.
  private static let withoutDevice: Set<Control.Method> = [.pair, .scan, .power, .selectAdapter, .importPolicy]

  /// The same methods; what somebody is meant to change by them is recorded when he calls them.
  func recorded(_ methods: [VarlinkMethod]) -> [VarlinkMethod] {
    methods.map { method in
      guard let called = Control.Method(rawValue: method.name), called.isRecorded else { return method }
      return method.noting { [self] parameters, call in
        let id = await subject(of: called, parameters)
        let chronicle = port.chronicle
        let asked = await chronicle.asked(called.rawValue, by: call.peer.uid, id)
        return { error in chronicle.assumeIsolated { $0.answered(asked, error.map(Self.code)) } }
      }
    }
  }

  /// The device that is meant, where that can be said before it is done. What was typed is not recorded: it may be
  /// anybody's name.
  private func subject(of method: Control.Method, _ parameters: JSONValue) async -> DeviceID? {
    let members = parameters.members ?? [:]
    func text(_ name: String) -> String? {
      members[name]?.string.flatMap { $0.utf8.count <= DeviceQuery.longestText ? $0 : nil }
    }
    let device = text("device")
    if device == nil, Self.withoutDevice.contains(method) { return nil }
    return try? await resolver.bond(device, adapter: text("adapter"))
  }

  private static func code(_ error: VarlinkError) -> String {
    ErrorCode(varlinkName: error.name)?.rawValue ?? String(error.name.split(separator: ".").last ?? "")
  }
}

extension Control.Method {
  /// Whether a call of it is recorded: it changes something, and is no part of another call.
  var isRecorded: Bool {
    switch self {
    case .status, .list, .show, .audio, .headsetExplain, .doctor, .history, .wait, .monitor, .configuration: false
    case .planForget, .planRepair, .planFix, .planRestore, .cache, .headsetShow, .headsetHosts, .backups: false
    case .exportPolicy, .planImportPolicy: false
    // What is read again is recorded where that is done.
    case .answer, .reloadConfiguration: false
    case .scan, .pair, .connect, .disconnect, .trust, .block, .rename, .forget, .repair, .fix, .profile, .codec: true
    case .headsetChange, .headsetRelease, .headsetPowerOff, .backup, .restore, .setConnection, .take, .yield: true
    case .power, .selectAdapter, .importPolicy: true
    }
  }
}
