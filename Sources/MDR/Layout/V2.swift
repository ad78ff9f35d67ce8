/// What V2 headsets say and understand. Booleans are 0 for on, but for DSEE and the switch of the noise control.
enum V2 {
  static let layouts: [Layout] = status + power + noise + sound + behaviour + general + voice + host

  private static let status: [Layout] =
    [
      battery(.battery, [0x20], type: 0x00, reading: .captured(["WH-1000XM5", "WH-1000XM6", "WH-XB910N"])),
      battery(.battery, [0x28], type: 0x08, reading: .unproven),
      earbuds([0x29], type: 0x09, reading: .captured(["WF-1000XM5"])),
      earbuds([0x21], type: 0x01, reading: .captured(["WF-1000XM5"])),
      battery(.caseBattery, [0x2A], type: 0x0A, reading: .captured(["WF-1000XM5"])),
      battery(.caseBattery, [0x22], type: 0x02, reading: .captured(["WH-XB910N"])),
    ] + [
      Layout(
        .codec, [0x12], .read(0x12), type: 0x02, reading: .captured(["WH-1000XM5", "WH-1000XM6"]),
        parse: { (reader) throws(PayloadFault) in .codec(try reader.value()) }),
      Layout(
        .dseeIndicator, [0x13], .read(0x12), type: 0x03, reading: .unproven,
        parse: { (reader) throws(PayloadFault) in
          let kind: DSEEIndicator.Kind = try reader.value()
          return .dseeIndicator(DSEEIndicator(kind: kind, state: try reader.value()))
        }),
      Layout(
        .displayFirmware, [0x1B], .read(0x12), type: 0x09, reading: .used,
        parse: { (reader) throws(PayloadFault) in .displayFirmware(try reader.text()) }),
    ]

  private static let power: [Layout] =
    [
      autoPowerOff([0x25], type: 0x05, reading: .captured(["WH-1000XM5", "WH-1000XM6"]), writing: .used),
      autoPowerOff([0x24], type: 0x04, reading: .unproven),
    ]
    + [
      (Feature.powerSaving, UInt8(0x26), UInt8(0x06)), (.caringCharge, 0x2C, 0x0C), (.bluetoothStandby, 0x2D, 0x0D),
      (.stamina, 0x2E, 0x0E), (.backlight, 0x2F, 0x0F),
    ].map { .toggle($0, [$1], .block(0x26), type: $2, on: 0, reading: .unproven) }

  private static let behaviour: [Layout] = [
    .toggle(
      .pauseWhenRemoved, [0xF1], type: 0x01, on: 0, reading: .captured(["WH-1000XM5", "WH-1000XM6"]), writing: .used),
    .toggle(.autoVolume, [0xFA], type: 0x0A, on: 0, reading: .unproven),
    .toggle(.headGesture, [0xFF], type: 0x0F, on: 0, reading: .unproven),
    speakToChat([0xFC], type: 0x0C, reading: .captured(["WH-1000XM5", "WH-1000XM6"]), writing: .used),
    speakToChat([0xF2], type: 0x02, reading: .unproven, writing: .unproven),
    Layout(
      .speakToChatDetails, [0xFC], .block(0xFA), type: 0x0C, reading: .used, writing: .used,
      parse: { (reader) throws(PayloadFault) in
        let sensitivity: SpeakToChatDetails.Sensitivity = try reader.value()
        return .speakToChatDetails(
          SpeakToChatDetails(sensitivity: sensitivity, voiceFocus: nil, timeout: try reader.value()))
      },
      write: { (change, _) throws(RequestFault) in
        guard case .speakToChatDetails(let wish) = change, wish.voiceFocus == nil else { return nil }
        return [wish.sensitivity.rawValue, wish.timeout.rawValue]
      }),
    Layout(
      .buttons, [0xF3], .block(0xF6), type: 0x03, reading: .captured(["WH-XB910N"]), parse: Shared.buttons,
      write: Shared.buttons),
    Layout(
      .buttons, [0xFE], .block(0xF6), type: 0x0E, reading: .unproven, parse: Shared.buttons, write: Shared.buttons),
    // What comes of a reset; to ask for it is a deed.
    Layout(
      .resetResult, [0xF9], Commands(notify: 0xF9), type: 0x09, reading: .unproven,
      parse: { (reader) throws(PayloadFault) in .resetResult(try reader.value()) }),
    Layout(
      .quickAccess, [0xFD], .block(0xF6), type: 0x0D, reading: .used, writing: .used,
      parse: { (reader) throws(PayloadFault) in
        .quickAccess(try reader.list(longest: 8).map { QuickAccessService(rawValue: $0) })
      },
      write: { (change, last) throws(RequestFault) in
        guard case .quickAccess(let wish) = change else { return nil }
        guard case .quickAccess(let now) = last else { throw .needsReport(.quickAccess) }
        guard wish.count == now.count else { throw .outOfRange(.quickAccess) }
        return [UInt8(wish.count)] + wish.map(\.rawValue)
      }),
  ]

  private static let general: [Layout] = GeneralSlot.allCases.flatMap { slot in
    [
      Shared.general(slot, flag: 0, choice: 1, on: 0, reading: .used, writing: .used),
      Layout(
        .generalTitle(slot), [slot.rawValue], .ability(0xD0), type: slot.rawValue,
        argument: [VoiceLanguage.english.rawValue], reading: .unproven,
        parse: { (reader) throws(PayloadFault) in
          // Kind and format; then title and summary.
          _ = try reader.bytes(2)
          let title = try reader.text()
          _ = try reader.text()
          let known = GeneralTitle.allCases.first { $0.rawValue.utf8.elementsEqual((title ?? "").utf8) }
          guard let known else { throw .value(0) }
          return .generalTitle(slot, known)
        }),
    ]
  }

