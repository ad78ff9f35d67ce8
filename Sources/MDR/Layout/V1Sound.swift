extension V1 {
  static let noise: [Layout] = [
    Layout(
      .noiseControl, [0x62], .block(0x66), type: 0x02,
      reading: .captured(["WH-1000XM3", "WH-1000XM4", "WH-XB900N"]), writing: .captured(["WH-1000XM3", "WH-1000XM4"]),
      parse: { (reader) throws(PayloadFault) in
        let (isOn, isFinal) = try effect(&reader)
        let ncType = try reader.byte(in: 0...2)
        let nc = try reader.byte(in: 0...2)
        let asmType = try reader.byte(in: 0...1)
        let asmID = try reader.byte(in: 0...1)
        let level = try reader.byte(in: NoiseControl.levels)
        // 2 is the kind with a wind mode: dual, single, off.
        let mode: NoiseControl.Mode =
          if !isOn { .off } else if nc == 0 { .ambient } else if ncType == 2, nc == 1 { .wind } else { .cancelling }
        return .noiseControl(
          NoiseControl(
            mode: mode, level: level, voiceFocus: asmID == 1, automatic: nil, isFinal: isFinal,
            kept: .init(type: 0x02, ncType: ncType, asmType: asmType, nc: nc, asmID: asmID)))
      },
      write: { (change, last) throws(RequestFault) in
        guard case .noiseControl(let wish) = change else { return nil }
        guard case .noiseControl(let now) = last else { throw .needsReport(.noiseControl) }
        let kept = now.kept
        let focus = wish.voiceFocus.map { $0 ? 1 : 0 } ?? kept.asmID
        switch wish.mode {
        // The vendor's app leaves the nc byte as it was (captured from WH-1000XM4): only the effect decides.
        case .off: return [0x00, kept.ncType, kept.nc, kept.asmType, kept.asmID, 0]
        case .cancelling: return [0x11, kept.ncType, kept.ncType == 0 ? 1 : 2, kept.asmType, kept.asmID, 0]
        case .wind:
          guard kept.ncType == 2 else { return nil }
          return [0x11, kept.ncType, 1, kept.asmType, kept.asmID, 0]
        case .ambient:
          let level = try Shared.ambientLevel(wish, now, needed: true)
          return [0x11, kept.ncType, 0, kept.asmType, focus, level]
        case .ncss: return nil
        }
      }),
    Layout(
      .noiseControl, [0x63], .block(0x66), type: 0x03, reading: .unproven,
      parse: { (reader) throws(PayloadFault) in
        let (isOn, isFinal) = try effect(&reader)
        let asmType = try reader.byte(in: 0...1)
        let asmID = try reader.byte(in: 0...1)
        let level = try reader.byte(in: NoiseControl.levels)
        return .noiseControl(
          NoiseControl(
            mode: isOn ? .ambient : .off, level: level, voiceFocus: asmID == 1, automatic: nil, isFinal: isFinal,
            kept: .init(type: 0x03, asmType: asmType, asmID: asmID)))
      },
      write: { (change, last) throws(RequestFault) in
        guard case .noiseControl(let wish) = change else { return nil }
        guard case .noiseControl(let now) = last else { throw .needsReport(.noiseControl) }
        let focus = wish.voiceFocus.map { $0 ? 1 : 0 } ?? now.kept.asmID
        switch wish.mode {
        case .off: return [0x00, now.kept.asmType, now.kept.asmID, 0]
        case .ambient:
          return [0x11, now.kept.asmType, focus, try Shared.ambientLevel(wish, now, needed: true)]
        case .cancelling, .wind, .ncss: return nil
        }
      }),
    Layout(
      .noiseControl, [0x61], .block(0x66), type: 0x01, reading: .used, writing: .captured(["MDR-XB950N1"]),
      parse: { (reader) throws(PayloadFault) in
        let kind = try reader.byte(in: 0...1)
        let isOn = try reader.flag(on: 1)
        return .noiseControl(
          NoiseControl(
            mode: isOn ? .cancelling : .off, level: nil, voiceFocus: nil, automatic: nil, isFinal: true,
            kept: .init(type: 0x01, ncType: kind)))
      },
      write: { (change, _) throws(RequestFault) in
        guard case .noiseControl(let wish) = change, wish.mode == .off || wish.mode == .cancelling else { return nil }
        return [0x01, wish.mode == .cancelling ? 1 : 0]
      }),
  ]

  static let sound: [Layout] = [
    Layout(
      .equalizer, [0x51], .block(0x56), type: 0x01, reading: .xm4, writing: .xm4,
      parse: Shared.equalizer,
      write: { (change, _) throws(RequestFault) in try Shared.equalizer(change, bands: 5, loose: .unspecified) }),
    Layout(
      .equalizerAbility, [0x51], .ability(0x50), type: 0x01, argument: [VoiceLanguage.english.rawValue],
      reading: .unproven, parse: Shared.equalizerAbility),
    Layout(
      .equalizerBands, [0x51], .read(0x5A), type: 0x01, reading: .xm4, parse: Shared.equalizerBands),
    Layout(
      .clearBass, [0x52], .block(0x56), type: 0x02, reading: .captured(["MDR-XB950N1"]),
      writing: .captured(["MDR-XB950N1"]), parse: Shared.clearBass, write: Shared.clearBass),
    Layout(
      .surround, [0x41], .block(0x46), type: 0x01, reading: .used, writing: .used,
      parse: { (reader) throws(PayloadFault) in .surround(try reader.value()) },
      write: { (change, _) throws(RequestFault) in
        guard case .surround(let wish) = change else { return nil }
        return [wish.rawValue]
      }),
    Layout(
      .soundPosition, [0x42], .block(0x46), type: 0x02, reading: .used, writing: .used,
      parse: { (reader) throws(PayloadFault) in .soundPosition(try reader.value()) },
      write: { (change, _) throws(RequestFault) in
        guard case .soundPosition(let wish) = change else { return nil }
        return [wish.rawValue]
      }),
    .toggle(.dsee, [0xE2], .block(0xE6), type: 0x02, before: [0x00], on: 1, reading: .xm4, writing: .xm4),
    Layout(
      .connectionMode, [0xE1], .block(0xE6), type: 0x01, reading: .xm4, writing: .xm4,
      parse: { (reader) throws(PayloadFault) in
        _ = try reader.byte(in: 0...0)
        return .connectionMode(try reader.flag(on: 1) ? .stable : .quality)
      },
      write: { (change, _) throws(RequestFault) in
        guard case .connectionMode(let wish) = change, wish != .lowLatency else { return nil }
        return [0x00, wish == .stable ? 1 : 0]
      }),
    Layout(
      .volume, [0xA1], .block(0xA6), type: 0x01, detail: [0x20], reading: .xm4, writing: .captured(["WH-1000XM3"]),
      parse: Shared.volume, write: Shared.volume),
    Layout(
      .playback, [0xA1], .block(0xA2), type: 0x01, reading: .xm4, writing: .used,
      parse: { (reader) throws(PayloadFault) in
        _ = try reader.byte(in: 0...1)
        return .playback(try reader.value())
      },
      write: Shared.playback),
  ]

  /// 01 is how "on" is reported, 10 while a slider is dragged, 11 the last value of that.
  private static func effect(_ reader: inout PayloadReader) throws(PayloadFault) -> (isOn: Bool, isFinal: Bool) {
    let effect = try reader.byte()
    switch effect {
    case 0x00: return (false, true)
    case 0x01, 0x11: return (true, true)
    case 0x10: return (true, false)
    default: throw .value(effect)
    }
  }
}
