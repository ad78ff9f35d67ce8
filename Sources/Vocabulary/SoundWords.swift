/// Whether the sound server may be restarted where none has registered with BlueZ and nothing plays or records elsewhere.
package enum ServerRestart: String, CaseIterable, Codable, Sendable {
  /// Only for who asks for it.
  case ask
  /// By `connect`, when it has not come back by itself.
  case auto
  case never
}
