/// What a headset said of itself lately, over its control channel, as far as policy goes by it. Most headsets say nothing,
/// and then everything is as it is without.
package struct HeadsetWord: Equatable, Sendable {
  /// Something that it said, and how old that is.
  package struct Told<Value: Equatable & Sendable>: Equatable, Sendable {
    package let value: Value
    /// How long ago it was told.
    package let age: Duration
    /// It was told over the channel that is open now, over which changes are told, too.
    package let isCurrent: Bool

    package init(_ value: Value, age: Duration = .zero, isCurrent: Bool) {
      (self.value, self.age, self.isCurrent) = (value, age, isCurrent)
    }
  }

  /// The hosts that are connected to it.
  package struct Hosts: Equatable, Sendable {
    /// How many, with this computer.
    package let connected: Int
    /// One of the others has the sound, and nothing says that it is paused.
    package let othersPlay: Bool

    package init(connected: Int, othersPlay: Bool) { (self.connected, self.othersPlay) = (connected, othersPlay) }
  }

  /// How full it is, in percent; of two earbuds the emptier one.
  package var battery: Told<UInt8>?
  package var hosts: Told<Hosts>?

  package init(battery: Told<UInt8>? = nil, hosts: Told<Hosts>? = nil) {
    (self.battery, self.hosts) = (battery, hosts)
  }

  /// How old a word of its battery may be to say something of it now; a margin, not a maker's figure.
  static let batteryTime = Duration.seconds(30 * 60)

  /// How much longer a headset is left alone that played for another host when it was heard of last; nil where it did not.
  /// Its word is as good for it as a refusal.
  package var politeness: Duration? {
    guard let hosts, hosts.value.othersPlay else { return nil }
    let remaining = hosts.isCurrent ? Hold.politeness : Hold.politeness - hosts.age
    return remaining > .zero ? remaining : nil
  }

  /// The hosts that are connected to it, where that was told a moment ago: what was asked for before something is done.
  package var hostsJustNow: Hosts? { hosts.flatMap { $0.age < Self.moment ? $0.value : nil } }

  private static let moment = Duration.seconds(60)

  /// By its word that holds now, another host plays.
  package var playsElsewhere: Bool { hosts.map { $0.isCurrent && $0.value.othersPlay } ?? false }
}
