internal import Glibc
internal import Interface
internal import Varlink
internal import Vocabulary

/// One part of a report.
struct ReportPart: Equatable {
  let title: String
  let text: String

  var lines: Int { text.utf8.count { $0 == UInt8(ascii: "\n") } }
}

/// What a report is made of, as the daemon told it; where it told nothing, why.
struct ReportSources {
  var status: Result<Control.StatusReply, Failure>
  var all: Result<Control.ListReply, Failure>
  var shown: [Device] = []
  var sound: [Control.AudioReply] = []
  var configuration: Result<Control.ConfigurationReply, Failure>
  var checks: [Check] = []
  var history: Result<Control.HistoryReply, Failure>
  /// Lines of the system's journal; nil where there is none.
  var journal: [String]?
}

extension Command {
  /// Asks for everything that a report has.
  func gather() throws(EarlyExit) -> ReportSources {
    func told<Value>(_ what: String, _ body: () throws(EarlyExit) -> Value) throws(EarlyExit) -> Result<Value, Failure>
    {
      output.progress.prepare("Gathering: \(what)")
      do throws(EarlyExit) { return .success(try body()) } catch {
        guard case .failure(let failure) = error else { throw error }
        return .failure(failure)
      }
    }
    let status = try told("status") { () throws(EarlyExit) in try call(Control.status, Control.NoParameters()) }
    let all = try told("devices") { () throws(EarlyExit) in try call(Control.list, .init(all: true)) }
    let since = (context.now() - 7 * 86_400) * 1000
    var sources = ReportSources(
      status: status, all: all,
      configuration: try told("configuration") { () throws(EarlyExit) in
        try call(Control.configuration, Control.NoParameters())
      },
      history: try told("history") { () throws(EarlyExit) in try history(.init(since: since)) })
    let bonded = ((try? all.get())?.devices ?? []).filter(\.bonded)
    for device in bonded {
      let shown = try told("devices") { () throws(EarlyExit) in
        try call(Control.show, .init(device: device.address, adapter: device.adapter))
      }
      if let reply = try? shown.get() { sources.shown.append(reply.device) }
      let sound = try told("sound") { () throws(EarlyExit) in
        try call(Control.audio, .init(device: device.address, adapter: device.adapter))
      }
      if let reply = try? sound.get() { sources.sound.append(reply) }
    }
    let examined = try told("doctor") { () throws(EarlyExit) in try examine(Control.DeviceParameters()) }
    switch examined {
    case .success(let reply): sources.checks = (reply.checks ?? []) + ownChecks(version: reply.version, failure: nil)
    case .failure(let failure): sources.checks = ownChecks(version: nil, failure: failure)
    }
    output.progress.prepare("Gathering: journal")
    sources.journal = context.journal()
    return sources
  }

  /// Who is to have another name.
  func known(_ sources: ReportSources) -> Aliases.Known {
    var known = Aliases.Known()
    let status = try? sources.status.get()
    let devices = (try? sources.all.get())?.devices ?? []
    let lost = status?.lost ?? []
    for device in devices.filter(\.bonded) + lost {
      known.headsets.append((device.address, [device.alias, device.name].compactMap(\.self)))
      known.services += device.uuids
    }
    for unfinished in status?.unfinished ?? [] { known.headsets.append((unfinished.address, [unfinished.alias])) }
    for event in (try? sources.history.get())?.events ?? [] {
      guard let address = event.address, !known.headsets.contains(where: { $0.address == address }) else { continue }
      known.headsets.append((address, [event.name].compactMap(\.self)))
    }
    known.strangers = devices.filter { !$0.bonded }.flatMap { [$0.alias, $0.name, $0.twinOf].compactMap(\.self) }
    for adapter in status?.adapters ?? [] { known.adapters.append((adapter.address, [adapter.alias])) }
    let surroundings = context.surroundings()
    let own = ["USER", "LOGNAME", "SUDO_USER"].compactMap(context.variable) + surroundings.people
    var users = own + sources.sound.compactMap(\.audio.session?.user)
    users += sources.sound.compactMap(\.audio.policyUser) + devices.compactMap(\.standing?.user)
    users += ((try? sources.history.get())?.events ?? []).compactMap(\.user)
    for setting in (try? sources.configuration.get())?.settings ?? [] where setting.key == "Users" {
      users += setting.value.split(separator: ";").map(String.init)
    }
    // Every computer has these.
    known.users = unique(users.filter { !$0.isEmpty && $0 != "root" && $0 != "nobody" && Int($0) == nil })
    let hosts = surroundings.hosts + surroundings.hosts.map { String($0.prefix { $0 != "." }) }
    known.hosts = unique(hosts.filter { !$0.isEmpty && $0 != "localhost" })
    return known
  }

