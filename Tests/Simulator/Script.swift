internal import FoundationEssentials

/// A neighbourhood and what goes wrong in it, as a file says; README.md beside this file describes the format.
package struct Script: Sendable {
  let content: Content

  /// Reads a script. The error's text names the place that cannot be read.
  package init(json: some Sequence<UInt8>) throws(ScriptError) {
    do {
      content = try JSONDecoder().decode(Strict<Content>.self, from: Data(json)).value
    } catch {
      throw ScriptError(error)
    }
  }

  /// The version of bluetoothd that the script asks for.
  package var version: BluezVersion? { content.bluez }

  /// How the daemon's privileged helper is to behave, which the simulator knows nothing of.
  package var helper: Helper { content.helper ?? .works }

  package enum Helper: String, Decodable, Sendable {
    case works, absent, refuses, hangs, nonsense, hangsUp
  }

  /// The times that the script asks for.
  package var timing: Timing {
    var timing = Timing()
    timing.speed = content.speed ?? 1
    if let temporary = content.temporaryTimeoutMs { timing.temporary = .milliseconds(temporary) }
    return timing
  }

  /// Everything in a script.
  struct Content: StrictlyKeyed {
    var bluez: BluezVersion?
    var speed: Double?
    var temporaryTimeoutMs: Int?
    var soundServer: Strict<SoundEntry>?
    var justWorksRepairing: Repairing?
    var helper: Helper?
    var adapters: [Strict<AdapterEntry>]?
    var devices: [Strict<DeviceEntry>]?
    var faults: [Strict<FaultEntry>]?
    var events: [Strict<EventEntry>]?

    enum CodingKeys: String, CodingKey, CaseIterable {
      case bluez, speed, temporaryTimeoutMs, soundServer, justWorksRepairing, helper, adapters, devices, faults, events
    }
  }

  /// An element of `soundServer`.
  struct SoundEntry: StrictlyKeyed {
    var stereo: Bool?
    var handsFree: Bool?
    var streams: Int?

    enum CodingKeys: String, CodingKey, CaseIterable { case stereo, handsFree, streams }
  }

  /// An element of `adapters`.
  struct AdapterEntry: StrictlyKeyed {
    var name: String?
    var address: String?
    var alias: String?
    var powered: Bool?
    var pairable: Bool?
    var blocked: Bool?
    var pluggedIn: Bool?

    enum CodingKeys: String, CodingKey, CaseIterable {
      case name, address, alias, powered, pairable, blocked, pluggedIn
    }
  }

  /// An element of `faults`.
  struct FaultEntry: StrictlyKeyed {
    var method: String
    var device: String?
    var error: String?
    var message: String?
    var reply: [Scalar]?
    var silent: Bool?
    var afterMs: Int?
    var times: Int?

    enum CodingKeys: String, CodingKey, CaseIterable {
      case method, device, error, message, reply, silent, afterMs, times
    }
  }

  /// An element of `events`.
  struct EventEntry: StrictlyKeyed {
    var on: String?
    var device: String?
    var afterMs: Int?
    var times: Int?
    var action: String
    var target: String?
    var value: String?
    var count: Int?

    enum CodingKeys: String, CodingKey, CaseIterable {
      case on, device, afterMs, times, action = "do", target = "to", value, count
    }
  }

  /// A value of a property or an argument, as JSON has it: a string is `s`, a number `u`, a truth value `b`.
  enum Scalar: Decodable, Sendable {
    case value(Value)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let bool = try? container.decode(Bool.self) {
        self = .value(.bool(bool))
      } else if let number = try? container.decode(UInt32.self) {
        self = .value(.uint32(number))
      } else {
        self = .value(.string(try container.decode(String.self)))
      }
    }

    var value: Value {
      switch self {
      case .value(let value): value
      }
    }
  }
}

/// Why a script cannot be used.
package struct ScriptError: Error, CustomStringConvertible, Sendable {
  package let description: String

  init(_ text: String) { description = text }

  init(_ error: any Error) {
    switch error {
    case DecodingError.dataCorrupted(let context), DecodingError.keyNotFound(_, let context),
      DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      let place = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
      self.init(place.isEmpty ? context.debugDescription : "\(place): \(context.debugDescription)")
    case let error as Self: self = error
    default: self.init("\(error)")
    }
  }
}

/// Something with a fixed set of keys.
protocol StrictlyKeyed: Decodable, Sendable {
  associatedtype CodingKeys: CodingKey & CaseIterable
}

/// Decodes what it wraps and refuses keys that mean nothing, which are most often misspelt.
struct Strict<Value: StrictlyKeyed>: Decodable, Sendable {
  let value: Value

  private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let known = Set(Value.CodingKeys.allCases.map(\.stringValue))
    let keys = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
    if let unknown = keys.sorted().first(where: { !known.contains($0) }) {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "nothing is called \"\(unknown)\" here"))
    }
    value = try Value(from: decoder)
  }
}
