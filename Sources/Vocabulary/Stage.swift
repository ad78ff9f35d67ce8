/// How far an operation is.
package enum Stage: String, CaseIterable, Codable, Sendable {
  case searching, pairing, bonding, trusting, connecting, resolving, audio, disconnecting, removing,
    verifying, flushing, powering, restoring, proving, waiting, switching, fixing
}

/// What an operation sets out to prove.
package enum ProofSubject: String, CaseIterable, Codable, Sendable {
  case bonded, trusted, connected, servicesResolved, a2dp, reconnected, profile
}

/// A state that can be waited for.
package enum WaitState: String, CaseIterable, Codable, Sendable {
  case connected, disconnected, paired, a2dp
}

/// What only a person at the headset can do, and an operation waits for.
package enum HeadsetDeed: String, CaseIterable, Codable, Sendable {
  /// Puts it into pairing mode, which erases nothing.
  case pairingMode
  /// Switches it on, or off and on again, which keeps its pairings.
  case restart
  /// Sets it back to its factory settings, which erases its pairings.
  case initialize
}
