internal import DBus
internal import EventLoop

/// Something that happens in the neighbourhood without bluetoothd's doing.
package enum Happening: Hashable, Sendable {
  // To a headset, by its address.
  case vanish(String)
  case appear(String)
  case enterPairingMode(String)
  case leavePairingMode(String)
  /// The headset forgets every computer, as a factory reset makes it.
  case wipe(String)
  /// The headset holds another key than this computer.
  case changeKey(String)
  case connectFromHeadset(String)
  case disconnectFromHeadset(String)
  case rename(String, String)
  /// Its signal strength changes that many times in a row.
  case storm(String, Int)

  // To a controller, by its name.
  case unplug(String)
  case plug(String)
  /// Put in again while something still holds its old name, it gets another one.
  case plugAs(String, String)
  case block(String)
  case unblock(String)
  case switchOff(String)
  case switchOn(String)

  // To bluetoothd and the sound server.
  case restartBluez
  /// SIGKILL, and started again.
  case crashBluez
  case stopBluez
  case startBluez
  case startSoundServer
  case stopSoundServer
}

/// Happenings that a call sets off.
struct Trigger: Sendable {
  let method: String
  let device: String?
  let delay: Duration
  let happening: Happening
  var times: Int?
}

extension Simulator {
  /// Lets something happen now.
  package func happen(_ happening: Happening) async throws {
    switch happening {
    case .vanish(let address): setInRange(address, false)
    case .appear(let address): setInRange(address, true)
    case .enterPairingMode(let address):
      change(address) { $0.isInPairingMode = true }
      becomeVisible(address.uppercased())
    case .leavePairingMode(let address): change(address) { $0.isInPairingMode = false }
    case .wipe(let address): change(address) { $0.keys = [:] }
    case .changeKey(let address): change(address) { $0.keys = $0.keys.mapValues { _ in .foreign } }
    case .connectFromHeadset(let address):
      for adapter in controllers.keys.sorted() { try await admit(address.uppercased(), over: adapter) }
    case .disconnectFromHeadset(let address): endLinks(of: address, reason: .remote)
    case .rename(let address, let name):
      change(address) { $0.name = name }
      for path in paths(of: address) { update(path) { $0.name = name } }
    case .storm(let address, let count): storm(address, count)
    case .unplug(let name): unplug(name)
    case .plug(let name): plug(name)
    case .plugAs(let old, let new):
      guard let controller = controllers[old], !controller.isPluggedIn, controllers[new] == nil else { break }
      controllers[old] = nil
      controllers[new] = controller.named(new)
      plug(new)
    case .block(let name): block(name)
    // bluetoothd switches it on again by itself.
    case .unblock(let name): powerOn(name)
    case .switchOff(let name): powerOff(name)
    case .switchOn(let name): if controllers[name]?.isBlocked == false { powerOn(name) }
    case .restartBluez: try await restart()
    case .crashBluez: try await restart(gracefully: false)
    case .stopBluez: await stop()
    case .startBluez: try await start(fresh: true)
    case .startSoundServer: setSoundServer(SoundServer())
    case .stopSoundServer: setSoundServer(.none)
    }
    flush()
  }

  /// Lets something happen after each call of a method, or after the next ones.
  package func on(
    _ method: String, device: String? = nil, after delay: Duration = .zero, times: Int? = 1, _ happening: Happening
  ) {
    triggers.append(Trigger(method: method, device: device, delay: delay, happening: happening, times: times))
  }

  /// Lets something happen after a while, even over bluetoothd's end.
  package func happen(_ happening: Happening, after delay: Duration) {
    loop.spawn {
      do {
        try await self.pass(delay)
        try await self.happen(happening)
      } catch {
        // The bus has gone: nothing can happen there any more.
      }
    }
  }

  /// Lets happen what a call sets off.
  func fireTriggers(on call: Call) {
    for index in triggers.indices where triggers[index].method == call.name && call.concerns(triggers[index].device) {
      let trigger = triggers[index]
      if let times = trigger.times {
        guard times > 0 else { continue }
        triggers[index].times = times - 1
      }
      happen(trigger.happening, after: trigger.delay)
    }
  }

  // MARK: Headsets

  private func setInRange(_ address: String, _ isInRange: Bool) {
    change(address) { $0.isInRange = isInRange }
    guard !isInRange else { return becomeVisible(address.uppercased()) }
    later(timing.supervision) { simulator in
      guard simulator.headset(address)?.isInRange == false else { return }
      simulator.endLinks(of: address, reason: .timeout)
    }
  }

  private func endLinks(of address: String, reason: LinkEnd) {
    for path in paths(of: address) { dropLink(path, reason: reason) }
  }

  private func paths(of address: String) -> [ObjectPath] {
    controllers.keys.sorted().compactMap { devicePath(address.uppercased(), on: $0) }.filter { devices[$0] != nil }
  }

  private func storm(_ address: String, _ count: Int) {
    for path in paths(of: address) {
      for step in 0..<count {
        update(path) { $0.rssi = -40 - Int16(step % 50) }
        flush()
      }
    }
  }

  // MARK: Controllers

  private func unplug(_ name: String) {
    guard let controller = controllers[name], controller.isPluggedIn else { return }
    // The kernel says that it is off before it says that it is gone.
    update(controller: name) { $0.isPowered = false }
    flush()
    tearDown(name)
    // The kernel forgets everything about it.
    changeRemnants(on: name) { remnants in
      remnants.kernelKey = nil
      remnants.isInInquiryCache = false
    }
    controllers[name]?.isPluggedIn = false
    controllers[name]?.isPowered = controller.isPowered
  }

  private func plug(_ name: String) {
    guard controllers[name]?.isPluggedIn == false else { return }
    controllers[name]?.isPluggedIn = true
    changeRemnants(on: name) { $0.isInController = false }
    later(timing.adapterSetUp) { $0.setUp(name) }
  }

  private func block(_ name: String) {
    guard controllers[name] != nil else { return }
    controllers[name]?.isBlocked = true
    powerOff(name)
  }
}
