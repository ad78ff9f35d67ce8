package import Vocabulary

/// One thing that happened.
package struct HistoryEvent: Codable, Hashable, Sendable {
  /// Milliseconds since 1970, by the clock as it was set last in that run of the computer.
  package var time: Int
  /// Milliseconds since the computer was started, with the time that it slept.
  package var uptime: Int
  /// Names the run of the computer.
  package var boot: String?
  package var kind: HistoryKind
  package var adapter: String?
  package var address: String?
  package var name: String?
  package var stranger: Bool?
  package var user: String?
  package var uid: Int?
  package var verb: String?
  package var word: String?
  package var text: String?
  package var evidence: String?
  package var count: Int?

  package init(
    time: Int, uptime: Int, boot: String? = nil, kind: HistoryKind, adapter: String? = nil, address: String? = nil,
    name: String? = nil, stranger: Bool? = nil, user: String? = nil, uid: Int? = nil, verb: String? = nil,
    word: String? = nil, text: String? = nil, evidence: String? = nil, count: Int? = nil
  ) {
    self.time = time
    self.uptime = uptime
    self.boot = boot
    self.kind = kind
    self.adapter = adapter
    self.address = address
    self.name = name
    self.stranger = stranger
    self.user = user
    self.uid = uid
    self.verb = verb
    self.word = word
    self.text = text
    self.evidence = evidence
    self.count = count
  }
}

extension Control {
  package struct HistoryParameters: Codable, Hashable, Sendable {
    package var device: String?
    package var adapter: String?
    /// Milliseconds since 1970.
    package var since: Int?
    package var until: Int?
    /// Where the part before ended.
    package var before: String?
    package init(
      device: String? = nil, adapter: String? = nil, since: Int? = nil, until: Int? = nil, before: String? = nil
    ) {
      self.device = device
      self.adapter = adapter
      self.since = since
      self.until = until
      self.before = before
    }
  }

  package struct HistoryReply: Codable, Sendable {
    /// The newest first.
    package var events: [HistoryEvent]
    package var before: String?
    package var damaged: Int?
    package var trouble: Trouble?
    package init(events: [HistoryEvent], before: String? = nil, damaged: Int? = nil, trouble: Trouble? = nil) {
      self.events = events
      self.before = before
      self.damaged = damaged
      self.trouble = trouble
    }
  }
}
