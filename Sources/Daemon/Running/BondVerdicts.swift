internal import BlueZ
internal import Core
internal import EventLoop
internal import Service
internal import Vocabulary

extension Core.Verdict {
  static func hostLostKey(
    _ title: String, _ device: DeviceID, _ certainty: Certainty, evidence: String
  ) -> Self {
    Self(
      .hostLostKey, certainty, message: "This computer has lost its pairing with \(title).", evidence: evidence,
      hint: """
        Pair it again: \(Advice.command("pair", device)). To drop it from this list: \
        \(Advice.command("forget", device)).
        """)
  }

  static func adapterChanged(_ title: String, _ device: DeviceID, evidence: String) -> Self {
    Self(
      .adapterChanged, .probable, message: "\(title) was paired with another adapter address of this computer.",
      evidence: evidence,
      hint: """
        Plug that adapter in again, or pair the headset with this one: \(Advice.command("pair", device)). To drop it \
        from this list: \(Advice.command("forget", device)).
        """)
  }
}
