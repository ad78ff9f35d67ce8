/// What V1 headsets say and understand. Booleans are 1 for on.
enum V1 {
  static let layouts: [Layout] = status + noise + sound + behaviour + general + host

  private static let status: [Layout] = [
    Layout(
      .battery, [0x11], status(0x10), type: 0x00, reading: .xm4,
      parse: { (reader) throws(PayloadFault) in .battery(try battery(&reader)) }),
    Layout(
      .earbudBatteries, [0x15], status(0x10), type: 0x01, reading: .used,
      parse: { (reader) throws(PayloadFault) in
        let left = try battery(&reader)
        let right = try battery(&reader)
        return .earbudBatteries(Pair(left: left.ofEarbud, right: right.ofEarbud))
      }),
    Layout(
      .caseBattery, [0x18], status(0x10), type: 0x02, reading: .used,
      parse: { (reader) throws(PayloadFault) in .caseBattery(try battery(&reader)) }),
    Layout(
      .earbudLinks, [0x17], status(0x24), type: 0x01, reading: .unproven,
      parse: { (reader) throws(PayloadFault) in
        let left = try reader.flag(on: 1)
        return .earbudLinks(left: left, right: try reader.flag(on: 1))
      }),
    Layout(
      .codec, [0x13], status(0x18), type: 0x00, reading: .xm4,
      parse: { (reader) throws(PayloadFault) in .codec(try reader.value()) }),
    Layout(
      .dseeIndicator, [0x12], status(0x14), type: 0x00, reading: .xm4,
      parse: { (reader) throws(PayloadFault) in
        let kind: DSEEIndicator.Kind = try reader.value()
        return .dseeIndicator(DSEEIndicator(kind: kind, state: try reader.value()))
      }),
  ]

  private static let behaviour: [Layout] = [
    .toggle(.vibrator, [0xF1], type: 0x01, before: [0x00], on: 1, reading: .unproven),
    .toggle(.powerSaving, [0xF2], type: 0x02, before: [0x00], on: 1, reading: .unproven),
    .toggle(.pauseWhenRemoved, [0xF3], type: 0x03, before: [0x00], on: 1, reading: .xm4, writing: .xm4),
    Layout(
      .autoPowerOff, [0xF4], .block(0xF6), type: 0x04, reading: .xm4, writing: .xm4,
      parse: { (reader) throws(PayloadFault) in
        _ = try reader.byte(in: 1...1)
        return try Shared.autoPowerOff(&reader)
      },
      write: { (change, last) throws(RequestFault) in
        try Shared.autoPowerOff(change, last, restsOnTime: true).map { [0x01] + $0 }
      }),
    // The byte after the type says what is told: 00 in an answer, 01 in a notification, 02 for a try-out, which is no
    // setting. A command with 00 is acknowledged and ignored (all captured from WH-1000XM4).
    Layout(
      .speakToChatPreview, [0xF5], Commands(notify: 0xF9), type: 0x05, detail: [0x02], reading: .xm4,
      parse: { (reader) throws(PayloadFault) in .toggle(.speakToChatPreview, try reader.flag(on: 1)) }),
    Layout(
      .speakToChat, [0xF5], .block(0xF6), type: 0x05, reading: .xm4, writing: .xm4,
      parse: { (reader) throws(PayloadFault) in
        _ = try reader.byte(in: 0...1)
        return .toggle(.speakToChat, try reader.flag(on: 1))
      },
      write: { (change, _) throws(RequestFault) in
        guard case .toggle(.speakToChat, let isOn) = change else { return nil }
        return [0x01, isOn ? 1 : 0]
      }),
    Layout(
      .speakToChatDetails, [0xF5], .block(0xFA), type: 0x05, reading: .xm4, writing: .xm4,
      parse: { (reader) throws(PayloadFault) in
        _ = try reader.byte(in: 0...0)
        let sensitivity: SpeakToChatDetails.Sensitivity = try reader.value()
        let focus = try reader.flag(on: 1)
        return .speakToChatDetails(
          SpeakToChatDetails(sensitivity: sensitivity, voiceFocus: focus, timeout: try reader.value()))
      },
      write: { (change, last) throws(RequestFault) in
        guard case .speakToChatDetails(let wish) = change else { return nil }
        let focus: Bool
        if let wished = wish.voiceFocus {
          focus = wished
        } else if case .speakToChatDetails(let now) = last, let kept = now.voiceFocus {
          focus = kept
        } else {
          throw .needsReport(.speakToChatDetails)
        }
        return [0x00, wish.sensitivity.rawValue, focus ? 1 : 0, wish.timeout.rawValue]
      }),
    Layout(
      .buttons, [0xF6], .block(0xF6), type: 0x06, reading: .xm4, writing: .xm4,
      parse: Shared.buttons, write: Shared.buttons),
    Layout(
      .optimizer, [0x81], .order(0x84), type: 0x01, reading: .used, writing: .used,
      parse: { (reader) throws(PayloadFault) in
        _ = try reader.byte(in: 0...0)
        return .optimizer(try reader.value())
      },
      write: { (change, _) throws(RequestFault) in
        guard case .optimizer(let start) = change else { return nil }
        return [0x00, start ? 1 : 0]
      }),
    Layout(
      .optimizerResult, [0x81], .read(0x86), type: 0x01, reading: .used,
      parse: { (reader) throws(PayloadFault) in
        let personalType = try reader.byte()
        let personal = try reader.byte()
        let pressureType = try reader.byte()
        return .optimizerResult(
          OptimizerResult(
            personalType: personalType, personal: personal, pressureType: pressureType, pressure: try reader.byte()))
      }),
    Layout(
      .voiceGuidance, [0x39], table: .two, .block(0x46), type: 0x01, detail: [0x01], reading: .xm4, writing: .used,
      parse: { (reader) throws(PayloadFault) in
        .voiceGuidance(VoiceGuidance(isOn: try reader.flag(on: 1), language: nil))
      },
      write: { (change, _) throws(RequestFault) in
        guard case .voiceGuidance(let isOn) = change else { return nil }
        return [isOn ? 1 : 0]
      }),
    Layout(
      .voiceLanguage, [0x39], table: .two, .read(0x46), type: 0x01, detail: [0x02], reading: .xm4,
      parse: { (reader) throws(PayloadFault) in .voiceLanguage(try reader.value()) }),
  ]

