extension ForgetOperation {
  package struct Options: Equatable, Sendable {
    /// Also what this computer keeps of it that is no key.
    package var resetCache: Bool
    /// Switches the adapter off and on afterwards; refused while other devices are connected, unless `force`.
    package var powerCycle: Bool
    package var force: Bool
    /// Has the headset forget this computer first, while it can still be told: nothing is removed here if it does not. The
    /// other way round its key would be left at a headset that nobody can reach.
    package var bothSides: Bool
    /// Only says what would be done.
    package var isDryRun: Bool

    package init(
      resetCache: Bool = false, powerCycle: Bool = false, force: Bool = false, bothSides: Bool = false,
      isDryRun: Bool = false
    ) {
      self.resetCache = resetCache
      self.powerCycle = powerCycle
      self.force = force
      self.bothSides = bothSides
      self.isDryRun = isDryRun
    }
  }
}
