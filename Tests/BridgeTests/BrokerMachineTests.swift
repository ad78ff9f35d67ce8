import Testing

@testable import Bridge

@Suite struct BrokerMachineTests {
  private let failure = BrokerFailure.unreachable("Connection refused")
  private let begin = ContinuousClock.now

  private func waits(_ actions: [BrokerMachine.Action]) -> [Duration] {
    actions.compactMap { if case .wait(let duration) = $0 { duration } else { nil } }
  }

  private func online() -> BrokerMachine {
    var machine = BrokerMachine()
    _ = machine.handle(.begin, at: begin)
    _ = machine.handle(.reached, at: begin)
    #expect(machine.handle(.accepted, at: begin) == [.wait(BrokerMachine.tending), .publish])
    return machine
  }

  @Test func `everything is published when the broker lets us in, and not before`() {
    var machine = BrokerMachine()
    #expect(machine.handle(.begin, at: begin) == [.wait(BrokerMachine.patience), .connect])
    #expect(machine.handle(.reached, at: begin) == [.wait(BrokerMachine.patience)])
    #expect(!machine.isOnline)
    _ = machine.handle(.accepted, at: begin)
    #expect(machine.isOnline)
  }

  @Test func `a broker that is away is tried less and less often, at least once a minute, and told of once`() {
    var machine = BrokerMachine()
    _ = machine.handle(.begin, at: begin)
    #expect(machine.handle(.failed(failure), at: begin) == [.close, .tell(failure), .wait(.seconds(1))])
    var delays: [Duration] = []
    for _ in 0..<8 {
      #expect(machine.handle(.due, at: begin) == [.wait(BrokerMachine.patience), .connect])
      let actions = machine.handle(.failed(failure), at: begin)
      #expect(!actions.contains(.tell(failure)))
      delays += waits(actions)
    }
    #expect(delays == [2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
  }

  @Test func `another reason is told, and the same one again after a connection`() {
    var machine = BrokerMachine()
    _ = machine.handle(.begin, at: begin)
    _ = machine.handle(.failed(failure), at: begin)
    _ = machine.handle(.due, at: begin)
    _ = machine.handle(.reached, at: begin)
    let refusal = BrokerFailure.refused(5, "not authorised")
    #expect(machine.handle(.failed(refusal), at: begin).contains(.tell(refusal)))
    _ = machine.handle(.due, at: begin)
    _ = machine.handle(.reached, at: begin)
    _ = machine.handle(.accepted, at: begin)
    #expect(machine.handle(.failed(refusal), at: begin).contains(.tell(refusal)))
  }

  @Test func `a connection that lasted is made again after a second, one that did not later and later`() {
    var machine = online()
    #expect(waits(machine.handle(.failed(.ended), at: begin + .seconds(5))) == [.seconds(1)])
    _ = machine.handle(.due, at: begin)
    _ = machine.handle(.reached, at: begin)
    _ = machine.handle(.accepted, at: begin)
    #expect(waits(machine.handle(.failed(.ended), at: begin + .seconds(5))) == [.seconds(2)])
    _ = machine.handle(.due, at: begin)
    _ = machine.handle(.reached, at: begin)
    _ = machine.handle(.accepted, at: begin)
    #expect(waits(machine.handle(.failed(.ended), at: begin + .seconds(61))) == [.seconds(1)])
  }

  @Test func `an address that does not answer is given up for the next one`() {
    var machine = BrokerMachine()
    _ = machine.handle(.begin, at: begin)
    #expect(machine.handle(.due, at: begin) == [.hasten, .wait(BrokerMachine.patience)])
    #expect(machine.handle(.due, at: begin) == [.hasten, .wait(BrokerMachine.patience)])
  }

  @Test func `whoever takes the connection and says nothing is no broker`() {
    var machine = BrokerMachine()
    _ = machine.handle(.begin, at: begin)
    _ = machine.handle(.reached, at: begin)
    #expect(machine.handle(.due, at: begin) == [.close, .tell(.silent), .wait(.seconds(1))])
  }

  @Test func `the keep-alive is looked at while there is a connection, in time for the broker`() {
    var machine = online()
    #expect(machine.handle(.due, at: begin) == [.wait(BrokerMachine.tending), .tend])
    let latest = Duration.seconds(BrokerMachine.keepAlive) + BrokerMachine.tending
    #expect(latest < .seconds(BrokerMachine.keepAlive) * 1.5)
  }

  @Test func `what comes too late changes nothing`() {
    var machine = BrokerMachine()
    #expect(machine.handle(.failed(failure), at: begin) == [])
    #expect(machine.handle(.accepted, at: begin) == [])
    _ = machine.handle(.begin, at: begin)
    #expect(machine.handle(.accepted, at: begin) == [])
    #expect(machine.handle(.begin, at: begin) == [])
  }
}
