/// How far an operation is.
package enum Stage: String, CaseIterable, Codable, Sendable {
  case searching, pairing, bonding, trusting, connecting, resolving, audio, disconnecting, removing,
    verifying, flushing, powering, restoring, proving, waiting, switching
}

/// What an operation sets out to prove.
package enum ProofSubject: String, CaseIterable, Codable, Sendable {
  case bonded, trusted, connected, servicesResolved, a2dp, reconnected, profile
}

/// A state that can be waited for.
package enum WaitState: String, CaseIterable, Codable, Sendable {
  case connected, disconnected, paired, a2dp
}
