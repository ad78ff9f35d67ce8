/// How a device's audio is to be.
package enum AudioPolicy: String, CaseIterable, Codable, Sendable {
  /// A2DP, also while an application has the microphone open.
  case stereo
  /// HFP or HSP.
  case call
  /// Stereo; the sound server may switch for a call, and stereo comes back after it.
  case auto
  /// No audio from the device.
  case off
}

/// What a codec is chosen for.
package enum CodecPreference: String, CaseIterable, Codable, Sendable {
  case quality, latency
}

/// What a profile means for its user.
package enum AudioKind: String, CaseIterable, Codable, Sendable {
  /// A2DP from this computer: stereo, no microphone.
  case stereo
  /// HFP or HSP: the headset's microphone, and mono sound.
  case call
  case off
  case other
}

/// Who made the sound what it is.
package enum AudioDecider: String, CaseIterable, Codable, Sendable {
  case policy, command, soundServer, application, nobody
}

/// Why a device sounds as it does.
package enum AudioCause: String, CaseIterable, Codable, Sendable {
  case stereo, notConnected, policyCall, policyOff, application, remembered, a2dpFailed, endpointTaken,
    noSharedCodec, noStereoOffered, noSoundServer, noSession, seatGate, soundServer, flapping, bluealsa, cardMissing,
    transportHeld
}

/// The steps from a login to stereo sound, in their order.
package enum LoginMilestone: String, CaseIterable, Codable, Sendable {
  case attached, server, endpoints, connected, transport, profile
}
