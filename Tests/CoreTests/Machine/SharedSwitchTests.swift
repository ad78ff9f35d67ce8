import Core
import Testing

@Suite struct SharedSwitchTests {
  private typealias Input = SharedSwitch.Input
  private typealias Output = SharedSwitch.Output

  private static let silence = Refusal(.noReply)
  private static let busy = Refusal(.inProgress)

  /// A switch to which this has happened, and what it asked for last.
  private func after(_ inputs: Input...) -> (switch: SharedSwitch, outputs: [Output]) {
    var shared = SharedSwitch(over: [.notReady])
    var outputs: [Output] = []
    for input in inputs { outputs = shared.take(input) }
    return (shared, outputs)
  }

  @Test func `the first user has it switched on, the last one off`() {
    #expect(after(.join(1)).outputs == [.start])
    #expect(after(.join(1), .join(2)).outputs == [])
    #expect(after(.join(1), .join(2), .answered(nil)).outputs == [.tell(1, nil), .tell(2, nil)])
    #expect(after(.join(1), .answered(nil), .join(2)).outputs == [.tell(2, nil)])
    #expect(after(.join(1), .answered(nil), .join(2), .leave(1)).outputs == [.tell(1, nil)])
    #expect(after(.join(1), .answered(nil), .leave(1)).outputs == [.stop])
    let end = after(.join(1), .answered(nil), .leave(1), .answered(nil))
    #expect(end.outputs == [.tell(1, nil), .isOff])
    #expect(end.switch.phase == .off && end.switch.users == 0)
  }

  @Test func `who joins while it is switched off has it switched on again`() {
    let joined = after(.join(1), .answered(nil), .leave(1), .join(2))
    #expect(joined.outputs == [])
    #expect(joined.switch.phase == .stopping)
    let stopped = after(.join(1), .answered(nil), .leave(1), .join(2), .answered(nil))
    #expect(stopped.outputs == [.tell(1, nil), .isOff, .start])
    let on = after(.join(1), .answered(nil), .leave(1), .join(2), .answered(nil), .answered(nil))
    #expect(on.outputs == [.tell(2, nil)])
    #expect(on.switch.phase == .on && on.switch.users == 1)
  }

  @Test func `a refusal is everybody's who waited, and leaves nothing on`() {
    let refused = after(.join(1), .join(2), .answered(Self.busy))
    #expect(refused.outputs == [.tell(1, Self.busy), .tell(2, Self.busy), .isOff])
    #expect(refused.switch.phase == .off)
  }

  @Test func `what BlueZ did not answer is taken back until BlueZ says that it is off`() {
    let late = after(.join(1), .answered(Self.silence))
    #expect(late.outputs == [.tell(1, Self.silence), .stop])
    // It is still being started, says BlueZ; or BlueZ says nothing.
    for refusal in [Self.busy, Self.silence] {
      let refused = after(.join(1), .answered(Self.silence), .answered(refusal))
      #expect(refused.outputs == [.pause(.seconds(1))])
      #expect(refused.switch.phase == .unsure)
      #expect(after(.join(1), .answered(Self.silence), .answered(refusal), .paused).outputs == [.stop])
    }
    let off = after(.join(1), .answered(Self.silence), .answered(Self.busy), .paused, .answered(nil))
    #expect(off.outputs == [.isOff])
    #expect(off.switch.isIdle)
  }

  @Test func `a refusal that says that there is nothing to switch off ends it`() {
    let off = after(.join(1), .answered(Self.silence), .answered(Refusal(.notReady)))
    #expect(off.outputs == [])
    #expect(off.switch.isIdle)
  }

  @Test func `the pauses grow, and begin anew when it was off`() {
    var shared = SharedSwitch(over: [])
    _ = shared.take(.join(1))
    _ = shared.take(.answered(Self.silence))
    var pauses: [Output] = []
    for _ in 0..<7 {
      pauses += shared.take(.answered(Self.silence))
      _ = shared.take(.paused)
    }
    #expect(pauses == [1, 2, 4, 8, 16, 30, 30].map { .pause(.seconds($0)) })
    _ = shared.take(.answered(nil))
    _ = shared.take(.suspect)
    #expect(shared.take(.answered(Self.busy)) == [.pause(.seconds(1))])
  }

