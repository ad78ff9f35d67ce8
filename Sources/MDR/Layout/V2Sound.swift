extension V2 {
  static let sound: [Layout] =
    equalizers(
      [0x57], type: 0x04, bands: 10, reading: .captured(["WH-1000XM6"]), writing: .used)
    + equalizers(
      [0x50], type: 0x00, bands: 5, reading: .captured(["WH-1000XM5", "WH-XB910N"]), writing: .used)
    + [
      Layout(
        .clearBass, [0x51], .block(0x56), type: 0x01, reading: .unproven, parse: Shared.clearBass,
        write: Shared.clearBass),
      // 1 is on here.
      .toggle(
        .dsee, [0xE2], .block(0xE6), type: 0x01, on: 1, reading: .captured(["WH-1000XM5", "WH-1000XM6", "WH-XB910N"]),
        writing: .used),
      connectionMode([0xE3], type: 0x02, reading: .unproven),
      connectionMode([0xE1], type: 0x00, reading: .captured(["WH-1000XM6"]), writing: .used),
      backgroundMusic([0xEB], type: 0x09),
      backgroundMusic([0xE4], type: 0x03),
      .toggle(.cinema, [0xE5], .block(0xE6), type: 0x04, on: 0, reading: .unproven),
      Layout(
        .volume, [0xA1], .block(0xA6), type: 0x20, reading: .captured(["WH-1000XM5"]), parse: Shared.volume,
        write: Shared.volume),
      Layout(
        .playback, [0xA1], .block(0xA2), type: 0x01, reading: .used, writing: .used,
        parse: { (reader) throws(PayloadFault) in
          _ = try reader.byte(in: 0...1)
          let state: Playback = try reader.value()
          // Whether a call is on.
          _ = try reader.byte()
          return .playback(state)
        },
        write: Shared.playback),
    ]

  /// The equalizer of one kind, with what belongs to it. A command of the other kind is acknowledged and ignored
  /// (captured from WH-1000XM6).
  private static func equalizers(
    _ functions: [UInt8], type: UInt8, bands: Int, reading: Evidence, writing: Evidence
  ) -> [Layout] {
    [
      Layout(
        .equalizer, functions, .block(0x56), type: type, reading: reading, writing: writing, parse: Shared.equalizer,
        write: { (change, _) throws(RequestFault) in try Shared.equalizer(change, bands: bands, loose: .manual) }),
      Layout(
        .equalizerAbility, functions, .ability(0x50), type: type, argument: [VoiceLanguage.english.rawValue],
        reading: type == 0 ? .captured(["WH-XB910N"]) : .unproven, parse: Shared.equalizerAbility),
      Layout(
        .equalizerBands, functions, .read(0x5A), type: type,
        reading: type == 0 ? .captured(["WH-XB910N"]) : .unproven, parse: Shared.equalizerBands),
      Layout(
        .equalizerState, functions, .read(0x52), type: type,
        reading: type == 4 ? .captured(["WH-1000XM6"]) : .unproven,
        parse: { (reader) throws(PayloadFault) in
          let isAvailable = try reader.flag(on: 0)
          var obstacles: [EqualizerState.Obstacle] = []
          if type == 0x04 {
            for byte in try reader.list(longest: 16) {
              guard let obstacle = EqualizerState.Obstacle(rawValue: byte) else { throw .value(byte) }
              obstacles.append(obstacle)
            }
          }
          return .equalizerState(EqualizerState(isAvailable: isAvailable, obstacles: obstacles))
        }),
    ]
  }

  private static func connectionMode(
    _ functions: [UInt8], type: UInt8, reading: Evidence, writing: Evidence = .unproven
  ) -> Layout {
    Layout(
      .connectionMode, functions, .block(0xE6), type: type, reading: reading, writing: writing,
      parse: { (reader) throws(PayloadFault) in .connectionMode(try reader.value()) },
      write: { (change, _) throws(RequestFault) in
        guard case .connectionMode(let wish) = change else { return nil }
        return [wish.rawValue]
      })
  }

  private static func backgroundMusic(_ functions: [UInt8], type: UInt8) -> Layout {
    Layout(
      .backgroundMusic, functions, .block(0xE6), type: type, reading: .unproven,
      parse: { (reader) throws(PayloadFault) in
        let isOn = try reader.flag(on: 0)
        let room: BackgroundMusic.Room = try reader.value()
        return .backgroundMusic(isOn ? .on(room) : .off(room))
      },
      write: { (change, _) throws(RequestFault) in
        switch change {
        case .backgroundMusic(.on(let room)): return [0, room.rawValue]
        case .backgroundMusic(.off(let room)): return [1, room.rawValue]
        default: return nil
        }
      })
  }
}
