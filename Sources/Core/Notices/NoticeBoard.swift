package import Vocabulary

/// Something that a user is told of a headset without having asked.
package struct Notice: Hashable, Sendable {
  package let device: DeviceID
  package let kind: NoticeKind
  package let title: String
  package let text: String
  package let action: NoticeAction?
}

/// What there is to be told of headsets, and what is news of it.
///
/// It looks when something changed, and tells each thing once: when it begins, when it is over, and when a microphone has
/// got another user.
package struct NoticeBoard: Equatable, Sendable {
  package enum News: Hashable, Sendable {
    case begun(Notice)
    case over(DeviceID, NoticeKind)
  }

  private var known: [DeviceID: [NoticeKind: Notice]] = [:]

  /// Headsets tell their battery in steps of 10 or 20 %; below the lower one it is low, until it is above the upper one.
  static let low: UInt8 = 15
  static let charged: UInt8 = 25

  package init() {}

  /// Begins for somebody: what there is already is no news to him.
  package mutating func begin(in world: some World) {
    known = [:]
    for adapter in world.allAdapters {
      for device in world.devices(of: adapter.id) {
        let notices = current(device.id, in: world)
        if !notices.isEmpty { known[device.id] = notices }
      }
    }
  }

  /// Whether something is told of a device now.
  package func tells(of id: DeviceID) -> Bool { known[id] != nil }

  /// What is new of a device.
  package mutating func look(at id: DeviceID, in world: some World) -> [News] {
    let before = known[id] ?? [:]
    var now = current(id, in: world)
    var news: [News] = []
    for kind in NoticeKind.allCases {
      switch (before[kind], now[kind]) {
      case (nil, let notice?): news.append(.begun(notice))
      case (.some, nil): news.append(.over(id, kind))
      case (let old?, let new?) where old != new:
        // A battery that goes on emptying is no other matter.
        if kind == .microphone { news.append(.begun(new)) } else { now[kind] = old }
      default: break
      }
    }
    known[id] = now.isEmpty ? nil : now
    return news
  }

  private func current(_ id: DeviceID, in world: some World) -> [NoticeKind: Notice] {
    guard let device = world.device(id), device.bonded, device.isAudio else { return [:] }
    var notices: [NoticeKind: Notice] = [:]
    func add(_ kind: NoticeKind, _ title: String, _ text: String, _ action: NoticeAction? = nil) {
      notices[kind] = Notice(device: id, kind: kind, title: "\(device.alias) \(title)", text: text, action: action)
    }
    // Whoever wishes stereo gets it without being asked, and whoever wishes calls knows.
    if device.connected, world.wish(of: id).policy == .auto, let card = world.card(of: id), card.kind == .call,
      let capture = card.captures.first
    {
      add(.microphone, "is in mono", "\(capture.application) has its microphone open.", .stereo)
    }
    let limit = known[id]?[.battery] == nil ? Self.low : Self.charged
    if device.connected, let battery = device.battery, battery <= limit {
      add(.battery, "is nearly empty", "Its battery has \(battery) % left.")
    }
    if world.isStale(id) {
      let command = Advice.command("repair", id)
      add(.bond, "does not know this computer any more", "Put it into pairing mode, then run: \(command)")
    }
    if !device.connected, world.hold(on: id)?.reason == .elsewhere {
      add(.elsewhere, "is with another host", "It refused to connect here, and is not called any more.", .take)
    }
    return notices
  }
}
