internal import Vocabulary

/// A program that is known to use BlueZ beside mdrctl, and what for.
private struct Rival: Sendable {
  enum Habit: Sendable {
    /// It connects headsets by itself.
    case connects
    /// It answers when BlueZ asks for a passkey or a consent.
    case answers
    /// It searches while its window is open, or all the time.
    case searches
  }

  let program: String
  let habits: [Habit]

  /// By the names that their processes have, of which the kernel keeps 15 bytes.
  static let all: [Rival] = [
    Rival(program: "bluetoothctl", habits: [.answers, .searches]),
    Rival(program: "bt-agent", habits: [.answers]),
    Rival(program: "blueman-applet", habits: [.answers, .connects]),
    Rival(program: "blueman-manager", habits: [.searches]),
    Rival(program: "blueman-tray", habits: []),
    Rival(program: "blueberry-obex-agent", habits: []),
    Rival(program: "gnome-shell", habits: [.answers]),
    Rival(program: "gnome-control-center", habits: [.answers, .searches]),
    Rival(program: "gsd-rfkill", habits: []),
    Rival(program: "kded5", habits: [.answers]),
    Rival(program: "kded6", habits: [.answers]),
    Rival(program: "bluedevil-wizard", habits: [.answers, .searches]),
    Rival(program: "plasmashell", habits: [.searches]),
    Rival(program: "kdeconnectd", habits: [.searches]),
    Rival(program: "cosmic-applet-bluetooth", habits: [.answers, .searches]),
    Rival(program: "cosmic-settings", habits: [.answers, .searches]),
    Rival(program: "bluetui", habits: [.answers, .searches]),
    Rival(program: "bluetuith", habits: [.answers, .searches]),
    Rival(program: "overskride", habits: [.answers, .searches]),
    Rival(program: "quickshell", habits: [.searches]),
    Rival(program: "bluetooth-autoconnect", habits: [.connects]),
    Rival(program: "bthman", habits: [.connects]),
    Rival(program: "btautoconnect", habits: [.connects]),
    Rival(program: "sony-headphonesd", habits: []),
    Rival(program: "sonyd", habits: []),
  ]

  static func named(_ program: String) -> Rival? {
    all.first { rival in
      rival.program.hasSameBytes(as: program)
        || rival.program.utf8.count > 15 && rival.program.utf8.prefix(15).elementsEqual(program.utf8)
    }
  }
}

extension Doctor {
  /// Other programs that use BlueZ.
  static var rivalRules: [CheckRule] {
    [
      CheckRule(.rivals, "controllers") { findings in controllers(findings.clients) },
      CheckRule(.rivals, "agents") { findings in [agents(findings.clients)] },
      CheckRule(.rivals, "discovery") { findings in
        findings.adapters.map { discovery($0, findings.clients).about($0.adapter.id.name) }
      },
      CheckRule(.rivals, "streams") { findings in
        findings.adapters.map { streams($0).about($0.adapter.id.name) }
      },
    ]
  }

  private static func rivals(_ clients: [BusClient], _ habit: Rival.Habit? = nil) -> [BusClient] {
    clients.filter { client in
      guard let rival = client.program.flatMap(Rival.named) else { return false }
      return habit.map(rival.habits.contains) ?? true
    }
  }

  private static func controllers(_ clients: Fact<[BusClient]>) -> [CheckRule.Outcome] {
    switch clients {
    case .unknown(let reason):
      return [.unknown("Which programs use BlueZ beside mdrctl is not known.", because: reason)]
    case .known(let clients):
      let found = rivals(clients)
      guard !found.isEmpty else {
        return [.init(.ok, "No other program that is known to control Bluetooth is on the system bus.")]
      }
      return found.map { client in
        let connects = client.program.flatMap(Rival.named)?.habits.contains(.connects) == true
        return connects
          ? .init(
            .warning, "\(client.title) connects headsets by itself, too.", evidence: "It is on the system bus.",
            hint: "Where headsets come and go unasked, stop one of the two: it, or what mdrctl does at a login.")
          : .init(
            .note, "\(client.title) can control Bluetooth, too.", evidence: "It is on the system bus.",
            hint: "They get along; what it changes, mdrctl shows.")
      }
    }
  }

  /// bluetoothd asks the agent of whoever pairs, and otherwise the one that became the default last.
  private static func agents(_ clients: Fact<[BusClient]>) -> CheckRule.Outcome {
    switch clients {
    case .unknown(let reason):
      return .unknown("Which programs answer bluetoothd's questions is not known.", because: reason)
    case .known(let clients):
      let found = rivals(clients, .answers)
      guard found.count > 1 else {
        return .init(
          .ok,
          found.first.map { "\($0.title) may answer when a device asks to be paired." }
            ?? "No program is seen that would answer when a device asks to be paired by itself.",
          evidence: "mdrctl answers for the pairings that it begins.")
      }
      return .init(
        .note, "Several programs may answer when a device asks to be paired: \(words(found.map(\.title))).",
        evidence:
          "bluetoothd asks the one that became the default last; mdrctl answers for the pairings that it begins.",
        hint: "Where a question never shows, close all but one of them.")
    }
  }

