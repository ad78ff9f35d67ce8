import Interface
import Testing
import Vocabulary

@testable import Commands

private let headset = Samples.headset
private let named = "WH-1000XM4 (AC:80:0A:11:22:33)"
private let switching = Control.OperationReply(progress: Progress(stage: .switching, message: "Switching"))

private func answer(_ audio: Sound, _ device: Device = headset) -> Control.AudioReply {
  Control.AudioReply(device: device, audio: audio, codecs: [])
}

private func done(
  _ audio: Sound, _ proofs: [Proof]? = nil, codecs: [SoundCodec]? = nil
) -> Control.OperationReply {
  Control.OperationReply(device: headset, proofs: proofs, audio: audio, codecs: codecs)
}

/// The verbs for sound, against a daemon that answers as it should.
let soundCases: [Case] = [
  Case(
    words: ["profile"], method: .audio, call: "Audio {}", replies: [answer(Samples.stereo)],
    text: """
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
  Case(
    words: ["profile", "xm4", "-a", "hci0"], method: .audio, call: #"Audio {"adapter":"hci0","device":"xm4"}"#,
    replies: [answer(Samples.mono)],
    text: """
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
  Case(
    words: ["profile", "xm4", "stereo", "-a", "hci0"], method: .profile,
    call: #"Profile+ {"adapter":"hci0","device":"xm4","policy":"stereo"}"#,
    replies: [switching, done(Samples.stereo, [Proof(what: .profile, proven: true)])],
    text: "\(named) is in stereo (LDAC), and stays there even when an application opens the microphone.\n"),
  Case(
    words: ["profile", "call", "--once"], method: .profile, call: #"Profile+ {"once":true,"policy":"call"}"#,
    replies: [switching, done(Samples.mono)],
    text: "\(named) is in mono with its microphone (mSBC); its policy is still auto.\n"),
  Case(
    words: ["codec"], method: .audio, call: "Audio {}",
    replies: [Control.AudioReply(device: headset, audio: Samples.stereo, codecs: Samples.codecs)],
    text: """
      WH-1000XM4
        CODEC       DESCRIPTION            STATE
        sbc         SBC                    -
        sbc_xq_552  SBC-XQ at 552 kbit/s\u{FFFD}  -
        ldac        LDAC                   in use
        "best" is by quality.

      """),
  Case(
    words: ["codec", "xm4"], method: .audio, call: #"Audio {"device":"xm4"}"#, replies: [answer(Samples.mono)],
    text: """
      \(named) has no codec to choose from now.
      WH-1000XM4 is in mono: Firefox uses its microphone.\u{FFFD}
        Seen by: Firefox (process 4711) records
        Run: mdrctl profile AC:80:0A:11:22:33 stereo

      """),
  Case(
    words: ["codec", "xm4", "ldac", "-a", "hci0"], method: .codec,
    call: #"Codec+ {"adapter":"hci0","codec":"ldac","device":"xm4"}"#,
    replies: [switching, done(Samples.stereo, codecs: Samples.codecs)], text: "\(named) uses LDAC now.\n"),
  Case(
    words: ["codec", "best", "--prefer", "latency"], method: .codec,
    call: #"Codec+ {"codec":"best","preference":"latency"}"#, replies: [switching, done(Samples.stereo)],
    text: "\(named) uses LDAC now; \"best\" is by latency from now on.\n"),
  Case(
    words: ["codec", "-p", "quality"], method: .codec, call: #"Codec+ {"preference":"quality"}"#,
    replies: [done(Samples.stereo)], text: "\(named) uses LDAC now; \"best\" is by quality from now on.\n"),
  Case(
    words: ["codec", "--use", "sbc"], method: .codec, call: #"Codec+ {"codec":"sbc"}"#,
    replies: [done(Samples.stereo, [Proof(what: .profile, proven: false, reason: "It is in LDAC\u{7}.")])],
    text: "\(named) uses LDAC now.\n  not in the profile that was asked for: It is in LDAC\u{FFFD}.\n"),
  Case(
    words: ["why", "xm4", "-a", "hci0"], method: .audio, call: #"Audio {"adapter":"hci0","device":"xm4"}"#,
    replies: [answer(Samples.mono)],
    text: """
      WH-1000XM4 is in mono: Firefox uses its microphone.\u{FFFD}
        Seen by: Firefox (process 4711) records
        Run: mdrctl profile AC:80:0A:11:22:33 stereo

      """),
  Case(
    words: ["why", "--check"], method: .audio, call: "Audio {}", replies: [answer(Samples.stereo)],
    text: "WH-1000XM4 is in stereo.\n"),
]

@Suite(.timeLimit(.minutes(5))) struct SoundTests {
  private func profile(
    _ policy: Sound.Policy, isOnce: Bool = false, _ proofs: [Proof] = [], _ change: (inout Sound) -> Void
  ) -> String {
    var audio = Samples.stereo
    audio.policy = policy
    change(&audio)
    return profileText(done(audio, proofs), policy, isOnce: isOnce, Style())
  }

  @Test func `what is now is told with what becomes of it`() {
    #expect(
      profile(.auto) { _ in }
        == "\(named) is in stereo (LDAC), changes to its microphone for a call, and comes back after it.\n")
    #expect(
      profile(.auto) { $0 = Samples.mono } == """
        \(named) is in mono with its microphone (mSBC) for Firefox (process 4711) and OBS\u{FFFD}, and comes back to \
        stereo after it.

        """)
    #expect(
      profile(.call) { $0.card = Samples.mono.card }
        == "\(named) is in mono with its microphone (mSBC), and stays there until its policy is changed.\n")
    #expect(
      profile(.off) { $0.card?.kind = .off } == "\(named) is without sound, and stays so until its policy is changed.\n"
    )
    #expect(
      profile(.off) { ($0.card, $0.cause) = (nil, .policyOff) }
        == "\(named) is without sound, and stays so until its policy is changed.\n")
  }

  @Test func `stereo where no sound server can be asked is stereo all the same`() {
    let text = profile(.stereo) { ($0.card, $0.session) = (nil, nil) }
    #expect(text.hasPrefix("\(named) is in stereo, and stays there"))
  }

  @Test func `a policy for a device that is not connected is kept`() {
    let text = profile(.off) { ($0.card, $0.cause) = (nil, .notConnected) }
    #expect(text == "\(named) is not connected; its policy is off.\n")
  }

  @Test(arguments: [
    (Sound.Policy.stereo, "in stereo"), (.call, "in mono with its microphone"), (.off, "without sound"),
    (.auto, "in stereo"),
  ])
  func `what is not as it shall be is told with the reason`(policy: Sound.Policy, words: String) {
    func text(isOnce: Bool) -> String {
      profile(policy, isOnce: isOnce) { audio in
        (audio.card, audio.cause) = (nil, .noSession)
        (audio.message, audio.evidence, audio.hint) = ("Nobody is logged in.\u{7}", "no session", "Log in.")
      }
    }
    let reason = "  Nobody is logged in.\u{FFFD}\n  Seen by: no session\n  Log in.\n"
    #expect(text(isOnce: false) == "\(named) is not \(words), although its policy is \(policy.rawValue).\n" + reason)
    #expect(text(isOnce: true) == "\(named) is not \(words).\n" + reason)
  }

  @Test func `stereo in BlueZ alone is told as that`() {
    let proofs = [Proof(what: .a2dp, proven: true), Proof(what: .profile, proven: false, reason: "Nobody joined.")]
    let change = { (audio: inout Sound) in
      (audio.card, audio.cause, audio.message, audio.hint) = (nil, .bluealsa, "BlueALSA plays.", "Choose a PCM.")
    }
    let text = """
      \(named) is set up for stereo audio.
        not in the profile that was asked for: Nobody joined.
        BlueALSA plays.
        Choose a PCM.

      """
    #expect(profile(.stereo, proofs, change) == text)
    #expect(profile(.auto, proofs, change) == text)
    #expect(profile(.call, proofs, change).hasPrefix("\(named) is not in mono"))
  }

  @Test func `nothing is promised while it cannot settle`() {
    let text = profile(.stereo) { ($0.cause, $0.message, $0.evidence) = (.flapping, "It cannot settle.", "6 changes") }
    #expect(text == "\(named) is in stereo (LDAC).\n  It cannot settle.\n  Seen by: 6 changes\n")
  }

  @Test func `an application is a reason to be in mono under auto, but not under stereo`() {
    let text = profile(.stereo) { ($0.card, $0.cause) = (Samples.mono.card, .application) }
    #expect(text.hasPrefix("\(named) is not in stereo, although its policy is stereo.\n"))
  }

  @Test func `what could not be proven is told, but nothing twice`() {
    let proofs = [
      Proof(what: .a2dp, proven: false, reason: "no transport"),
      Proof(what: .profile, proven: false, reason: Samples.stereo.message), Proof(what: .connected, proven: true),
    ]
    #expect(profile(.stereo, proofs) { _ in }.hasSuffix(".\n  not set up for stereo audio: no transport\n"))
  }

  @Test func `an old daemon that tells nothing of audio is believed`() {
    let reply = Control.OperationReply(device: headset)
    #expect(profileText(reply, .call, isOnce: false, Style()) == "\(named) is under the policy call.\n")
    #expect(profileText(Control.OperationReply(), .call, isOnce: false, Style()) == "Done.\n")
  }

  @Test(
    arguments: [
      (nil, "sound server - - not known", "none has joined"),
      (SoundSession(user: "bob\n", uid: 7), "sound server - - does not run", "bob\u{FFFD} (uid 7)"),
      (Samples.session, "PipeWire 1.4.2 - - does not have the device", "anna (uid 1000), active"),
    ] as [(SoundSession?, String, String)])
  func `what a layer does not have is told`(session: SoundSession?, line: String, name: String) {
    var (audio, device) = (Samples.stereo, headset)
    (audio.session, audio.card, audio.cause) = (session, nil, .noSession)
    (device.transports, device.connected) = ([], false)
    let lines = audioText(answer(audio, device), Style()).split(separator: "\n").map { line in
      line.split(separator: " ").joined(separator: " ")
    }
    for expected in [line, "BlueZ - - not connected", "Session \(name)"] { #expect(lines.contains(expected)) }
    device.connected = true
    #expect(audioText(answer(audio, device), Style()).contains("connected, no audio\n"))
  }

  @Test func `every stream of BlueZ has its line`() {
    var device = headset
    device.transports.append(Transport(profile: .hfp, codec: "mSBC", state: "idle", volume: nil))
    let text = audioText(answer(Samples.stereo, device), Style())
    #expect(text.contains("  BlueZ           HFP        mSBC   idle\n"))
  }

  @Test(arguments: [
    ("sbc", "SBC"), ("sbc_xq", "SBC-XQ"), ("sbc_xq_552", "SBC-XQ 552"), ("aptx_hd", "aptX HD"), ("aptx", "aptX"),
    ("opus_05", "Opus 05"), ("LDAC", "LDAC"), ("lc3_swb", "LC3-SWB"), ("mSBC", "mSBC"), ("CVSD", "CVSD"),
    ("lc3plus_h3", "lc3plus_h3"), ("x\u{1B}", "x\u{FFFD}"), ("sbc_\u{1B}", "SBC \u{FFFD}"), ("", ""),
  ])
  func `a codec is written as people write it`(name: String, title: String) {
    #expect(codecTitle(name) == title)
  }

  @Test func `no codec in use is told with the reason`() {
    var audio = Samples.mono
    audio.card?.codec = nil
    #expect(codecText(done(audio), nil, Style()).hasPrefix("\(named) uses no codec now.\nWH-1000XM4 is in mono"))
  }

  @Test(arguments: Sound.Cause.allCases)
  func `a question that was answered is no failure, unless it is a check`(cause: Sound.Cause) async throws {
    var audio = Samples.mono
    audio.cause = cause
    let daemon = FakeDaemon([.audio: try .replies(answer(audio))])
    let (asked, checked, json) = try await daemon.serve {
      (
        try mdrctl(["why"], socket: $0), try mdrctl(["why", "--check"], socket: $0),
        try mdrctl(["why", "-cj"], socket: $0)
      )
    }
    #expect(asked.code == 0)
    #expect(checked.code == ([.stereo, .bluealsa].contains(cause) ? 0 : 1) && json.code == checked.code)
    #expect(checked.output == asked.output && checked.errors.isEmpty)
    #expect(try json.objects().count == 1 && json.errors.isEmpty)
  }

  @Test(arguments: [
    (["codec", "ldac"], " If it is a codec: mdrctl codec --use ldac"), (["codec", "94:DB:56:00:00:01"], ""),
    (["codec", "my headset"], ""), (["profile", "sterio"], " Or did you mean the policy \"stereo\"?"),
    (["profile", "xm5"], ""), (["why", "stereo"], ""),
  ])
  func `a word that is no device may have been meant for something else`(words: [String], hint: String) async throws {
    let unknown = Control.ErrorParameters(message: "No known device fits.", hint: "See mdrctl list.")
    let daemon = FakeDaemon([.audio: .error(.deviceNotFound, unknown)])
    let run = try await daemon.serve { try mdrctl(words, socket: $0) }
    #expect(run.code == 6)
    #expect(run.errors == "mdrctl: No known device fits.\n  See mdrctl list.\(hint)\n")
  }

  @Test(arguments: [
    (["profile", "stereo"], Control.Method.profile, ErrorCode.noProfile, ExitCode.failed),
    (["profile"], .audio, .noSession, .unavailable),
    (["codec", "xm4", "ldac"], .codec, .noCodec, .failed), (["codec", "best"], .codec, .notConnected, .failed),
    (["why"], .audio, .ambiguousDevice, .usage), (["why", "--check"], .audio, .noSession, .unavailable),
  ])
  func `what the daemon refuses has its exit code`(
    words: [String], method: Control.Method, error: ErrorCode, code: ExitCode
  ) async throws {
    let daemon = FakeDaemon([method: .error(error, .init(message: "No.", candidates: ["sbc", "aac"]))])
    let run = try await daemon.serve { try mdrctl(words, socket: $0) }
    #expect(run.ending == .exit(code) && run.output.isEmpty)
    let list = error == .ambiguousDevice ? "It could be" : "Namely"
    #expect(run.errors == "mdrctl: No.\n  \(list):\n    sbc\n    aac\n")
  }
}
