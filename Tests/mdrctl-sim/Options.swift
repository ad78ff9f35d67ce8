import Simulator
import VirtualSony

/// The command line of `mdrctl-sim`.
struct Options {
  /// A command line that makes no sense; the text says why.
  struct Failure: Error { let text: String }

  static let usage = """
    Usage: mdrctl-sim [--devices N] [--bluez 5.66|5.82|5.87] [--script FILE] [--mdr FILE] [--habits NAME,…] [--log FILE] -- COMMAND…

    Runs a command beside a private bus, a simulated BlueZ and mdrctld; no Bluetooth is needed or touched.
      --devices N      so many further devices that BlueZ knows
      --bluez VERSION  the BlueZ that is simulated (default 5.82)
      --script FILE    a neighbourhood of your own; see Tests/Simulator/README.md
      --mdr FILE       a bonded Sony headset that plays this recorded session of its control protocol
      --pace MS,MS     how long it takes to acknowledge, and to answer then; how often it did either is told on standard error
      --habits NAME,…  awkward things that it does; see Tests/VirtualSony/Habit.swift
      --log FILE       where the daemon's log goes (default: nowhere)
    MDRCTLD names the daemon; otherwise it is the mdrctld beside this program.

    """

  var crowd = 0
  var version: BluezVersion?
  var script: String?
  /// The recording of the headset that is added.
  var session: String?
  var habits: Set<Habit> = []
  var pace: VirtualSony.Pace?
  var log: String?
  var command: [String] = []
  var wantsHelp = false

  init(_ arguments: [String]) throws(Failure) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      switch parts.first {
      case "--":
        guard !rest.isEmpty else { throw Failure(text: "mdrctl-sim: no command after --.") }
        command = Array(rest)
        return
      case "--help", "-h": wantsHelp = true
      case "--devices": crowd = try Self.number(try Self.value(parts, &rest))
      case "--bluez": version = try Self.version(try Self.value(parts, &rest))
      case "--mdr": session = try Self.value(parts, &rest)
      case "--pace": pace = try Self.pace(try Self.value(parts, &rest))
      case "--habits": habits = try Self.habits(try Self.value(parts, &rest))
      case "--script": script = try Self.value(parts, &rest)
      case "--log": log = try Self.value(parts, &rest)
      case let word?: throw Failure(text: "mdrctl-sim: what is \"\(word)\"? The command comes after --.")
      case nil: throw Failure(text: "mdrctl-sim: an empty argument")
      }
    }
    if !wantsHelp { throw Failure(text: "mdrctl-sim: no command; it comes after --.") }
  }

  private static func value(_ parts: [String], _ rest: inout ArraySlice<String>) throws(Failure) -> String {
    if parts.count > 1 { return parts[1] }
    guard let value = rest.popFirst() else { throw Failure(text: "mdrctl-sim: \(parts[0]) needs a value") }
    return value
  }

  private static func number(_ text: String) throws(Failure) -> Int {
    guard let number = Int(text), (0...100_000).contains(number) else {
      throw Failure(text: "mdrctl-sim: \"\(text)\" is not a number of devices (0 to 100000)")
    }
    return number
  }

  private static func pace(_ text: String) throws(Failure) -> VirtualSony.Pace {
    let times = text.split(separator: ",").compactMap { Int($0) }
    guard times.count == 2, times.allSatisfy((0...10_000).contains) else {
      throw Failure(text: "mdrctl-sim: \"\(text)\" is no two times in milliseconds (20,30)")
    }
    return VirtualSony.Pace(acknowledgement: .milliseconds(times[0]), answer: .milliseconds(times[1]))
  }

  private static func habits(_ text: String) throws(Failure) -> Set<Habit> {
    var habits: Set<Habit> = []
    for word in text.split(separator: ",") {
      guard let habit = Habit(rawValue: String(word)) else {
        let known = Habit.allCases.map(\.rawValue).joined(separator: ", ")
        throw Failure(text: "mdrctl-sim: no headset has the habit \(word); there is \(known)")
      }
      habits.insert(habit)
    }
    return habits
  }

  private static func version(_ text: String) throws(Failure) -> BluezVersion {
    guard let version = BluezVersion(rawValue: text) else {
      let known = BluezVersion.allCases.map(\.rawValue).joined(separator: ", ")
      throw Failure(text: "mdrctl-sim: BlueZ \(text) is not simulated; there is \(known)")
    }
    return version
  }
}
