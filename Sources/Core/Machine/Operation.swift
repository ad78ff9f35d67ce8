/// Something the user asked for that takes several steps: a state machine without I/O.
///
/// Events go in, actions come out; whoever runs the operation carries the actions out and reports back. An operation
/// ends with exactly one ``Action/finish(_:)``, and ignores whatever comes after it.
package protocol Operation: Sendable {
  /// What users call it: "pair".
  var name: String { get }
  /// What it does to a device, for the watches.
  var undertaking: Undertaking? { get }
  /// The device that it found out to work on, if that was not known from the beginning.
  var found: DeviceID? { get }
  /// Whether somebody who asks for it means the other one's end: a headset that is to be left alone is not called.
  func overrules(_ other: Undertaking) -> Bool
  /// Whether it can be told the event. Most look at whatever happens.
  func isConcerned(by event: Event) -> Bool
  /// Whether it only looks on. Anybody may ask for that, so its failures are nothing for the log.
  var onlyWatches: Bool { get }
  mutating func start(in world: some World) -> [Action]
  mutating func handle(_ event: Event, in world: some World) -> [Action]
}

extension Operation {
  package var undertaking: Undertaking? { nil }
  package var found: DeviceID? { nil }
  package var onlyWatches: Bool { false }
  package func overrules(_ other: Undertaking) -> Bool { false }
  package func isConcerned(by event: Event) -> Bool { true }
}