  /// Titles stand behind type and format bytes whose order is not settled; so only a whole token of the vendor's, with
  /// its length before it, is taken for one.
  private static let general: [Layout] = GeneralSlot.allCases.dropLast().flatMap { slot in
    [
      Shared.general(
        slot, flag: 1, choice: 2, on: 1, reading: slot == .third ? .unproven : .xm4,
        writing: slot == .third ? .unproven : .xm4),
      Layout(
        .generalTitle(slot), [slot.rawValue], .ability(0xD0), type: slot.rawValue,
        argument: [VoiceLanguage.english.rawValue], reading: .unproven,
        parse: { (reader) throws(PayloadFault) in
          let bytes = Array(reader.remaining())
          for title in GeneralTitle.allCases {
            let token = [UInt8(title.rawValue.utf8.count)] + Array(title.rawValue.utf8)
            if (0..<4).contains(where: { bytes.dropFirst($0).starts(with: token) }) {
              return .generalTitle(slot, title)
            }
          }
          throw .value(bytes.first ?? 0)
        }),
    ]
  }

  private static let host: [Layout] = [
    Layout(
      .hosts, [0x38], table: .two, .read(0x36), type: 0x01, reading: .xm4,
      parse: { (reader) throws(PayloadFault) in try Shared.hosts(&reader, withClass: false) }),
    Layout(
      .hostLimits, [0x38], table: .two, .ability(0x30), type: 0x01, reading: .unproven, parse: Shared.hostLimits),
    Layout(
      .pairingMode, [0x38], table: .two, .block(0x32), type: 0x01, reading: .unproven,
      parse: { (reader) throws(PayloadFault) in
        let isOn = try reader.flag(on: 1)
        _ = try reader.byte(in: 0...1)
        return .pairingMode(isOn)
      },
      write: { (change, _) throws(RequestFault) in
        guard case .pairingMode(let isOn) = change else { return nil }
        return [isOn ? 1 : 0, 0x00]
      }),
    Layout(
      .hostAction, [0x38], table: .two, .order(0x3C), type: 0x01, reading: .unproven, writing: .xm4,
      parse: Shared.hostResult,
      write: { (change, _) throws(RequestFault) in
        guard case .host(let action, let address) = change else { return nil }
        return [0x00, action.rawValue] + Shared.bytes(of: address)
      }),
  ]

  /// The blocks in which there is nothing to set: an answer is the next command, and a notification two after that.
  private static func status(_ base: UInt8) -> Commands { .read(base) }

  private static func battery(_ reader: inout PayloadReader) throws(PayloadFault) -> Battery {
    let level = try reader.byte(in: 0...100)
    let charging = try reader.byte()
    switch charging {
    case 0: return Battery(level: level, charging: .no)
    case 1: return Battery(level: level, charging: .yes)
    case 0xF0: return Battery(level: level, charging: .unknown)
    default: throw .value(charging)
    }
  }
}