  /// A search takes the radio from the sound for as long as it lasts.
  private static func discovery(_ fact: AdapterFact, _ clients: Fact<[BusClient]>) -> CheckRule.Outcome {
    let id = fact.adapter.id
    guard fact.adapter.discovering else { return quiet(id, fact.search.ended) }
    guard !fact.isOurSearch else {
      return .init(
        .note, "mdrctl searches on \(id) now: sound may stutter until it ends.",
        evidence:
          "Discovering is true, and a search of mdrctl's runs; whether another program searches, too, cannot be told.")
    }
    let began = fact.search.age.map { "It began \(ago($0))." } ?? "When it began is not known."
    // Who came after it began does not do it.
    let there = (fact.search.clients ?? clients.value).map { $0.filter { !neverSearches($0) } }
    let known = there.map { rivals($0, .searches).sorted { $0.process < $1.process } }
    var evidence = ["Discovering is true, and no search of mdrctl's runs.", began]
    if fact.search.isTold, let there = there?.sorted(by: { $0.process < $1.process }), let first = there.first {
      evidence.append("bluetoothd waits for the end of nobody else on the system bus, but for sound servers.")
      guard there.count > 1 else {
        return searching(id, "\(first.title) keeps", evidence, "Stop it (kill \(first.process)), or close its window.")
      }
      let who = "One of these keeps"
      return searching(
        id, who, ["It is \(words(there.map(\.title), "or"))."] + evidence,
        "Stop them one by one, or close their windows, and ask again.")
    }
    switch known {
    case nil: evidence.append("Which programs are on the system bus is not known.")
    case []?: evidence.append("No program that is known to search is on the system bus.")
    case let known?:
      evidence.append("On the system bus are, of those that are known to search: \(words(known.map(\.title))).")
    }
    if let newest = fact.search.newest {
      evidence.append("Whoever had come to the bus last when it began is \(newest.title).")
    }
    let suspect = known?.count == 1 ? known?.first : known?.isEmpty == true ? fact.search.newest : nil
    let who = suspect.map { "\($0.title), as it seems, keeps" } ?? "Another program keeps"
    return searching(id, who, evidence, cure(suspect, hasSuspects: known?.isEmpty == false))
  }

  private static func searching(
    _ id: AdapterID, _ who: String, _ evidence: [String], _ hint: String
  ) -> CheckRule.Outcome {
    .init(
      .warning, "\(who) a search for devices on, on \(id): sound may stutter for as long as it does.",
      evidence: evidence.joined(separator: " "), hint: hint)
  }

  /// Programs that bluetoothd keeps track of for another reason: what they register for sound.
  private static func neverSearches(_ client: BusClient) -> Bool {
    guard let program = client.program else { return false }
    return program.hasPrefix("pipewire")
      || ["wireplumber", "pulseaudio", "mpris-proxy", "obexd", "ofonod", "bluealsa", "bluealsad"].contains(program)
  }

  private static func quiet(_ id: AdapterID, _ ended: EndedSearch?) -> CheckRule.Outcome {
    .init(
      .ok, "Nobody searches for devices on \(id) through bluetoothd.",
      evidence: ended.map {
        "The last search of another program ended \(ago($0.ago)), as \($0.client.title) left the bus."
      })
  }

  private static func cure(_ suspect: BusClient?, hasSuspects: Bool) -> String {
    if let suspect {
      return "Stop it (kill \(suspect.process)), or close its window, and ask again: BlueZ does not say who it is."
    }
    return hasSuspects
      ? "Stop them one by one, or close their windows, and ask again: BlueZ does not say who it is."
      : "BlueZ does not say who it is. It ends with the program: close those that list Bluetooth devices, and ask again."
  }

  /// Several streams share one radio.
  private static func streams(_ fact: AdapterFact) -> CheckRule.Outcome {
    let id = fact.adapter.id
    guard fact.streaming.count > 1, let last = fact.streaming.last else {
      return .init(.ok, "No more than one headset plays over \(id).")
    }
    return .init(
      .warning,
      "\(fact.streaming.count) headsets play over \(id), and share its radio: \(words(fact.streaming.map(\.alias))).",
      evidence: "Some program has the stereo stream of each.",
      hint: "Where sound breaks off, let one go: \(Advice.command("disconnect", last.id)).")
  }

  /// "12 s ago", "5 min ago".
  private static func ago(_ time: Duration) -> String {
    let seconds = time.components.seconds
    return seconds < 120 ? "\(seconds) s ago" : "\(seconds / 60) min ago"
  }
}
