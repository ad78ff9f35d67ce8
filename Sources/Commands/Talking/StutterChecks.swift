internal import Interface
internal import Vocabulary

extension Command {
  /// What the daemon and this program see of a connected device's sound now. The device is the operand at `place`.
  func lookForStutter(at place: Int) throws(EarlyExit) -> StutterFindings {
    let sound = try audio(of: place)
    let device = sound.device
    guard device.connected else {
      throw .failure(
        Failure(
          code: ErrorCode.notConnected.rawValue,
          message: "\(device.alias) is not connected, so nothing of it stutters.",
          hint: "Connect it, and ask again while it stutters.", exit: ErrorCode.notConnected.exitCode))
    }
    let examination = try examine(Control.DeviceParameters(device: device.address, adapter: device.adapter))
    let own = [check(linkOf: device, codec: sound.audio.card?.codec), Self.check(pressure: context.pressure())]
    let all = (examination.checks ?? []).filter { $0.subject == nil || $0.subject == device.adapter } + own
    let checks = StutterCause.allCases.flatMap { cause in all.filter { $0.name == cause.rawValue } }
    return StutterFindings(device: device, checks: checks, worst: checks.map(\.verdict).max() ?? .ok)
  }

  /// The golden range begins at most this far above what the receiver hears at all, in dB (Core Specification, Vol 4 Part
  /// E, 7.5.4): a link that is as far below it may be hardly heard.
  private static let weak = -6

  private func check(linkOf device: Device, codec: String?) -> Check {
    func made(_ verdict: CheckVerdict, _ message: String, _ evidence: String, _ hint: String? = nil) -> Check {
      Check(
        group: .device, name: StutterCause.link.rawValue, subject: device.address, verdict: verdict, message: message,
        evidence: evidence, hint: hint)
    }
    switch context.link(device.adapter, device.address) {
    case .failure(let obstacle):
      return made(.unknown, "How strong the link is, is not known.", obstacle.sentence)
    case .success(let link):
      let evidence = "\(device.adapter) hears it \(link.strength); the quality of the link is \(link.quality) of 255."
      guard link.rssi <= Self.weak else { return made(.ok, "The link is strong enough.", evidence) }
      let words = codec.map { " Its codec is \($0); one of a lower rate, as sbc, breaks off later." } ?? ""
      return made(
        .warning, "The link is weak.", evidence,
        "Bring the two nearer to each other, and an adapter away from USB 3 sockets, by an extension cable.\(words)")
    }
  }

  private static let busy = 50

  private static func check(pressure: Int?) -> Check {
    func made(_ verdict: CheckVerdict, _ message: String, _ evidence: String, _ hint: String? = nil) -> Check {
      Check(
        group: .sound, name: StutterCause.load.rawValue, verdict: verdict, message: message, evidence: evidence,
        hint: hint)
    }
    guard let pressure else {
      return made(
        .unknown, "Whether the computer is too busy is not known.", "The kernel has no /proc/pressure/cpu to be read.")
    }
    let evidence = "For \(pressure)% of the last ten seconds something waited for a processor (/proc/pressure/cpu)."
    guard pressure >= busy else { return made(.ok, "The computer is not too busy.", evidence) }
    return made(
      .warning, "The computer is so busy that sound may be sent too late.", evidence,
      "See what takes the time: systemd-cgtop, or top.")
  }
}
