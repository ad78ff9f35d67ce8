internal import CPulse

// libpulse's structures, which are valid during a callback only, as values of ours.

extension ServerFacts {
  init(_ info: pa_server_info) {
    unsafe self.init(
      name: text(info.server_name), version: text(info.server_version),
      defaultSink: info.default_sink_name.map { unsafe String(cString: $0) })
  }
}

extension CardFacts {
  init(_ info: pa_card_info) {
    var profiles: [ProfileFacts] = []
    for index in 0..<Int(unsafe info.n_profiles) {
      guard let profile = unsafe info.profiles2?[index] else { break }
      unsafe profiles.append(ProfileFacts(profile.pointee))
    }
    unsafe self.init(
      index: info.index, name: text(info.name), properties: known(info.proplist), profiles: profiles,
      activeProfile: info.active_profile2.flatMap { unsafe $0.pointee.name }.map { unsafe String(cString: $0) })
  }
}

extension ProfileFacts {
  fileprivate init(_ info: pa_card_profile_info2) {
    unsafe self.init(
      name: text(info.name), description: text(info.description), sinks: Int(info.n_sinks),
      sources: Int(info.n_sources), priority: Int(info.priority), isAvailable: info.available != 0)
  }
}

extension EndpointFacts {
  init(_ info: pa_sink_info) {
    unsafe self.init(
      index: info.index, name: text(info.name), card: some(info.card),
      hasFailed: ![PA_SINK_RUNNING, PA_SINK_IDLE, PA_SINK_SUSPENDED].contains(info.state),
      properties: known(info.proplist))
  }

  init(_ info: pa_source_info) {
    unsafe self.init(
      index: info.index, name: text(info.name), card: some(info.card),
      isMonitor: some(info.monitor_of_sink) != nil, properties: known(info.proplist))
  }
}

extension StreamFacts {
  init(_ info: pa_source_output_info) {
    unsafe self.init(
      source: info.source, client: some(info.client), name: text(info.name), properties: known(info.proplist),
      resampling: info.resample_method.map { unsafe String(cString: $0) })
  }
}

extension PlaybackFacts {
  init(_ info: pa_sink_input_info) { unsafe self.init(index: info.index, sink: info.sink, isCorked: info.corked != 0) }
}

extension ClientFacts {
  init(_ info: pa_client_info) { unsafe self.init(index: info.index, properties: known(info.proplist)) }
}

private func text(_ pointer: UnsafePointer<CChar>?) -> String {
  guard let pointer = unsafe pointer else { return "" }
  return unsafe String(cString: pointer)
}

private func some(_ index: UInt32) -> UInt32? { index == CPULSE_NO_INDEX ? nil : index }

private func known(_ list: OpaquePointer?) -> [Property: String] {
  guard let list = unsafe list else { return [:] }
  var properties: [Property: String] = [:]
  for property in Property.allCases {
    guard let value = unsafe pa_proplist_gets(list, property.rawValue) else { continue }
    properties[property] = unsafe String(cString: value)
  }
  return properties
}
