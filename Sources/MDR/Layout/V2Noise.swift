/// The noise control of V2: one command, and a layout for each kind of headset.
///
/// After the type come whether it is final (1), whether anything is done (1 is on, unlike elsewhere), and the fields of
/// the kind. A wrong kind has greyed out the vendor's app, so only what the function list names is sent; but whatever
/// comes is read (WH-1000XM6 was seen with two kinds).
extension V2 {
  /// The best first: LinkBuds S lists 68 and 6B, and answers the second.
  static let noise: [Layout] = [
    noise([0x6D], 0x19, [.mode, .asmID, .level, .automatic], of: ["WH-1000XM6", "WF-1000XM6"], used: true),
    noise([0x6B], 0x17, [.mode, .asmID, .level], of: ["WH-1000XM5", "WF-1000XM5", "WH-CH720N"], set: ["WH-CH720N"]),
    noise([0x6C], 0x18, [.modeWithNCSS, .asmID, .level]),
    noise([0x68], 0x15, [.mode, .nc, .asmID, .level], of: ["WF-1000XM4", "WH-XB910N"], set: ["WF-1000XM4"]),
    noise([0x6A], 0x16, [.mode, .nc, .asmID, .level], of: ["WH-XB910N"], set: ["WH-XB910N"]),
    noise([0x67], 0x22, [.asmID, .level]),
    noise([0x64], 0x13, [.ncFlag, .asmID, .level]),
    noise([0x65], 0x14, [.nc, .asmID, .level]),
    noise([0x62], 0x11, [.ncFlag, .asmID, .ambient]),
    noise([0x63], 0x12, [.nc, .asmID, .ambient]),
    noise([0x66], 0x21, [.asmID, .ambient]),
    noise([0x61], 0x01, [.ncFlag]),
    Layout(
      .noiseButton, [0x69], .block(0x66), type: 0x30, reading: .used, writing: .unproven,
      parse: { (reader) throws(PayloadFault) in .noiseButton(try reader.value()) },
      write: { (change, _) throws(RequestFault) in
        guard case .noiseButton(let wish) = change else { return nil }
        return [wish.rawValue]
      }),
  ]

  private enum Field {
    /// 0 cancelling, 1 ambient.
    case mode
    /// The same, and 2.
    case modeWithNCSS
    /// 0 off, 1 one microphone (wind), 2 both, 3 to 5 automatic ones.
    case nc
    case ncFlag
    /// 0 everything, 1 voices.
    case asmID
    case level
    /// Whether ambient sound is on, where it has no level.
    case ambient
    case automatic
  }

  private static func noise(
    _ functions: [UInt8], _ type: UInt8, _ fields: [Field], of read: [String] = [], set: [String] = [],
    used: Bool = false
  ) -> Layout {
    Layout(
      .noiseControl, functions, .block(0x66), type: type, reading: read.isEmpty ? .unproven : .captured(read),
      writing: set.isEmpty ? (used ? .used : .unproven) : .captured(set),
      parse: { (reader) throws(PayloadFault) in try parse(&reader, type, fields) },
      write: { (change, last) throws(RequestFault) in
        guard case .noiseControl(let wish) = change else { return nil }
        guard case .noiseControl(let now) = last else { throw .needsReport(.noiseControl) }
        return try write(wish, now, fields)
      })
  }

  private static func parse(
    _ reader: inout PayloadReader, _ type: UInt8, _ fields: [Field]
  ) throws(PayloadFault) -> Report {
    let isFinal = try reader.flag(on: 1)
    let isOn = try reader.flag(on: 1)
    var mode: UInt8?
    var isAmbient: Bool?
    var level: UInt8?
    var automatic: NoiseControl.Automatic?
    var kept = NoiseControl.Kept(type: type)
    for field in fields {
      switch field {
      case .mode: mode = try reader.byte(in: 0...1)
      case .modeWithNCSS: mode = try reader.byte(in: 0...2)
      case .nc: kept.nc = try reader.byte(in: 0...5)
      case .ncFlag: kept.nc = try reader.byte(in: 0...1)
      case .asmID: kept.asmID = try reader.byte(in: 0...1)
      // WH-XB910N stores and tells whatever it is given; more than 20 is no level.
      case .level:
        let told = try reader.byte()
        level = NoiseControl.levels.contains(told) ? told : nil
      case .ambient: isAmbient = try reader.flag(on: 1)
      case .automatic:
        let follows = try reader.flag(on: 1)
        automatic = NoiseControl.Automatic(isOn: follows, sensitivity: try reader.value())
      }
    }
    let isWind = kept.nc == 1 && fields.contains(.nc)
    let told: NoiseControl.Mode
    switch (isOn, mode) {
    case (false, _): told = .off
    case (_, 1): told = .ambient
    case (_, 2): told = .ncss
    case (_, 0): told = isWind ? .wind : .cancelling
    // Kinds without a mode cancel, or else let sound through.
    default:
      if kept.nc > 0 {
        told = isWind ? .wind : .cancelling
      } else if let isAmbient {
        told = isAmbient ? .ambient : .off
      } else {
        told = fields.contains(.asmID) ? .ambient : .off
      }
    }
    return .noiseControl(
      NoiseControl(
        mode: told, level: level, voiceFocus: fields.contains(.asmID) ? kept.asmID == 1 : nil, automatic: automatic,
        isFinal: isFinal, kept: kept))
  }

  private static func write(
    _ wish: NoiseWish, _ now: NoiseControl, _ fields: [Field]
  ) throws(RequestFault) -> [UInt8]? {
    let hasMode = fields.contains(.mode) || fields.contains(.modeWithNCSS)
    let cancels = hasMode || fields.contains(.nc) || fields.contains(.ncFlag)
    switch wish.mode {
    case .off: break
    case .cancelling: if !cancels { return nil }
    case .ambient: if !fields.contains(.asmID) { return nil }
    case .ncss: if !fields.contains(.modeWithNCSS) { return nil }
    // What chooses it is not settled: one client writes 3 and reads 5.
    case .wind: return nil
    }
    if wish.level != nil, !fields.contains(.level) { return nil }
    if wish.automatic != nil, !fields.contains(.automatic) { return nil }
    var bytes: [UInt8] = [1, wish.mode == .off ? 0 : 1]
    for field in fields {
      switch field {
      case .mode, .modeWithNCSS:
        // "Off" leaves the mode alone.
        let mode: UInt8 = wish.mode == .ambient || wish.mode == .off && now.mode == .ambient ? 1 : 0
        bytes.append(wish.mode == .ncss ? 2 : mode)
      case .nc:
        // With a mode beside it, it says how to cancel, not whether to.
        let how = now.kept.nc == 0 ? 2 : now.kept.nc
        bytes.append(hasMode || wish.mode == .cancelling ? how : 0)
      case .ncFlag: bytes.append(wish.mode == .cancelling ? 1 : 0)
      case .asmID: bytes.append(wish.voiceFocus.map { $0 ? 1 : 0 } ?? now.kept.asmID)
      case .level: bytes.append(try Shared.ambientLevel(wish, now, needed: wish.mode == .ambient))
      case .ambient: bytes.append(wish.mode == .ambient ? 1 : 0)
      case .automatic:
        guard let automatic = wish.automatic ?? now.automatic else { throw .needsReport(.noiseControl) }
        bytes += [automatic.isOn ? 1 : 0, automatic.sensitivity.rawValue]
      }
    }
    return bytes
  }
}
