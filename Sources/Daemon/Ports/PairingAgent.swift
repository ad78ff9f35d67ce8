internal import BlueZ
internal import Core
internal import DBus
internal import EventLoop
internal import Interface
internal import Service

/// Answers what bluetoothd asks while a pairing runs: by itself where policy can, else by asking the person at the
/// client.
///
/// Only the device that is being paired gets an answer; everything else is rejected.
actor PairingAgent: LoopActor {
  /// Who started the pairing.
  struct Person: Sendable {
    let uid: UInt32
    /// Shows a question to the person, on the loop; nil when nobody can be asked.
    let ask: (@Sendable (Question) -> Void)?
  }

  private struct Session {
    let person: Person
    let capability: Core.AgentCapability
    let agent: Agent
    var device: DeviceID?
    /// The passkey shown last; it comes again with every digit that is typed on the device.
    var shown: String?
  }

  /// The PIN that headsets without a display have. bluetoothd's `autopair` plugin tries it by itself for devices of the
  /// audio class, three times, before it asks an agent.
  private static let headsetPIN = "0000"

  nonisolated let loop: EventLoop
  private let mirror: BlueZMirror
  private let questions: Questions
  private var session: Session?
  /// Called with what BlueZ asked when a person was needed and nobody could be asked.
  private var unanswered: @Sendable (String) -> Void = { _ in }

  init(loop: EventLoop, mirror: BlueZMirror, questions: Questions) {
    self.loop = loop
    self.mirror = mirror
    self.questions = questions
  }

  /// Whom to tell when a person was needed and nobody could be asked.
  func onUnanswered(_ handler: @escaping @Sendable (String) -> Void) { unanswered = handler }

  /// The agent, for one pairing.
  struct Lease: Sendable {
    fileprivate let agent: PairingAgent
    fileprivate let person: Person

    func register(_ capability: Core.AgentCapability) async -> Refusal? {
      await agent.register(capability, for: person)
    }
    func unregister() async { await agent.unregister() }
    /// What BlueZ asks from now on is about this device.
    func pairs(_ id: DeviceID) async { await agent.pairs(id) }
  }

  nonisolated func lease(for person: Person) -> Lease { Lease(agent: self, person: person) }

  // MARK: Session

  fileprivate func register(_ capability: Core.AgentCapability, for person: Person) async -> Refusal? {
    guard let connection = mirror.connection else {
      return Refusal(.bluezGone, "There is no connection to the system bus.")
    }
    let agent = Agent(on: connection, delegate: self)
    session = Session(person: person, capability: capability, agent: agent)
    do throws(BlueZError) {
      try await agent.register(capability.bluez)
      return nil
    } catch {
      session = nil
      return Refusal(error)
    }
  }

  fileprivate func unregister() async {
    guard let agent = session?.agent else { return }
    session = nil
    await questions.withdrawAll()
    await agent.unregister()
  }

  fileprivate func pairs(_ id: DeviceID) { session?.device = id }

  // MARK: Asking

  /// The session, if the question is about the device that is being paired.
  private func session(for path: ObjectPath) throws(AgentRefusal) -> (Session, Core.Device) {
    guard let session, let id = session.device, id.path == path, let device = mirror.device(id) else {
      throw .rejected
    }
    return (session, device)
  }

  private func ask(
    _ kind: Question.Kind, for path: ObjectPath, passkey: String? = nil
  ) async throws(AgentRefusal) -> String {
    let (session, device) = try session(for: path)
    guard let send = session.person.ask else {
      unanswered("BlueZ asked for: \(kind.rawValue).")
      throw .rejected
    }
    let answer = await questions.ask(kind, about: device, passkey: passkey, of: session.person.uid, send: send)
    guard let answer else { throw .canceled }
    guard answer.accept else { throw .rejected }
    return answer.value ?? ""
  }

  private func show(_ text: String, for path: ObjectPath) async {
    guard let (session, device) = try? session(for: path), session.shown != text else { return }
    self.session?.shown = text
    guard let send = session.person.ask else { return unanswered("BlueZ wants \(text) typed on the device.") }
    await questions.show(device, passkey: text, send: send)
  }

  static func sixDigits(_ passkey: UInt32) -> String {
    let digits = String(passkey)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }
}

extension PairingAgent: AgentDelegate {
  func pinCode(for device: ObjectPath) async throws(AgentRefusal) -> String {
    let (session, _) = try session(for: device)
    guard session.person.ask != nil else {
      // If it is another one, a person is what was missing.
      unanswered("BlueZ asked for a PIN, and \(Self.headsetPIN) was answered.")
      return Self.headsetPIN
    }
    let pin = try await ask(.pin, for: device)
    // 1 to 16 octets (baseband specification); BlueZ refuses others without a reason.
    guard (1...16).contains(pin.utf8.count) else { throw .rejected }
    return pin
  }

  func passkey(for device: ObjectPath) async throws(AgentRefusal) -> UInt32 {
    guard let passkey = UInt32(try await ask(.passkey, for: device)), passkey <= 999_999 else { throw .rejected }
    return passkey
  }

  func confirm(_ passkey: UInt32, for device: ObjectPath) async throws(AgentRefusal) {
    if try session(for: device).0.capability == .confirming { return }
    _ = try await ask(.confirmation, for: device, passkey: Self.sixDigits(passkey))
  }

  /// A pairing that asks nothing, of the very device that is being paired, was asked for by the person.
  func authorize(_ device: ObjectPath) async throws(AgentRefusal) { _ = try session(for: device) }

  func authorize(service uuid: String, for device: ObjectPath) async throws(AgentRefusal) {
    _ = try session(for: device)
  }

  func display(pinCode: String, for device: ObjectPath) async { await show(pinCode, for: device) }

  func display(passkey: UInt32, entered: UInt16, for device: ObjectPath) async {
    await show(Self.sixDigits(passkey), for: device)
  }
}

extension Core.AgentCapability {
  fileprivate var bluez: BlueZ.AgentCapability {
    switch self {
    case .none: .noInputNoOutput
    case .confirming: .displayYesNo
    case .interactive: .keyboardDisplay
    }
  }
}