  /// The parts of a report, with other names.
  func parts(_ sources: ReportSources, _ aliases: Aliases) -> [ReportPart] {
    func part<Value>(_ title: String, _ source: Result<Value, Failure>, _ text: (Value) -> String) -> ReportPart {
      switch source {
      case .success(let value): ReportPart(title: title, text: text(value))
      case .failure(let failure):
        ReportPart(title: title, text: "It could not be had: \(displayable(aliases.replaced(failure.message)))\n")
      }
    }
    let status = try? sources.status.get()
    let versions = [
      "mdrctl \(Control.version)", "mdrctld \(status?.version ?? "does not answer")",
      "BlueZ \(status?.bluezVersion ?? "unknown")", "Linux \(context.modules().release)", context.surroundings().system,
    ]
    let checks = sources.checks.map(aliases.replaced)
    let ordered = CheckGroup.allCases.flatMap { group in checks.filter { $0.group == group } }
    return [
      ReportPart(title: "Versions", text: text(versions.map(displayable))),
      ReportPart(title: "Doctor", text: checkText(ordered, Style(isVerbose: true))),
      part("Status", sources.status) { reply in
        var reply = reply
        reply.devices = reply.devices.filter(\.bonded)
        return aliases.json(reply)
      },
      part("Devices", sources.all) { _ in sources.shown.map(aliases.json).joined() },
      part("Sound", sources.all) { _ in sources.sound.map(aliases.json).joined() },
      part("Configuration", sources.configuration, aliases.json),
      part("History of a week", sources.history) { reply in
        historyText(reply.events.map(aliases.replaced), since: (context.now() - 7 * 86_400) * 1000, Style())
      },
      ReportPart(title: "Journal of a day", text: journalText(sources, aliases)),
    ]
  }

  private func journalText(_ sources: ReportSources, _ aliases: Aliases) -> String {
    guard case .success = sources.all else {
      return "It is left out: without mdrctld nobody knows which names are in it.\n"
    }
    guard let journal = sources.journal else { return "There is no journalctl.\n" }
    guard !journal.isEmpty else { return "Nothing of it can be read, or nothing was said.\n" }
    return text(journal.map { displayable(aliases.replaced($0)) })
  }
}

extension Aliases {
  /// A value with other names, as one line of JSON.
  fileprivate func json(_ value: some Encodable) -> String {
    guard let tree = try? JSONValue(encoding: value) else { preconditionFailure("a reply is an object") }
    return replaced(tree).text + "\n"
  }

  private func replaced(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): return .string(replaced(text))
    case .array(let elements): return .array(elements.map(replaced))
    case .object(let members):
      var result = JSONMembers()
      for member in members { result[member.name] = replaced(member.value) }
      return .object(result)
    case .null, .bool, .integer, .number: return value
    }
  }

  fileprivate func replaced(_ check: Check) -> Check {
    var check = check
    check.subject = check.subject.map(replaced)
    check.message = replaced(check.message)
    check.evidence = check.evidence.map(replaced)
    check.hint = check.hint.map(replaced)
    return check
  }

  fileprivate func replaced(_ event: HistoryEvent) -> HistoryEvent {
    var event = event
    event.name = event.name.map(replaced)
    event.address = event.address.map(replaced)
    event.user = event.user.map(replaced)
    event.text = event.text.map(replaced)
    event.evidence = event.evidence.map(replaced)
    return event
  }
}
