package import DBus

/// What an agent's machine can show and ask (`AgentManager1.RegisterAgent`). BlueZ chooses the way of pairing by it.
package enum AgentCapability: String, Sendable, CaseIterable {
  /// Just works: nobody is asked anything.
  case noInputNoOutput = "NoInputNoOutput"
  case displayOnly = "DisplayOnly"
  /// Shows six digits and takes yes or no.
  case displayYesNo = "DisplayYesNo"
  case keyboardOnly = "KeyboardOnly"
  case keyboardDisplay = "KeyboardDisplay"
}

/// How a question is answered in the negative.
package enum AgentRefusal: String, Error, Sendable {
  /// No.
  case rejected = "org.bluez.Error.Rejected"
  /// Nobody is there to answer, or they gave up.
  case canceled = "org.bluez.Error.Canceled"
}

/// Answers the questions that come up while a device is paired or connects a service.
///
/// One question is asked at a time. Its task is cancelled when BlueZ gives up; the answer is of no interest then. Every
/// question has a default answer, "rejected": a delegate implements what its capability promises. BlueZ waits 60 s.
package protocol AgentDelegate: Sendable {
  /// A PIN of 1 to 16 characters for a device of before Bluetooth 2.1.
  func pinCode(for device: ObjectPath) async throws(AgentRefusal) -> String
  /// A passkey of 0 to 999,999, which the device shows.
  func passkey(for device: ObjectPath) async throws(AgentRefusal) -> UInt32
  /// Whether the device shows the same passkey; to be shown with six digits. Returning means yes.
  func confirm(_ passkey: UInt32, for device: ObjectPath) async throws(AgentRefusal)
  /// Whether a pairing that asks nothing may go on. Returning means yes.
  func authorize(_ device: ObjectPath) async throws(AgentRefusal)
  /// Whether a device that is not trusted may connect a service. Returning means yes.
  func authorize(service uuid: String, for device: ObjectPath) async throws(AgentRefusal)
  /// Show a PIN to be typed on the device. Nothing is answered; the display ends with the pairing.
  func display(pinCode: String, for device: ObjectPath) async
  /// Show a passkey, six digits, to be typed on the device; called again as `entered` digits are there.
  func display(passkey: UInt32, entered: UInt16, for device: ObjectPath) async
  /// BlueZ has forgotten the agent: it was unregistered or bluetoothd ends.
  func released() async
}

extension AgentDelegate {
  package func pinCode(for device: ObjectPath) async throws(AgentRefusal) -> String { throw .rejected }
  package func passkey(for device: ObjectPath) async throws(AgentRefusal) -> UInt32 { throw .rejected }
  package func confirm(_ passkey: UInt32, for device: ObjectPath) async throws(AgentRefusal) { throw .rejected }
  package func authorize(_ device: ObjectPath) async throws(AgentRefusal) { throw .rejected }
  package func authorize(service uuid: String, for device: ObjectPath) async throws(AgentRefusal) { throw .rejected }
  package func display(pinCode: String, for device: ObjectPath) async {}
  package func display(passkey: UInt32, entered: UInt16, for device: ObjectPath) async {}
  package func released() async {}
}
