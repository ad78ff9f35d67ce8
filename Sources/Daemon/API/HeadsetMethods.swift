internal import Core
internal import Interface
internal import MDR
internal import Varlink
internal import Vocabulary

// The methods of `org.mdrctl.Control` that are about what a headset itself holds.

extension ControlService {
  var holding: [VarlinkMethod] {
    [
      serve(Control.headsetShow) { parameters, _, _ throws(OperationError) in
        let id = try await resolver.device(parameters.device, adapter: parameters.adapter).id
        let picture = try await headsets.picture(of: id, all: parameters.all == true)
        return try await reply(id, HeadsetReport(picture, isWhole: parameters.all == true))
      },
      serve(Control.headsetChange) { parameters, _, _ throws(OperationError) in try await change(parameters) },
      serve(Control.headsetRelease) { parameters, _, _ throws(OperationError) in
        let id = try await resolver.device(parameters.device, adapter: parameters.adapter).id
        await headsets.release(id)
        guard let device = await device(id) else { throw .deviceNotFound(id.address.description) }
        return Control.DeviceReply(device: device)
      },
      serve(Control.headsetPowerOff) { parameters, _, _ throws(OperationError) in
        let found = try await resolver.device(parameters.device, adapter: parameters.adapter)
        guard parameters.consent == true else { throw .powersOff(found.alias) }
        try await headsets.powerOff(found.id)
        return Control.DeviceReply(device: await device(found.id) ?? .gone(found.id))
      },
      serve(Control.headsetHosts) { parameters, _, _ throws(OperationError) in
        let id = try await resolver.device(parameters.device, adapter: parameters.adapter).id
        let (hosts, evidence) = try await headsets.owner(of: id).hosts()
        let own = mirror.address(of: id.adapter)
        guard let device = await device(id) else { throw .deviceNotFound(id.address.description) }
        return Control.HeadsetHostsReply(
          device: device,
          hosts: hosts.known.map { host in
            HeadsetHost(
              address: host.address.description, name: host.name, connected: host.place != nil,
              playing: host.place != nil && host.place == hosts.playing, own: host.address.description == own)
          }, reading: evidence)
      },
      serve(Control.headsetExplain, longestText: Explaining.longestText) { parameters, _, _ throws(OperationError) in
        Control.HeadsetExplainReply(lines: try Explaining.lines(parameters.bytes, parameters.generation))
      },
    ]
  }

  private func reply(_ id: DeviceID, _ report: HeadsetReport) async throws(OperationError) -> Control.HeadsetReply {
    guard let device = await device(id) else { throw .deviceNotFound(id.address.description) }
    return Control.HeadsetReply(device: device, headset: report)
  }

  private func change(
    _ parameters: Control.HeadsetChangeParameters
  ) async throws(OperationError) -> Control.HeadsetReply {
    let id = try await resolver.device(parameters.device, adapter: parameters.adapter).id
    let mayAgree = parameters.confirm == true
    let owner = await headsets.owner(of: id)
    let picture: HeadsetPicture
    switch (parameters.noise, parameters.equalizer, parameters.setting, parameters.value) {
    case (let wish?, nil, nil, nil):
      let change = try noiseChange(wish)
      picture = try await owner.change("noise control", mayAgree: mayAgree, feature: .noiseControl) { _ in change }
    case (nil, let wish?, nil, nil):
      picture = try await owner.change("equalizer", mayAgree: mayAgree, feature: .equalizer) {
        picture throws(OperationError) in .equalizer(try equalizerWish(wish, picture))
      }
    case (nil, nil, let setting?, let value?):
      picture = try await owner.change(setting, to: value, mayAgree: mayAgree)
    default:
      throw OperationError(
        .invalidArgument, "That is not one change of a headset.",
        hint: "Say \"noise\", \"equalizer\", or \"setting\" with its \"value\".")
    }
    return try await reply(id, HeadsetReport(picture, isWhole: false))
  }

  private func noiseChange(_ wish: HeadsetNoiseWish) throws(OperationError) -> Change {
    if wish.level != nil || wish.voice != nil || wish.automatic != nil, wish.mode != .ambient {
      throw OperationError(
        .invalidArgument, "A level and voices belong to ambient sound.",
        hint: "For example: mdrctl noise ambient 10 --voice.")
    }
    if let level = wish.level, !(1...20).contains(level) {
      throw .unacceptable("\(level)", for: "the level of ambient sound", "1 to 20")
    }
    guard (wish.automatic == nil) == (wish.sensitivity == nil) else {
      throw OperationError(
        .invalidArgument, "That is half an automatic ambient sound.",
        hint: "\"automatic\" and \"sensitivity\" belong together.")
    }
    return .noiseControl(wish.ofProtocol)
  }

  /// The bands that were named, and the others as they are.
  private func equalizerWish(
    _ wish: HeadsetEqualizerWish, _ picture: HeadsetPicture
  ) throws(OperationError) -> EqualizerWish {
    guard (wish.preset != nil) != (wish.bands != nil) else {
      throw OperationError(
        .invalidArgument, "That is not one change of the equalizer.", hint: "Say a preset, or bands.")
    }
    guard case .equalizer(let now) = picture.report(.equalizer) else {
      throw .notTold("equalizer", picture.headset.introduction.model ?? "The headset")
    }
    let shown = HeadsetEqualizer(now, picture)
    if let name = wish.preset {
      guard let preset = EqualizerPreset(named: name), preset != .unspecified,
        shown.presets.contains(where: { $0.hasSameBytes(as: name) })
      else {
        throw .unacceptable(name, for: "the preset of the equalizer", list(shown.presets))
      }
      return .preset(preset)
    }
    guard !shown.bands.isEmpty else {
      throw OperationError(
        .notOffered, "The headset does not tell the bands of its equalizer.", hint: "Choose a preset: mdrctl eq.")
    }
    var bands = shown.bands
    for band in wish.bands ?? [] {
      guard let place = bands.firstIndex(where: { $0.frequency == band.frequency }) else {
        throw .unacceptable(
          band.frequency.map { "\($0)" } ?? "clear bass", for: "a band of the equalizer",
          list(bands.map { $0.frequency.map { "\($0)" } ?? "clear-bass" }))
      }
      guard (-shown.limit...shown.limit).contains(band.value) else {
        throw .unacceptable("\(band.value)", for: "a band of the equalizer", "-\(shown.limit) to \(shown.limit)")
      }
      bands[place].value = band.value
    }
    // Only some presets take a curve; one that does not stays as it is, and the curve goes where the headset puts those.
    let isOwn = (0xA0...0xA5).contains(now.preset.rawValue)
    return .curve(
      clearBass: bands.first { $0.frequency == nil }.map { Int8($0.value) },
      bands: bands.filter { $0.frequency != nil }.map { Int8($0.value) }, into: isOwn ? now.preset : nil)
  }

  private func list(_ words: [String]) -> String { words.reduce("") { $0.isEmpty ? $1 : "\($0), \($1)" } }
}
