import Interface
import Testing
import Vocabulary

@testable import Commands

private let headset = Samples.headset
private let named = "WH-1000XM4 (AC:80:0A:11:22:33)"

private func answer(_ audio: Sound, _ device: Device = headset) -> Control.AudioReply {
  Control.AudioReply(device: device, audio: audio, codecs: [])
}

private func done(
  _ audio: Sound, _ proofs: [Proof]? = nil, codecs: [SoundCodec]? = nil
) -> Control.OperationReply {
  Control.OperationReply(device: headset, proofs: proofs, audio: audio, codecs: codecs)
}

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
        try mdrctl(["why", "--check", "-j"], socket: $0)
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
