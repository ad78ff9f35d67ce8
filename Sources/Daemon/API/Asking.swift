internal import Core
internal import EventLoop
internal import Interface
internal import Varlink
internal import Vocabulary

// Who asked for what, for the history.

extension ControlService {
  /// Methods of those who may control that only look, or answer a question of the daemon's.
  private static let unrecorded: Set<Control.Method> = [
    .planForget, .planRepair, .planFix, .planRestore, .cache, .headsetShow, .headsetHosts, .backups, .answer,
    .reloadConfiguration,
  ]
  /// Methods that mean no device unless one is named.
  private static let withoutDevice: Set<Control.Method> = [.pair, .scan, .power, .selectAdapter]

  /// The methods, each of which is recorded when somebody calls it and he is meant to change something by it.
  func recorded(_ methods: [VarlinkMethod]) -> [VarlinkMethod] {
    let signatures = Control.signatures.filter { $0.role == .control && !Self.unrecorded.contains($0.method) }
    let named = Dictionary(uniqueKeysWithValues: signatures.map { ($0.method.rawValue, $0.method) })
    return methods.map { method in
      guard let called = named[method.name] else { return method }
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
