import Vocabulary

/// What both generations say in the same way.
enum Shared {
  // MARK: Equalizer

  /// Bytes count from 0; six of them are clear bass and five bands around 10, ten are bands around 6.
  static func equalizer(_ reader: inout PayloadReader) throws(PayloadFault) -> Report {
    let preset = EqualizerPreset(rawValue: try reader.byte())
    let count = try reader.byte()
    switch count {
    case 0: return .equalizer(Equalizer(preset: preset, clearBass: nil, bands: []))
    case 6:
      let values = try steps(6, around: 10, &reader)
      return .equalizer(Equalizer(preset: preset, clearBass: values[0], bands: Array(values.dropFirst())))
    case 10:
      return .equalizer(Equalizer(preset: preset, clearBass: nil, bands: try steps(10, around: 6, &reader)))
    default: throw .value(count)
    }
  }

  private static func steps(
    _ count: Int, around middle: UInt8, _ reader: inout PayloadReader
  ) throws(PayloadFault) -> [Int8] {
    var values: [Int8] = []
    for _ in 0..<count { values.append(Int8(try reader.byte(in: 0...(2 * middle))) - Int8(middle)) }
    return values
  }

  /// `loose` is where a curve goes that is meant for no preset.
  static func equalizer(
    _ change: Change, bands count: Int, loose: EqualizerPreset
  ) throws(RequestFault) -> [UInt8]? {
    guard case .equalizer(let wish) = change else { return nil }
    switch wish {
    case .preset(let preset): return [preset.rawValue, 0]
    case .curve(let clearBass, let bands, let preset):
      let middle: Int8 = count == 10 ? 6 : 10
      guard bands.count == count, (clearBass != nil) == (count == 5) else { throw .outOfRange(.equalizer) }
      let values = (clearBass.map { [$0] } ?? []) + bands
      guard values.allSatisfy({ (-middle...middle).contains($0) }) else { throw .outOfRange(.equalizer) }
      return [(preset ?? loose).rawValue, UInt8(values.count)] + values.map { UInt8($0 + middle) }
    }
  }

  /// Presets with a name each, or without (captured from WH-XB910N).
  static func equalizerAbility(_ reader: inout PayloadReader) throws(PayloadFault) -> Report {
    let bands = try reader.byte()
    let steps = try reader.byte()
    let count = try reader.byte()
    var presets: [EqualizerPreset] = []
    if reader.count == Int(count) {
      presets = reader.remaining().map { EqualizerPreset(rawValue: $0) }
    } else {
      for _ in 0..<count {
        presets.append(EqualizerPreset(rawValue: try reader.byte()))
        _ = try reader.text()
      }
    }
    return .equalizerAbility(EqualizerAbility(bands: bands, steps: steps, presets: presets))
  }

  static func equalizerBands(_ reader: inout PayloadReader) throws(PayloadFault) -> Report {
    var bands: [EqualizerBand] = []
    for _ in 0..<(try reader.byte()) {
      let kind = try reader.byte()
      let value = try reader.big16()
      switch (kind, value) {
      case (0x10, 1): bands.append(.clearBass)
      case (0x01, _): bands.append(.frequency(UInt32(value)))
      case (0x02, _): bands.append(.frequency(UInt32(value) * 1000))
      default: throw .value(kind)
      }
    }
    return .equalizerBands(bands)
  }

  static func clearBass(_ reader: inout PayloadReader) throws(PayloadFault) -> Report {
    .clearBass(try reader.signed(in: -10...10))
  }

  static func clearBass(_ change: Change, _ last: Report?) throws(RequestFault) -> [UInt8]? {
    guard case .clearBass(let wish) = change else { return nil }
    guard (-10...10).contains(wish) else { throw .outOfRange(.clearBass) }
    return [UInt8(bitPattern: wish)]
  }

  // MARK: Noise control

  /// The level to send: what is wished, else what was reported if that can be ambient. Nil is told as 0, where the
  /// level does not matter.
  static func ambientLevel(_ wish: NoiseWish, _ now: NoiseControl, needed: Bool) throws(RequestFault) -> UInt8 {
    if let level = wish.level {
      // 0 is no ambient sound to some models, and raised to 1 by others (captured from WH-XB910N).
      guard (1...NoiseControl.levels.upperBound).contains(level) else { throw .outOfRange(.noiseControl) }
      return level
    }
    if let level = now.level, level > 0 || !needed { return level }
    guard !needed else { throw .needsLevel }
    return 0
  }

  // MARK: Playing

  static func volume(_ reader: inout PayloadReader) throws(PayloadFault) -> Report {
    .volume(try reader.byte(in: 0...30))
  }