  @Test func `a user who comes while it is unsure is served after it was switched off`() {
    let joined = after(.join(1), .answered(Self.silence), .answered(Self.busy), .join(2))
    #expect(joined.outputs == [.stop])
    // The pause that was under way says nothing any more.
    #expect(after(.join(1), .answered(Self.silence), .answered(Self.busy), .join(2), .paused).outputs == [])
    let served = after(.join(1), .answered(Self.silence), .answered(Self.busy), .join(2), .answered(nil))
    #expect(served.outputs == [.isOff, .start])
    let refused = after(.join(1), .answered(Self.silence), .answered(Self.busy), .join(2), .answered(Self.busy))
    #expect(refused.outputs == [.tell(2, Self.busy), .pause(.seconds(2))])
  }

  @Test func `a user whose leaving was not answered has left`() {
    let left = after(.join(1), .answered(nil), .leave(1), .answered(Self.silence))
    #expect(left.outputs == [.tell(1, Self.silence), .pause(.seconds(1))])
    #expect(left.switch.users == 0)
    #expect(after(.join(1), .answered(nil), .leave(1), .answered(Self.silence), .leave(1)).outputs == [.tell(1, nil)])
  }

  @Test func `what goes with its adapter is nobody's any more`() {
    let gone = after(.join(1), .answered(nil), .gone)
    #expect(gone.outputs == [] && gone.switch.isIdle)
    #expect(after(.join(1), .answered(nil), .gone, .leave(1)).outputs == [.tell(1, nil)])
    #expect(after(.join(1), .answered(nil), .gone, .join(2)).outputs == [.start])
    // What is under way is answered yet, and whoever waits is told then.
    let starting = after(.join(1), .gone, .answered(Refusal(.bluezGone)))
    #expect(starting.outputs == [.tell(1, Refusal(.bluezGone))])
    let stopping = after(.join(1), .answered(nil), .leave(1), .gone, .answered(Refusal(.notReady)))
    #expect(stopping.outputs == [.tell(1, Refusal(.notReady))])
    #expect(stopping.switch.isIdle)
  }

  @Test func `what may have been left on is switched off, unless somebody has it`() {
    #expect(after(.suspect).outputs == [.stop])
    #expect(after(.suspect, .answered(nil)).outputs == [.isOff])
    #expect(after(.join(1), .suspect).outputs == [])
    #expect(after(.join(1), .answered(nil), .suspect).outputs == [])
  }

  @Test func `in any order of happenings nobody waits for ever, and nothing stays on that nobody has`() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2_000 {
      var shared = SharedSwitch(over: [.notReady])
      var waiting: Set<Int> = []
      var joining: Set<Int> = []
      var holders: Set<Int> = []
      var isAsked = false
      var isPausing = false
      func take(_ input: Input) {
        for output in shared.take(input) {
          switch output {
          case .start, .stop:
            #expect(!isAsked, "two requests at a time")
            isAsked = true
          case .pause: isPausing = true
          case .tell(let user, let refusal):
            #expect(waiting.remove(user) != nil, "told twice")
            // Who was refused has nothing to give back.
            if joining.remove(user) != nil, refusal != nil { holders.remove(user) }
          case .isOff: break
          }
        }
      }
      for user in 0..<12 {
        switch Int.random(in: 0..<5, using: &random) {
        case 0, 1:
          waiting.insert(user)
          joining.insert(user)
          holders.insert(user)
          take(.join(user))
        case 2:
          guard let holder = holders.subtracting(waiting).first else { continue }
          holders.remove(holder)
          waiting.insert(holder)
          take(.leave(holder))
        case 3 where isPausing:
          isPausing = false
          take(.paused)
        default:
          guard isAsked else { continue }
          isAsked = false
          take(.answered([nil, Self.silence, Self.busy, Refusal(.notReady)].randomElement(using: &random) ?? nil))
        }
      }
      // BlueZ answers from now on, and everybody leaves.
      for _ in 0..<40 {
        if isAsked {
          isAsked = false
          take(.answered(nil))
        } else if isPausing {
          isPausing = false
          take(.paused)
        } else if let holder = holders.subtracting(waiting).first {
          holders.remove(holder)
          waiting.insert(holder)
          take(.leave(holder))
        }
      }
      #expect(waiting.isEmpty)
      #expect(shared.isIdle)
    }
  }
}