  private static let voice: [Layout] =
    [
      voiceGuidance([0x41, 0x42], type: 0x01, reading: .captured(["WH-1000XM6", "WH-XB910N"]), writing: .used),
      voiceGuidance([0x40], type: 0x00, reading: .unproven, writing: .unproven),
      voiceGuidance([0x44], type: 0x02, reading: .unproven, writing: .unproven),
      voiceGuidance([0x45], type: 0x03, reading: .unproven, writing: .unproven),
      Layout(
        .voiceVolume, [0x42], table: .two, .block(0x46), type: 0x20, reading: .captured(["WH-1000XM6"]),
        parse: { (reader) throws(PayloadFault) in .voiceVolume(try reader.signed(in: -2...2)) },
        write: { (change, _) throws(RequestFault) in
          guard case .voiceVolume(let wish) = change else { return nil }
          guard (-2...2).contains(wish) else { throw .outOfRange(.voiceVolume) }
          // 1: without playing a sound.
          return [UInt8(bitPattern: wish), 1]
        }),
    ]
    + [(Feature.batteryVoice, UInt8(0x46), UInt8(0x30)), (.powerSound, 0x47, 0x31), (.ultBeep, 0x48, 0x32)].map {
      .toggle($0, [$1], table: .two, .block(0x46), type: $2, on: 0, reading: .unproven)
    }

  private static func battery(
    _ feature: Feature, _ functions: [UInt8], type: UInt8, reading: Evidence
  ) -> Layout {
    Layout(
      feature, functions, .read(0x22), type: type, reading: reading,
      parse: { (reader) throws(PayloadFault) in
        let (level, charging) = try charge(&reader)
        // Types from 8 on have a threshold, which may be left out.
        let threshold = type >= 0x08 && reader.count > 0 ? try reader.byte(in: 0...100) : nil
        let battery = Battery(level: level, charging: charging, threshold: threshold)
        return feature == .battery ? .battery(battery) : .caseBattery(battery)
      })
  }

  private static func earbuds(_ functions: [UInt8], type: UInt8, reading: Evidence) -> Layout {
    Layout(
      .earbudBatteries, functions, .read(0x22), type: type, reading: reading,
      parse: { (reader) throws(PayloadFault) in
        let left = try charge(&reader)
        let right = try charge(&reader)
        var thresholds: (UInt8?, UInt8?) = (nil, nil)
        if type >= 0x08, reader.count > 0 {
          thresholds.0 = try reader.byte(in: 0...100)
          thresholds.1 = try reader.byte(in: 0...100)
        }
        return .earbudBatteries(
          Pair(
            left: Battery(level: left.0, charging: left.1, threshold: thresholds.0).ofEarbud,
            right: Battery(level: right.0, charging: right.1, threshold: thresholds.1).ofEarbud))
      })
  }

  /// WH-XB910N, asked for earbuds that it has not, says 216 % and an impossible state (captured).
  private static func charge(_ reader: inout PayloadReader) throws(PayloadFault) -> (UInt8, Battery.Charging) {
    let level = try reader.byte(in: 0...100)
    let state = try reader.byte(in: 0...3)
    let states: [Battery.Charging] = [.no, .yes, .unknown, .full]
    return (level, states[Int(state)])
  }

  private static func autoPowerOff(
    _ functions: [UInt8], type: UInt8, reading: Evidence, writing: Evidence = .unproven
  ) -> Layout {
    Layout(
      .autoPowerOff, functions, .block(0x26), type: type, reading: reading, writing: writing,
      parse: Shared.autoPowerOff,
      write: { (change, last) throws(RequestFault) in
        try Shared.autoPowerOff(change, last, restsOnTime: false)
      })
  }

  private static func speakToChat(
    _ functions: [UInt8], type: UInt8, reading: Evidence, writing: Evidence
  ) -> Layout {
    Layout(
      .speakToChat, functions, .block(0xF6), type: type, reading: reading, writing: writing,
      // The second byte is the try-out, which is off.
      parse: { (reader) throws(PayloadFault) in
        let isOn = try reader.flag(on: 0)
        _ = try reader.byte(in: 0...1)
        return .toggle(.speakToChat, isOn)
      },
      write: { (change, _) throws(RequestFault) in
        guard case .toggle(.speakToChat, let isOn) = change else { return nil }
        return [isOn ? 0 : 1, 1]
      })
  }

  private static func voiceGuidance(
    _ functions: [UInt8], type: UInt8, reading: Evidence, writing: Evidence
  ) -> Layout {
    Layout(
      .voiceGuidance, functions, table: .two, .block(0x46), type: type, reading: reading, writing: writing,
      parse: { (reader) throws(PayloadFault) in
        let isOn = try reader.flag(on: 0)
        let language: VoiceLanguage? = reader.count > 0 ? try reader.value() : nil
        return .voiceGuidance(VoiceGuidance(isOn: isOn, language: language))
      },
      write: { (change, _) throws(RequestFault) in
        guard case .voiceGuidance(let isOn) = change else { return nil }
        return [isOn ? 0 : 1]
      })
  }
}