  static func volume(_ change: Change, _ last: Report?) throws(RequestFault) -> [UInt8]? {
    guard case .volume(let wish) = change else { return nil }
    guard wish <= 30 else { throw .outOfRange(.volume) }
    return [wish]
  }

  static func playback(_ change: Change, _ last: Report?) throws(RequestFault) -> [UInt8]? {
    guard case .playback(let command) = change else { return nil }
    return [0x00, command.rawValue]
  }

  // MARK: Behaviour

  static func autoPowerOff(_ reader: inout PayloadReader) throws(PayloadFault) -> Report {
    let current: AutoPowerOffTime = try reader.value()
    return .autoPowerOff(AutoPowerOff(current: current, last: try reader.value()))
  }

  /// The time that was chosen last stays when none is chosen now. `restsOnTime`: V1 clients have always sent 00 where
  /// nothing is known; on V2 it has to be read first.
  static func autoPowerOff(
    _ change: Change, _ last: Report?, restsOnTime: Bool
  ) throws(RequestFault) -> [UInt8]? {
    guard case .autoPowerOff(let wish) = change else { return nil }
    if wish != .never, wish != .whenTakenOff { return [wish.rawValue, wish.rawValue] }
    if case .autoPowerOff(let now) = last { return [wish.rawValue, now.last.rawValue] }
    guard restsOnTime else { throw .needsReport(.autoPowerOff) }
    return [wish.rawValue, 0]
  }

  static func buttons(_ reader: inout PayloadReader) throws(PayloadFault) -> Report {
    .buttons(try reader.list(longest: 8).map { ButtonPreset(rawValue: $0) })
  }

  static func buttons(_ change: Change, _ last: Report?) throws(RequestFault) -> [UInt8]? {
    guard case .buttons(let wish) = change else { return nil }
    guard case .buttons(let now) = last else { throw .needsReport(.buttons) }
    guard wish.count == now.count else { throw .outOfRange(.buttons) }
    return [UInt8(wish.count)] + wish.map(\.rawValue)
  }

  static func general(
    _ slot: GeneralSlot, flag: UInt8, choice: UInt8, on: UInt8, reading: Evidence, writing: Evidence
  ) -> Layout {
    Layout(
      .general(slot), [slot.rawValue], .block(0xD6), type: slot.rawValue, reading: reading, writing: writing,
      parse: { (reader) throws(PayloadFault) in
        let kind = try reader.byte()
        switch kind {
        case flag: return .general(slot, .flag(try reader.flag(on: on)))
        case choice: return .general(slot, .choice(try reader.byte()))
        default: throw .value(kind)
        }
      },
      write: { (change, _) throws(RequestFault) in
        switch change {
        case .general(slot, .flag(let isOn)): return [flag, isOn ? on : 1 - on]
        case .general(slot, .choice(let place)): return [choice, place]
        default: return nil
        }
      })
  }

  // MARK: Hosts

  static func address(_ reader: inout PayloadReader) throws(PayloadFault) -> Address {
    let bytes = try reader.bytes(17)
    guard bytes.allSatisfy({ $0 < 0x80 }), let address = Address(String(decoding: bytes, as: UTF8.self)) else {
      throw .address
    }
    return address
  }

  static func bytes(of address: Address) -> [UInt8] { Array(address.description.utf8) }

  static func hosts(_ reader: inout PayloadReader, withClass: Bool) throws(PayloadFault) -> Report {
    var hosts: [Host] = []
    for _ in 0..<(try reader.byte()) {
      let address = try address(&reader)
      let place = try reader.byte()
      if withClass { _ = try reader.bytes(3) }
      hosts.append(Host(address: address, place: place == 0 ? nil : place, name: try reader.text()))
    }
    let playing = try reader.byte()
    return .hosts(Hosts(known: hosts, playing: playing == 0 ? nil : playing))
  }

  static func hostLimits(_ reader: inout PayloadReader) throws(PayloadFault) -> Report {
    let paired = try reader.byte()
    let connected = try reader.byte()
    // Whether a connection can be handed over; in which sense of the byte, is not known.
    _ = try reader.byte()
    return .hostLimits(HostLimits(paired: paired, connected: connected))
  }

  /// The action, the result (a nibble for what was done, one for how it ended), the address.
  static func hostResult(_ reader: inout PayloadReader) throws(PayloadFault) -> Report {
    _ = try reader.byte(in: 0...3)
    let result = try reader.byte()
    guard let kind = HostResult.Kind(rawValue: result >> 4), let end = HostResult.End(rawValue: result & 0xF) else {
      throw .value(result)
    }
    return .hostAction(HostResult(kind: kind, end: end, address: try address(&reader)))
  }
}

extension Battery {
  /// Nil for an earbud that is absent: it says 0.
  var ofEarbud: Battery? { level == 0 ? nil : self }
}
