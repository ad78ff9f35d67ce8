internal import Core
internal import EventLoop
internal import Interface
internal import Service
internal import Varlink

extension AudioSession.Presence {
  /// What logind says of a user now.
  init?(of user: UInt32) {
    guard let state = Logins.state(of: user).flatMap(Self.init(rawValue:)) else { return nil }
    switch state {
    case .active where Logins.isGreeter(user), .online where Logins.isGreeter(user): self = .greeter
    case .active where !Logins.isInForeground(user): self = .online
    case .closing where Logins.lingers(UserNames.name(of: user)): self = .lingering
    default: self = state
    }
  }
}
