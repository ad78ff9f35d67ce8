internal import Core
internal import EventLoop
internal import Interface
internal import MDR
internal import Vocabulary

// What is asked of a headset and changed in it, each as a whole: a channel that breaks is opened once more, a question is
// repeated then, and a command never.
extension HeadsetLink {
  /// What a short look tells. Lists of hosts are never read for it: they hold addresses and names.
  private static let main: [Feature] = [
    .battery, .earbudBatteries, .caseBattery, .codec, .noiseControl, .equalizer, .equalizerAbility, .equalizerBands,
    .equalizerState, .dsee, .connectionMode, .speakToChat, .pauseWhenRemoved, .autoPowerOff,
  ]

  /// What every headset answers that lists it, so that one which answers nothing is told from one that has little to say.
  private static let certain: [Feature] = [.battery, .earbudBatteries]

  /// A headset that has answered nothing after so many questions answers none.
  private static let mostSilent = 3

  // MARK: Reading

  /// The main features; with `all` also every setting.
  func picture(all: Bool) async throws(OperationError) -> HeadsetPicture {
    try await picture(Self.main, all ? HeadsetSettingName.allCases.map { .setting($0) } : [])
  }

  /// These items; the main features first, then what it takes to set them, and the others, as far as it comes until
  /// `deadline`.
  func picture(
    of items: [HeadsetItem], toSet: Bool, until deadline: ContinuousClock.Instant? = nil
  ) async throws(OperationError) -> HeadsetPicture {
    let wanted = items.compactMap { $0.feature([:]) }
    let main = Self.main.filter { wanted.contains($0) || Self.certain.contains($0) }
    // What the curve is of is saved with it; the rest says what can be set now.
    let parts: [Feature] =
      !items.contains(.equalizer) ? [] : toSet ? Self.parts(of: .equalizer) : [.equalizerBands]
    return try await picture(main + parts, items, until: deadline)
  }

  private func picture(
    _ main: [Feature], _ items: [HeadsetItem], until deadline: ContinuousClock.Instant? = nil
  ) async throws(OperationError) -> HeadsetPicture {
    enter()
    defer { leave() }
    for isLast in [false, true] {
      var picture = HeadsetPicture(headset: try await headset())
      let channel = channels
      var isMute = try await read(main, into: &picture, until: deadline)
      if !isMute, deadline.map({ .now < $0 }) ?? true {
        if items.contains(where: \.isGeneral) { picture.places = try await findPlaces() }
        let others = items.compactMap { $0.feature(picture.places) }.filter { !main.contains($0) }
        isMute = try await read(others, into: &picture, until: deadline)
      }
      if !isMute {
        // What it did not answer over a channel that broke says nothing of the new one.
        if channels != channel { try await read(again: &picture, until: deadline) }
        return picture
      }
      close()
      if isLast {
        throw .headsetSilent(
          name, evidence: "It acknowledges every question, and answers none; a new channel changed nothing.")
      }
    }
    throw .headsetSilent(name, evidence: "It acknowledges every question, and answers none.")
  }

  /// How full it is, and who else is connected to it.
  func look(until deadline: ContinuousClock.Instant) async throws(OperationError) -> HeadsetPicture {
    try await picture(Self.certain + [.hosts, .playback], [], until: deadline)
  }

  /// What it tells after a change, asked once more a second later where that does not fit: some tell the old value for
  /// 0.3 s (captured from WH-CH720N). Nil where it could not be asked.
  func settled(_ feature: Feature, fits: (MDR.Report) -> Bool) async -> MDR.Report? {
    let first = try? await read(feature).report
    guard let first, !fits(first) else { return first }
    try? await LoopClock(loop).sleep(for: .seconds(1))
    return try? await read(feature).report
  }

  private func read(
    again picture: inout HeadsetPicture, until deadline: ContinuousClock.Instant?
  ) async throws(OperationError) {
    for (feature, answer) in picture.answers where answer == .silent {
      if let deadline, deadline <= .now { return }
      picture.answers[feature] = try await read(feature)
    }
  }

  /// Asks for features one by one; true as soon as the headset has answered none of them all.
  private func read(
    _ features: [Feature], into picture: inout HeadsetPicture, until deadline: ContinuousClock.Instant?
  ) async throws(OperationError) -> Bool {
    for feature in features where picture.headset.has(feature) {
      if let deadline, deadline <= .now { return false }
      picture.answers[feature] = try await read(feature)
      let silences = picture.answers.values.count { $0 == .silent }
      if silences >= Self.mostSilent, silences == picture.answers.count { return true }
    }
    return false
  }

  /// Asks for one feature. One that was not answered before over this channel is not waited for again.
  func read(_ feature: Feature) async throws(OperationError) -> MDR.Outcome {
    var outcome = MDR.Outcome.lost
    for _ in 0..<2 {
      let headset = try await headset()
      if silent.contains(feature) { return .silent }
      let request: MDR.Request
      do throws(RequestFault) { request = try headset.request(toRead: feature) } catch {
        throw told(error, "\(feature)")
      }
      outcome = await ask(request)
      guard outcome == .lost || outcome == .stale else { break }
    }
    switch outcome {
    case .lost, .stale: throw .headsetSilent(name, evidence: "Its control channel was closed twice.")
    case .busy: throw .channelBusy(name)
    default: return outcome
    }
  }

