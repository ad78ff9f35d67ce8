/// What a descriptor is ready for. The bits are epoll's (`sys/epoll.h`).
package struct Readiness: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// `EPOLLIN`: data, a connection or the end of the stream can be read.
  package static let readable = Self(rawValue: 0x001)
  /// `EPOLLOUT`: a write would make progress.
  package static let writable = Self(rawValue: 0x004)
  /// `EPOLLERR` and `EPOLLHUP`: always reported, whether asked for or not.
  package static let broken = Self(rawValue: 0x018)
}

/// One descriptor being watched. The generation tells it from an earlier watch on the same descriptor number.
package struct Watch: Hashable, Sendable {
  package let descriptor: Int32
  let generation: UInt32

  var token: UInt64 { UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor)) }
}

/// The watches of a loop. An event carries the token of the watch it was asked for, so one that was queued for a
/// descriptor since closed, and perhaps opened again as something else, finds nothing.
struct WatchTable {
  private var handlers: [UInt64: (Readiness) -> Void] = [:]
  private var generation: UInt32 = 0

  mutating func insert(_ descriptor: Int32, _ handler: @escaping (Readiness) -> Void) -> Watch {
    // The highest generation would collide with the loop's own tokens.
    generation = generation == .max - 1 ? 0 : generation + 1
    let watch = Watch(descriptor: descriptor, generation: generation)
    handlers[watch.token] = handler
    return watch
  }

  func contains(_ watch: Watch) -> Bool { handlers[watch.token] != nil }
  func handler(for token: UInt64) -> ((Readiness) -> Void)? { handlers[token] }

  @discardableResult
  mutating func remove(_ watch: Watch) -> Bool { handlers.removeValue(forKey: watch.token) != nil }
}
