extension PairOperation {
  /// What is to be paired, and how.
  package struct Options: Equatable, Sendable {
    package var adapter: AdapterID
    /// Nil takes the only headset in pairing mode.
    package var query: DeviceQuery?
    package var searchLimit: Duration
    package var capability: AgentCapability

    package init(
      adapter: AdapterID, query: DeviceQuery?, searchLimit: Duration = .seconds(60), capability: AgentCapability = .none
    ) {
      self.adapter = adapter
      self.query = query
      self.searchLimit = searchLimit
      self.capability = capability
    }
  }
}
