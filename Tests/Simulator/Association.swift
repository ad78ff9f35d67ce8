internal import DBus

// How the two sides make sure of each other: the association models of Secure Simple Pairing, and the PIN before it.
extension Simulator {
  /// Asks the agent whatever the capabilities of both sides demand; throws when the answer is not good enough.
  func associate(_ path: ObjectPath, _ headset: Headset, _ agent: AgentTable.Agent?) async throws {
    if headset.pairing == .asksForAuthorization {
      guard let agent else { throw BluezError.authenticationFailed }
      _ = try await ask(agent, "RequestAuthorization") { $0.append(path) }
      return
    }
    if let pin = headset.pin { return try await compare(pin, path, headset, agent) }
    // Without an agent this side is NoInputNoOutput, and so just works.
    guard let agent else { return }
    let passkey = UInt32(newNumber() * 7919 % 1_000_000)
    switch Model(here: agent.capability, there: headset.capability) {
    case .justWorks: break
    case .comparison:
      _ = try await ask(agent, "RequestConfirmation") { question in
        question.append(path)
        question.append(passkey)
      }
    case .typedThere:
      for entered in UInt16(0)...6 {
        show(agent, "DisplayPasskey") { display in
          display.append(path)
          display.append(passkey)
          display.append(entered)
        }
        try await pass(.milliseconds(300))
      }
    case .typedHere:
      var answer = try await ask(agent, "RequestPasskey") { $0.append(path) }
      guard (try? answer.uint32()) == Self.shownPasskey else { throw BluezError.authenticationFailed }
    }
  }

  /// What a headset with a display shows.
  package static let shownPasskey: UInt32 = 123_456

  private func compare(
    _ pin: String, _ path: ObjectPath, _ headset: Headset, _ agent: AgentTable.Agent?
  ) async throws {
    // bluetoothd's autopair plugin knows what headsets without a display have, and tries it three times first.
    if pin == "0000" { return }
    try await pass(timing.authentication * 3)
    // The agent is asked whatever it can do; a keyboard is told what to type instead.
    guard let agent else { throw BluezError.authenticationFailed }
    if headset.isKeyboard {
      return show(agent, "DisplayPinCode") { display in
        display.append(path)
        display.append(pin)
      }
    }
    var answer = try await ask(agent, "RequestPinCode") { $0.append(path) }
    guard (try? answer.string()) == pin else { throw BluezError.authenticationFailed }
  }

  /// The association model of two sides (Bluetooth core specification, volume 3 part C, 5.2.2.6).
  private enum Model {
    case justWorks, comparison, typedThere, typedHere

    init(here: Headset.Capability, there: Headset.Capability) {
      switch (here, there) {
      case (.none, _), (_, .none): self = .justWorks
      case (.keyboard, _): self = .typedHere
      case (_, .keyboard): self = .typedThere
      case (.keyboardDisplay, .display): self = .typedHere
      case (.display, _), (_, .display): self = .justWorks
      default: self = .comparison
      }
    }
  }
}
