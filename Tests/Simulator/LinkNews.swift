internal import DBus

/// What the kernel (mgmt's events) and the controller tell of a device's link to those who listen.
package enum LinkNews: Hashable, Sendable {
  case connected
  /// mgmt's reason.
  case disconnected(Int)
  /// mgmt's status.
  case connectFailed(Int)
  /// mgmt's status.
  case authenticationFailed(Int)
  /// HCI's status of an authentication that the computer asked for: no key (6), or another one (5).
  case keyRefused(Int)
}

/// The kernel's mgmt status codes that are told here.
enum KernelStatus {
  static let connectFailed = 4
  /// Of HCI 0x05 and 0x06 alike.
  static let authenticationFailed = 5
  static let rejected = 11
}

/// Somebody who wants to hear of a device's link.
struct LinkListener: Sendable {
  /// The controller's address.
  let adapter: String
  let device: String
  let tell: @Sendable (LinkNews) -> Void
}

extension Simulator {
  /// Tells what happens to a device's link from now on, on the loop, until the number that is returned is given back.
  package func listen(
    to address: String, on adapterAddress: String, _ tell: @escaping @Sendable (LinkNews) -> Void
  ) -> Int {
    let number = newNumber()
    listeners[number] = LinkListener(
      adapter: adapterAddress.uppercased(), device: address.uppercased(), tell: tell)
    return number
  }

  /// Ends what ``listen(to:on:_:)`` began.
  package func endListening(_ number: Int) { listeners[number] = nil }

  /// The headset does not take the computer's key, which the controller tells before the kernel does.
  func announceRefusal(of device: KnownDevice, hasKey: Bool) {
    announce(.keyRefused(hasKey ? 5 : 6), of: device)
    announce(.authenticationFailed(KernelStatus.authenticationFailed), of: device)
  }

  func announce(_ news: LinkNews, of device: KnownDevice?) {
    guard let device, let controller = controllers[device.adapter] else { return }
    for listener in listeners.values where listener.adapter == controller.address && listener.device == device.address {
      listener.tell(news)
    }
  }
}
