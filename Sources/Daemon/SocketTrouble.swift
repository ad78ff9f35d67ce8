internal import Varlink

extension ServerSocketError {
  /// Why the daemon cannot listen at this path.
  func sentence(_ path: String) -> String {
    switch self {
    case .alreadyRunning: "another mdrctld serves \(path)"
    case .notASocket: "\(path) is not a socket; remove it"
    case .system(let error): "it cannot listen at \(path): \(error)"
    }
  }
}
