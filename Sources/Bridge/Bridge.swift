internal import EventLoop
internal import Interface
internal import Service
internal import Varlink
internal import Vocabulary

/// Joins the two links: what the daemon tells becomes what the broker holds, and what the broker's clients publish becomes
/// orders.
actor Bridge: LoopActor {
  nonisolated let loop: EventLoop
  private let configuration: BridgeConfiguration
  private let password: String?
  private let topics: Topics
  private let client: DaemonClient
  private let log: Log
  private var link: BrokerLink?
  private var mirror = Mirror()
  private var rights = Rights()
  /// Of this link with the daemon; none before it said what this client may do.
  private var isReady = false
  private var links = 0
  private var unasked: Set<Address> = []
  private var isAsking = false
  private var settling: TimerToken?
  /// The headsets that orders are being carried out on.
  private var busy: Set<Address> = []
  private var complaint: ContinuousClock.Instant?

  /// After this long a headset that BlueZ does not list any more was forgotten; bluetoothd stops in less.
  private static let settlingTime = Duration.seconds(10)
  /// Orders at a time, of all headsets.
  private static let mostOrders = 8
  /// What is not understood is told no more often.
  private static let complaintTime = Duration.seconds(10)

  init(loop: EventLoop, _ configuration: BridgeConfiguration, password: String?, daemonPath: String, log: Log) {
    self.loop = loop
    self.configuration = configuration
    self.log = log
    self.password = password
    topics = Topics(prefix: configuration.prefix, name: configuration.name)
    client = DaemonClient(loop: loop, path: daemonPath, log: log)
  }

  private static let online = "online"
  private static let offline = "offline"

  /// Runs until the task is cancelled.
  func run() async {
    let link = brokerLink()
    self.link = link
    tellAvailability()
    await link.begin()
    await client.follow { reply in self.assumeIsolated { $0.take(reply) } }
    await link.end()
  }

  private func brokerLink() -> BrokerLink {
    let settings = BrokerSettings(
      host: configuration.host, port: configuration.port, isEncrypted: configuration.isEncrypted,
      authorities: configuration.authorities, user: configuration.user, password: password,
      identifier: "mdrctl-\(configuration.name)", willTopic: topics.availability, willPayload: Self.offline)
    let filters = [topics.states, topics.birth] + (configuration.hasCommands ? [topics.commands] : [])
    return BrokerLink(loop: loop, settings, subscriptions: filters, log: log) { message in
      self.assumeIsolated { $0.take(message) }
    }
  }

  // MARK: The daemon

  private func take(_ reply: Control.MonitorReply?) {
    guard let reply else {
      mirror.lose()
      isReady = false
      links += 1
      return tellAvailability()
    }
    let changed = mirror.take(reply)
    ask(about: changed)
    if reply.event == .state { loop.spawn { await self.becomeReady() } }
    if let address = reply.device.flatMap({ Address($0.address) }) {
      publish(address)
    } else {
      for address in mirror.entries.keys { publish(address) }
    }
    settleLater(again: reply.device == nil || reply.event == .deviceRemoved)
  }

  /// Learns what this client may do, and tells the broker everything.
  private func becomeReady() async {
    let number = links
    let access = await client.access()
    guard number == links else { return }
    let mayControl = configuration.hasCommands && access?.control == true
    if configuration.hasCommands, !mayControl {
      log.error(
        "Commands are allowed in bridge.conf, and mdrctld does not let this service control. No command is offered.",
        ["reason": access?.message ?? "mdrctld did not say", "hint": access?.hint ?? "See mdrctl-bridge(8)."])
    }
    rights = Rights(mayControl: mayControl, mayRepair: mayControl && configuration.mayRepair)
    isReady = true
    for address in mirror.entries.keys.sorted() { publish(address) }
    tellAvailability()
  }

  private func ask(about addresses: Set<Address>) {
    unasked.formUnion(addresses)
    guard !isAsking, !unasked.isEmpty else { return }
    isAsking = true
    loop.spawn { await self.askUntilKnown() }
  }

  private func askUntilKnown() async {
    while let address = unasked.popFirst() {
      let answer = await client.look(at: address)
      mirror.change(address) { entry in
        entry.device.model = answer.device?.model ?? entry.device.model
        entry.isCalled = answer.device?.standing?.autoConnect
        (entry.policy, entry.cause) = (answer.audio?.policy, answer.audio?.cause)
        // Who was connected all along is told no card anew.
        if entry.card == nil, entry.device.connected { entry.card = answer.audio?.card }
      }
      publish(address)
    }
    isAsking = false
  }

  /// Has headsets that are gone given up after a while: counted from now where something went or came, else from before.
  private func settleLater(again: Bool) {
    guard again || settling == nil || mirror.gone.isEmpty else { return }
    if let settling { loop.cancel(settling) }
    settling = nil
    guard !mirror.gone.isEmpty else { return }
    settling = loop.schedule(after: Self.settlingTime) { self.assumeIsolated { $0.settle() } }
  }

  private func settle() {
    settling = nil
    hold(
      mirror.settle().sorted().flatMap { address in
        [topics.discovery(of: address), topics.state(of: address)].map { Publications.Message(topic: $0, payload: []) }
      })
  }

  // MARK: The broker

  private func publish(_ address: Address) {
    guard isReady, let entry = mirror.entries[address] else { return }
    let payloads = Payloads(topics: topics, rights: rights)
    hold([
      .init(topic: topics.discovery(of: address), payload: payloads.discovery(of: address, entry).bytes),
      .init(topic: topics.state(of: address), payload: payloads.state(of: entry).bytes),
    ])
  }

  private func tellAvailability() {
    let word = isReady ? Self.online : Self.offline
    hold([.init(topic: topics.availability, payload: Array(word.utf8))])
  }

  private func hold(_ messages: [Publications.Message]) { link?.assumeIsolated { $0.hold(messages) } }

  private func take(_ message: BrokerLink.Message) {
    switch topics.meaning(of: message.topic) {
    case .birth:
      // What Home Assistant left behind before is answered by what is published anyway.
      guard !message.isRetained, message.payload.elementsEqual(Self.online.utf8) else { return }
      link?.assumeIsolated { $0.repeatAll() }
    case .state(let address):
      // What the broker holds from before comes first; our own words come back after that.
      guard message.isRetained else {
        let filter = topics.states
        link?.assumeIsolated { $0.unsubscribe(filter) }
        return
      }
      mirror.isHeld(address)
      settleLater(again: true)
    case .command(let address, let key): take(key, message, on: address)
    case nil: break
    }
  }

  private func take(_ key: String, _ message: BrokerLink.Message, on address: Address) {
    guard !message.isRetained else {
      return complain("A command that the broker holds for later is not carried out: it is to be published unretained.")
    }
    guard let entry = mirror.entries[address], !mirror.gone.contains(address),
      let order = Order(key, message.payload, for: entry, rights)
    else { return complain("A command of the broker's was not understood, or is none that was offered.") }
    guard !busy.contains(address), busy.count < Self.mostOrders else {
      return finish(address, "Another command is being carried out.", nil)
    }
    busy.insert(address)
    log.info("The broker has a command carried out", ["command": key, "device": address.description])
    loop.spawn { await self.carryOut(order, on: address) }
  }

  private func carryOut(_ order: Order, on address: Address) async {
    let (sentence, report) = await client.carryOut(order, on: address)
    busy.remove(address)
    finish(address, sentence, report)
    ask(about: [address])
  }

  private func finish(_ address: Address, _ sentence: String, _ report: HeadsetReport?) {
    mirror.change(address) { entry in
      entry.result = sentence
      if let report { entry.take(report) }
    }
    publish(address)
  }

  private func complain(_ sentence: String) {
    if let complaint, .now - complaint < Self.complaintTime { return }
    complaint = .now
    log.notice(sentence)
  }
}
