internal import BlueZ
internal import Core
internal import EventLoop
internal import Interface
internal import Vocabulary

/// Tells the session that is followed what its user should know of headsets, where the configuration has that.
///
/// It looks when something changed, and there is nothing that it waits for.
actor Notices: LoopActor {
  nonisolated let loop: EventLoop
  private let world: LiveWorld
  private let sessions: Sessions
  private let rule: @Sendable () -> NoticeRule
  private var board = NoticeBoard()
  /// The session that is told.
  private var reader: Int?

  /// `rule`: what the configuration says now.
  init(world: LiveWorld, sessions: Sessions, rule: @escaping @Sendable () -> NoticeRule) {
    loop = sessions.loop
    (self.world, self.sessions, self.rule) = (world, sessions, rule)
  }

  /// Something of a device is another: what BlueZ has of it, what was found of its bond, why it is left alone.
  func look(at id: DeviceID) {
    // A discovery changes a thousand devices again and again, of which nobody is told.
    guard let reader, board.tells(of: id) || world.mirror.known(id)?.bonded == true else { return }
    for news in board.look(at: id, in: world) {
      let notice = wire(news)
      sessions.assumeIsolated { $0.tell(notice, to: reader) }
    }
  }

  /// The followed session, what its sound server has, or what the configuration says is another.
  func lookAtAll() {
    // Who is not entitled hears nothing of headsets.
    let isTold = rule() != .never && world.sound?.isHost == true
    let next = isTold ? sessions.assumeIsolated { $0.followedNumber } : nil
    guard next == reader else {
      reader = next
      board = NoticeBoard()
      if next != nil { board.begin(in: world) }
      return
    }
    guard next != nil else { return }
    for device in world.mirror.allDevices where device.bonded { look(at: device.id) }
  }

  private func wire(_ news: NoticeBoard.News) -> Session.Notice {
    switch news {
    case .begun(let notice):
      Session.Notice(
        device: notice.device.address.description, adapter: notice.device.adapter.name, kind: notice.kind,
        title: notice.title, text: world.mirror.told(notice.text), action: notice.action,
        start: rule() == .start ? true : nil)
    case .over(let id, let kind):
      Session.Notice(device: id.address.description, adapter: id.adapter.name, kind: kind)
    }
  }
}