  /// Which general setting is where, asked for once: models differ, and never change it.
  func findPlaces() async throws(OperationError) -> GeneralPlaces {
    if let known = places { return known }
    let headset = try await headset()
    var found: GeneralPlaces = [:]
    for slot in GeneralSlot.allCases where headset.has(.generalTitle(slot)) {
      if case .report(.generalTitle(_, let title)) = try await read(.generalTitle(slot)) { found[title] = slot }
    }
    // Captured from WH-1000XM4, of which no titles were.
    if found.isEmpty, headset.introduction.model == "WH-1000XM4" {
      found = [.touchPanel: .first, .multipoint: .second]
    }
    places = found
    return found
  }

  // MARK: Changing

  /// Makes a change, which may be made from what the headset holds now; what it said then, under `what` for users.
  func change(
    _ what: String, mayAgree: Bool, feature: Feature, _ wish: (HeadsetPicture) throws(OperationError) -> Change
  ) async throws(OperationError) -> HeadsetPicture {
    enter()
    defer { leave() }
    var picture = HeadsetPicture(headset: try await headset())
    picture.places = places ?? [:]
    guard picture.headset.has(feature) else { throw .notOffered(what, name) }
    // What is told of later is what was read before; and some commands carry parts of it.
    for part in [feature] + Self.parts(of: feature) where picture.headset.has(part) {
      guard (try? picture.headset.request(toRead: part)) != nil else { continue }
      picture.answers[part] = try await read(part)
    }
    let change = remembering(try wish(picture))
    let request: MDR.Request
    do throws(RequestFault) {
      guard let made = try session?.request(to: change) else { throw .notOffered(feature) }
      request = made
    } catch { throw told(error, what) }
    var outcome = await ask(request, mayAgree: mayAgree)
    if outcome == .lost || outcome == .stale { outcome = try await verified(change) }
    picture.answers[feature] = outcome
    try judge(outcome, what, picture)
    return picture
  }

  /// Ambient sound without a level gets the one that was seen last over an earlier channel, where this one told none.
  private func remembering(_ change: Change) -> Change {
    guard case .noiseControl(let wish) = change, wish.mode == .ambient, wish.level == nil,
      session?.ambientLevel == nil, let level = ambientLevel,
      case .noiseControl(let now) = session?.reports[.noiseControl],
      now.level == 0
    else { return change }
    return .noiseControl(
      NoiseWish(.ambient, level: level, voiceFocus: wish.voiceFocus, automatic: wish.automatic))
  }

  /// Changes one of the settings that have a name.
  func change(
    _ setting: HeadsetSettingName, to value: String, mayAgree: Bool
  ) async throws(OperationError) -> HeadsetPicture {
    enter()
    defer { leave() }
    let places = setting.isGeneral ? try await findPlaces() : [:]
    guard let feature = setting.feature(places) else { throw .notOffered(setting.title, name) }
    return try await change(setting.title, mayAgree: mayAgree, feature: feature) { picture throws(OperationError) in
      guard let change = setting.change(to: value, places, now: picture.report(feature)) else {
        throw .unacceptable(
          value, for: "the \(setting.title)", setting.values.reduce("") { $0.isEmpty ? $1 : "\($0), \($1)" })
      }
      return change
    }
  }

  /// The channel broke with a command under way: it is not repeated, the headset is asked what it holds.
  private func verified(_ change: Change) async throws(OperationError) -> MDR.Outcome {
    let told = await settled(change.feature) { change.isFulfilled(by: $0) }
    guard let report = told, change.isFulfilled(by: report) else { throw .channelLost(name) }
    return .done(report)
  }

  private func judge(_ outcome: MDR.Outcome, _ what: String, _ picture: HeadsetPicture) throws(OperationError) {
    switch outcome {
    case .done, .report: return
    case .refused(let report):
      throw .notChanged(what, name, isRefused: true, now: report.settingValue)
    case .ignored(let report):
      throw .notChanged(what, name, isRefused: false, now: report.settingValue)
    case .unconfirmed, .silent, .unreadable: throw .unconfirmed(what, name)
    case .declined: throw .headsetAsks(name, declined, picture.headset.generation)
    case .busy: throw .channelBusy(name)
    case .gone, .lost, .stale: throw .channelLost(name)
    }
  }

  /// What is known of the equalizer is in several answers.
  private static func parts(of feature: Feature) -> [Feature] {
    feature == .equalizer ? [.equalizerAbility, .equalizerBands, .equalizerState] : []
  }

  private func told(_ fault: RequestFault, _ what: String) -> OperationError {
    switch fault {
    case .notOffered, .notReadable, .impossible: .notOffered(what, name)
    case .outOfRange:
      OperationError(
        .invalidArgument, "\(name) cannot have its \(what) so.", hint: "See what it can be: mdrctl settings.")
    case .needsReport: .notTold(what, name)
    case .needsLevel:
      OperationError(
        .invalidArgument, "\(name) has not told a level of ambient sound that it could go back to.",
        hint: "Say one, from 1 to 20: mdrctl noise ambient 10.")
    }
  }

  // MARK: Switching off

  /// Switches the headset off; done when the link goes.
  func powerOff() async throws(OperationError) {
    enter()
    defer { leave() }
    let headset = try await headset()
    let request: MDR.Request
    do throws(RequestFault) { request = try headset.request(for: Consent(to: .powerOff)) } catch {
      throw told(error, "way to be switched off from here")
    }
    switch await ask(request) {
    case .gone, .done: return
    case .busy: throw .channelBusy(name)
    default: throw .unconfirmed("power", name)
    }
  }
}
