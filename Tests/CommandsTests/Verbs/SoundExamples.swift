import Interface
import Vocabulary

extension Example {
  /// The verbs for how a device sounds.
  static let sound: [Example] = [
    Example(
      "profile", calls: Control.audio, .init(), answer: audio(Samples.stereo),
      shows: """
        WH-1000XM4
          LAYER           PROFILE    CODEC  STATE
          BlueZ           A2DP       LDAC   active
          PipeWire 1.4.2  a2dp-sink  LDAC   in stereo

          Now         WH-1000XM4 is in stereo.
          Decided by  the policy
          Policy      auto: stereo, but for calls
          Best codec  by quality
          Offers      A2DP, HFP
          Card        bluez_card.AC_80_0A_11_22_33
          Output      bluez_output.AC_80_0A_11_22_33.1, the default
          Session     anna (uid 1000), active
          Last login  joined 0 ms, sound server 310 ms, endpoints 620 ms, connected 930 ms, A2DP 1240 ms, stereo 1550 ms

        """),
    Example(
      "profile xm4 -a hci0", calls: Control.audio, .init(device: "xm4", adapter: "hci0"),
      answer: audio(Samples.mono),
      shows: """
        WH-1000XM4
          LAYER           PROFILE            CODEC  STATE
          BlueZ           A2DP               LDAC   active
          PipeWire 1.4.2  headset-head-unit  mSBC   in mono with its microphone

          Now         WH-1000XM4 is in mono: Firefox uses its microphone.\u{FFFD}
          Seen by     Firefox (process 4711) records
          What to do  Run: mdrctl profile AC:80:0A:11:22:33 stereo
          Decided by  an application
          Policy      auto: stereo, but for calls
          Offers      A2DP, HFP
          Card        bluez_card.AC_80_0A_11_22_33
          Recording   Firefox (process 4711), OBS\u{FFFD}
          Session     anna (uid 1000), active

        """),
    Example(
      "profile xm4 stereo -a hci0", follows: Control.profile,
      .init(device: "xm4", adapter: "hci0", policy: .stereo),
      answers: switching,
      .init(device: Samples.headset, proofs: [Proof(what: .profile, proven: true)], audio: Samples.stereo),
      shows: """
        WH-1000XM4 (AC:80:0A:11:22:33) is in stereo (LDAC), and stays there even when an application opens the \
        microphone.

        """),
    Example(
      "profile call --once", follows: Control.profile, .init(policy: .call, once: true),
      answers: switching, .init(device: Samples.headset, audio: Samples.mono),
      shows: "WH-1000XM4 (AC:80:0A:11:22:33) is in mono with its microphone (mSBC); its policy is still auto.\n"),
    Example(
      "codec", calls: Control.audio, .init(),
      answer: .init(device: Samples.headset, audio: Samples.stereo, codecs: Samples.codecs),
      shows: """
        WH-1000XM4
          CODEC       DESCRIPTION            STATE
          sbc         SBC                    -
          sbc_xq_552  SBC-XQ at 552 kbit/s\u{FFFD}  -
          ldac        LDAC                   in use
          "best" is by quality.

        """),
    Example(
      "codec xm4", calls: Control.audio, .init(device: "xm4"), answer: audio(Samples.mono),
      shows: """
        WH-1000XM4 (AC:80:0A:11:22:33) has no codec to choose from now.
        WH-1000XM4 is in mono: Firefox uses its microphone.\u{FFFD}
          Seen by: Firefox (process 4711) records
          Run: mdrctl profile AC:80:0A:11:22:33 stereo

        """),
    Example(
      "codec xm4 ldac -a hci0", follows: Control.codec, .init(device: "xm4", adapter: "hci0", codec: "ldac"),
      answers: switching, .init(device: Samples.headset, audio: Samples.stereo, codecs: Samples.codecs),
      shows: "WH-1000XM4 (AC:80:0A:11:22:33) uses LDAC now.\n"),
    Example(
      "codec best --prefer latency", follows: Control.codec, .init(codec: "best", preference: .latency),
      answers: switching, .init(device: Samples.headset, audio: Samples.stereo),
      shows: "WH-1000XM4 (AC:80:0A:11:22:33) uses LDAC now; \"best\" is by latency from now on.\n"),
    Example(
      "codec --prefer quality", follows: Control.codec, .init(preference: .quality),
      answers: .init(device: Samples.headset, audio: Samples.stereo),
      shows: "WH-1000XM4 (AC:80:0A:11:22:33) uses LDAC now; \"best\" is by quality from now on.\n"),
    Example(
      "codec --use sbc", follows: Control.codec, .init(codec: "sbc"),
      answers: .init(
        device: Samples.headset, proofs: [Proof(what: .profile, proven: false, reason: "It is in LDAC\u{7}.")],
        audio: Samples.stereo),
      shows: """
        WH-1000XM4 (AC:80:0A:11:22:33) uses LDAC now.
          not in the profile that was asked for: It is in LDAC\u{FFFD}.

        """),
    Example(
      "why xm4 -a hci0", calls: Control.audio, .init(device: "xm4", adapter: "hci0"), answer: audio(Samples.mono),
      shows: """
        WH-1000XM4 is in mono: Firefox uses its microphone.\u{FFFD}
          Seen by: Firefox (process 4711) records
          Run: mdrctl profile AC:80:0A:11:22:33 stereo

        """),
    Example(
      "why --check", calls: Control.audio, .init(), answer: audio(Samples.stereo), shows: "WH-1000XM4 is in stereo.\n"),
  ]

  private static let switching = Control.OperationReply(progress: Progress(stage: .switching, message: "Switching"))

  private static func audio(_ audio: Sound) -> Control.AudioReply {
    Control.AudioReply(device: Samples.headset, audio: audio, codecs: [])
  }
}
