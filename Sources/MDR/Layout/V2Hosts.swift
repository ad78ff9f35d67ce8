extension V2 {
  /// Nothing of this was captured but notifications' headers; the bytes are the vendor app's.
  static let host: [Layout] =
    hosts([0x32, 0x33], type: 0x02, withClass: true) + hosts([0x30], type: 0x00, withClass: false) + [
      // 0: the sound stays with the host that has it; 1: whoever plays gets it. WF-1000XM5 behaves so.
      .toggle(.fixedSource, [0x31], table: .two, .block(0x36), type: 0x01, on: 0, reading: .unproven),
      .toggle(.musicHandover, [0x34], table: .two, .block(0x36), type: 0x03, on: 0, reading: .unproven),
      Layout(
        .playingSource, [0x31], table: .two, .order(0x3C), type: 0x01, reading: .unproven,
        parse: { (reader) throws(PayloadFault) in
          let end: SourceResult.End = try reader.value()
          return .playingSource(SourceResult(end: end, address: try Shared.address(&reader)))
        },
        write: { (change, _) throws(RequestFault) in
          guard case .playingSource(let address) = change else { return nil }
          return Shared.bytes(of: address)
        }),
    ]

  private static func hosts(_ functions: [UInt8], type: UInt8, withClass: Bool) -> [Layout] {
    [
      Layout(
        .hosts, functions, table: .two, .read(0x36), type: type, reading: .unproven,
        parse: { (reader) throws(PayloadFault) in try Shared.hosts(&reader, withClass: withClass) }),
      Layout(
        .hostLimits, functions, table: .two, .ability(0x30), type: type, reading: .unproven,
        parse: Shared.hostLimits),
      Layout(
        .pairingMode, functions, table: .two, .block(0x32), type: type, reading: .unproven,
        parse: { (reader) throws(PayloadFault) in
          let isOn = try reader.flag(on: 1)
          _ = try reader.byte(in: 0...1)
          return .pairingMode(isOn)
        },
        write: { (change, _) throws(RequestFault) in
          guard case .pairingMode(let isOn) = change else { return nil }
          return [isOn ? 1 : 0, 0]
        }),
      Layout(
        .hostAction, functions, table: .two, .order(0x3C), type: type, reading: .unproven, parse: Shared.hostResult,
        write: { (change, _) throws(RequestFault) in
          guard case .host(let action, let address) = change else { return nil }
          return [action.rawValue] + Shared.bytes(of: address)
        }),
    ]
  }
}
