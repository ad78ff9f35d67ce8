internal import Vocabulary

/// A way to connect audio: each end has a half of it.
package enum AudioProfile: String, CaseIterable, Sendable {
  case a2dp = "A2DP"
  case hfp = "HFP"
  case hsp = "HSP"

  var kind: AudioCard.Kind { self == .a2dp ? .stereo : .call }
  /// The device's half.
  fileprivate var remote: AudioService {
    switch self {
    case .a2dp: .a2dpSink
    case .hfp: .handsFree
    case .hsp: .headset
    }
  }
  /// This computer's half. PulseAudio has HSP's listed under the device's (laboratory, 17.0).
  fileprivate var local: Set<AudioService> {
    switch self {
    case .a2dp: [.a2dpSource]
    case .hfp: [.handsFreeGateway]
    case .hsp: [.headsetGateway, .headset]
    }
  }

  fileprivate static func titles(_ profiles: [Self]) -> String { profiles.map(\.rawValue).joined(separator: " and ") }
}

extension Device {
  /// What its services offer; empty also while they are not known.
  var audio: [AudioProfile] { AudioProfile.allCases.filter { services.contains($0.remote) } }
}

extension Adapter {
  /// What a sound server has registered for.
  var audio: [AudioProfile] { AudioProfile.allCases.filter { !services.isDisjoint(with: $0.local) } }
}

/// The two ends of a device's audio, where each has something and they do not fit. What no sound server has registered
/// for at all is another matter.
struct AudioEnds {
  private let name: String
  private let local: [AudioProfile]
  private let remote: [AudioProfile]

  init?(_ device: Device, on adapter: Adapter?) {
    guard let adapter, adapter.hasAudio, !device.audio.isEmpty else { return nil }
    (name, local, remote) = (device.alias, adapter.audio, device.audio)
  }

  /// Why nothing of it can be connected; nil where something can.
  var gap: String? { local.contains(where: remote.contains) ? nil : mismatch }

  private var mismatch: String {
    "\(name) offers \(AudioProfile.titles(remote)), and the sound server has registered \(AudioProfile.titles(local))."
  }

  /// Why there can be no stereo, or no calls; nil where there can.
  func lack(of kind: AudioCard.Kind) -> String? {
    let (ours, theirs) = (local.filter { $0.kind == kind }, remote.filter { $0.kind == kind })
    let (what, other) = kind == .stereo ? ("stereo (A2DP)", "calls") : ("calls (HFP or HSP)", "stereo")
    if theirs.isEmpty { return "\(name) offers \(other) only (\(AudioProfile.titles(remote))), not \(what)." }
    if ours.isEmpty {
      return "The sound server has registered for \(other) only (\(AudioProfile.titles(local))), not for \(what)."
    }
    return ours.contains(where: theirs.contains) ? nil : mismatch
  }

  /// Whether it is the sound server that lacks it.
  func isLackOfServer(_ kind: AudioCard.Kind) -> Bool {
    remote.contains { $0.kind == kind } && lack(of: kind) != nil
  }

  /// What makes a sound server register for more.
  static let hint =
    """
    Have the sound server register for it: bluez5.roles in WirePlumber's configuration (WirePlumber 0.4 has \
    bluez5.headset-roles for calls), or BlueALSA's option -p.
    """
}

extension OperationError {
  /// The two ends have no profile in common.
  static func noSharedAudio(_ device: Device, _ gap: String) -> Self {
    Self(.noProfile, "\(device.alias) cannot be connected for audio.", evidence: gap, hint: AudioEnds.hint)
  }

  /// Another headset has the sound server's only endpoint that fits.
  static func endpointTaken(_ device: Device, by other: Device, evidence: String?) -> Self {
    Self(
      .noProfile, endpointTakenSentence(device, by: other), evidence: evidence,
      hint: "\(endpointTakenCure(device, by: other)).")
  }

  static func endpointTakenSentence(_ device: Device, by other: Device) -> String {
    "\(device.alias) gets no stereo audio while \(other.alias) has it."
  }

  static func endpointTakenCure(_ device: Device, by other: Device) -> String {
    "\(Advice.command("disconnect", other.id)) && \(Advice.command("profile", device.id, "stereo"))"
  }
}
