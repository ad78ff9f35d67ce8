@testable import MDR

/// One line for what was read, in the words of the vectors' second decoder, to compare the two.
func wording(_ reading: Reading) -> String? {
  switch reading {
  case .report(let report, _): wording(report)
  case .alert(let alert): "alert \(text([alert.message])) \(alert.isQuestion ? 1 : 0)"
  case .unlisted, .unreadable, .unknown: nil
  }
}

private func wording(_ report: Report) -> String? {
  switch report {
  case .battery(let battery): "battery \(wording(battery))"
  case .caseBattery(let battery): "case \(wording(battery))"
  case .earbudBatteries(let pair): "earbuds \([pair.left, pair.right].map(charge).joined(separator: ", "))"
  case .codec(let codec): "codec \(codec)"
  case .dseeIndicator(let indicator): "indicator \(indicator.kind) \(indicator.state)"
  case .displayFirmware(let version): "display \(version ?? "-")"
  case .noiseControl(let now): wording(now)
  case .noiseButton(let button): "noiseButton \(button.rawValue)"
  case .equalizer(let now):
    "equalizer \(now.preset.name ?? "?") \(now.clearBass.map { "\($0)" } ?? "-") "
      + now.bands.map { "\($0)" }.joined(separator: " ")
  case .equalizerBands(let bands):
    "bands "
      + bands.map { if case .frequency(let hertz) = $0 { "\(hertz)" } else { "clear-bass" } }.joined(separator: " ")
  case .equalizerAbility(let ability):
    "ability \(ability.bands) \(ability.steps) \(text(ability.presets.map(\.rawValue)))"
  case .connectionMode(let mode): "connection \(mode == .lowLatency ? "low latency" : "\(mode)")"
  case .backgroundMusic(.on(let room)): "music on \(room)"
  case .backgroundMusic(.off(let room)): "music off \(room)"
  case .volume(let volume): "volume \(volume)"
  case .playback(let state): "playback \(state)"
  case .autoPowerOff(let now): "off \(wording(now.current)) \(wording(now.last))"
  case .speakToChatDetails(let now):
    "details \(now.sensitivity == .automatic ? "auto" : "\(now.sensitivity)") "
      + "\(now.voiceFocus.map { $0 ? "on" : "off" } ?? "-") \(now.timeout)"
  case .buttons(let presets): "buttons \(presets.map { text([$0.rawValue]) }.joined(separator: " "))"
  case .quickAccess(let services): "quick \(services.map { text([$0.rawValue]) }.joined(separator: " "))"
  case .general(let slot, .flag(let isOn)): "general \(text([slot.rawValue])) \(isOn ? "on" : "off")"
  case .voiceGuidance(let now): "voice \(now.isOn ? "on" : "off")" + (now.language.map { " \(wording($0))" } ?? "")
  case .voiceLanguage(let language): "language \(wording(language))"
  case .voiceVolume(let volume): "voiceVolume \(volume)"
  case .resetResult(let result): "reset \(result.rawValue)"
  case .toggle(let feature, let isOn): names[feature].map { "\($0) \(isOn ? "on" : "off")" }
  default: nil
  }
}

private let names: [Feature: String] = [
  .dsee: "dsee", .pauseWhenRemoved: "pause", .speakToChat: "speak", .speakToChatPreview: "preview",
  .cinema: "cinema",
]

private func charge(_ battery: Battery?) -> String {
  battery.map { "\($0.level) \($0.charging)" } ?? "-"
}

private func wording(_ battery: Battery) -> String {
  charge(battery) + (battery.threshold.map { " \($0)" } ?? "")
}

private func wording(_ now: NoiseControl) -> String {
  var line = "noise \(now.mode) \(now.level.map { "\($0)" } ?? "-") \(now.voiceFocus == true ? 1 : 0)"
  if let automatic = now.automatic { line += " auto \(automatic.isOn ? 1 : 0) \(automatic.sensitivity.rawValue)" }
  return line + (now.isFinal ? "" : " passing")
}

private func wording(_ time: AutoPowerOffTime) -> String {
  switch time {
  case .fiveMinutes: "5min"
  case .thirtyMinutes: "30min"
  case .oneHour: "60min"
  case .threeHours: "180min"
  case .fifteenMinutes: "15min"
  case .whenTakenOff: "when-taken-off"
  case .never: "never"
  }
}

private func wording(_ language: VoiceLanguage) -> String {
  switch language {
  case .english: "en"
  case .japanese: "ja"
  default: "\(language)"
  }
}
