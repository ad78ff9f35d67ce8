package import Vocabulary

/// The interface `org.mdrctl.Session` between the daemon and the part in a login session, as it travels.
///
/// `org.mdrctl.Session.varlink` beside this file says what each field means; a test holds the two together.
package enum Session {
  package static let interface = "org.mdrctl.Session"
  /// The interface's text, for `org.varlink.service.GetInterfaceDescription`.
  package static var description: String {
    String(decoding: PackageResources.org_mdrctl_Session_varlink, as: UTF8.self)
  }

  /// The methods. The raw value is the name on the wire after the interface's.
  package enum Method: String, CaseIterable, Sendable {
    case attach = "Attach"
    case report = "Report"
    case complete = "Complete"

    /// "org.mdrctl.Session.Attach" and so on.
    package var fullName: String { "\(Session.interface).\(rawValue)" }
  }

  /// The errors. The raw value is the name on the wire after the interface's.
  package enum ErrorName: String, CaseIterable, Sendable {
    case invalidInput = "InvalidInput"
    case noSession = "NoSession"
    case noOrder = "NoOrder"
    case replaced = "Replaced"
    case tooMany = "TooMany"

    package var fullName: String { "\(Session.interface).\(rawValue)" }

    package init?(fullName: String) {
      guard let name = Self.allCases.first(where: { $0.fullName == fullName }) else { return nil }
      self = name
    }
  }

  // MARK: Values

  package struct Server: Codable, Hashable, Sendable {
    package enum Kind: String, CaseIterable, Codable, Sendable {
      case pipewire, pulseaudio
    }
    package var kind: Kind
    package var version: String
    package var manager: Bool?

    package init(kind: Kind, version: String, manager: Bool? = nil) {
      self.kind = kind
      self.version = version
      self.manager = manager
    }
  }

  package struct Profile: Codable, Hashable, Sendable {
    package var name: String
    package var description: String
    package var sinks: Int
    package var sources: Int
    package var priority: Int
    package var available: Bool

    package init(name: String, description: String, sinks: Int, sources: Int, priority: Int, available: Bool) {
      self.name = name
      self.description = description
      self.sinks = sinks
      self.sources = sources
      self.priority = priority
      self.available = available
    }
  }

  package struct Codec: Codable, Hashable, Sendable {
    package var name: String
    package var description: String

    package init(name: String, description: String) {
      self.name = name
      self.description = description
    }
  }

  package struct Capture: Codable, Hashable, Sendable {
    package var application: String
    package var process: Int?

    package init(application: String, process: Int? = nil) {
      self.application = application
      self.process = process
    }
  }

  package struct Card: Codable, Hashable, Sendable {
    package var name: String
    package var address: String
    package var profiles: [Profile]
    package var activeProfile: String?
    package var codec: String?
    package var codecs: [Codec]
    package var sink: String?
    package var sinkFailed: Bool?
    package var isDefault: Bool
    package var captures: [Capture]

    package init(
      name: String, address: String, profiles: [Profile], activeProfile: String?, codec: String? = nil,
      codecs: [Codec] = [], sink: String? = nil, sinkFailed: Bool? = nil, isDefault: Bool = false,
      captures: [Capture] = []
    ) {
      self.name = name
      self.address = address
      self.profiles = profiles
      self.activeProfile = activeProfile
      self.codec = codec
      self.codecs = codecs
      self.sink = sink
      self.sinkFailed = sinkFailed
      self.isDefault = isDefault
      self.captures = captures
    }
  }

  package struct Order: Codable, Hashable, Sendable {
    package var number: Int
    package var card: String
    package var profile: String?
    package var codec: String?
    package var restart: Bool?
    package var holders: Bool?

    package init(
      number: Int, card: String, profile: String? = nil, codec: String? = nil, restart: Bool? = nil,
      holders: Bool? = nil
    ) {
      self.number = number
      self.card = card
      self.profile = profile
      self.codec = codec
      self.restart = restart
      self.holders = holders
    }
  }

  package struct Program: Codable, Hashable, Sendable {
    package var name: String
    package var process: Int

    package init(name: String, process: Int) {
      self.name = name
      self.process = process
    }
  }

  package struct Holders: Codable, Hashable, Sendable {
    package var playing: Bool
    package var server: Bool
    package var programs: [Program]

    package init(playing: Bool, server: Bool, programs: [Program]) {
      self.playing = playing
      self.server = server
      self.programs = programs
    }
  }

  package struct Notice: Codable, Hashable, Sendable {
    package var device: String
    package var adapter: String?
    package var kind: NoticeKind
    package var title: String?
    package var text: String?
    package var action: NoticeAction?
    package var start: Bool?

    package init(
      device: String, adapter: String? = nil, kind: NoticeKind, title: String? = nil, text: String? = nil,
      action: NoticeAction? = nil, start: Bool? = nil
    ) {
      self.device = device
      self.adapter = adapter
      self.kind = kind
      self.title = title
      self.text = text
      self.action = action
      self.start = start
    }
  }

  // MARK: Parameters and replies

  package struct AttachParameters: Codable, Sendable {
    /// Of the part that joins.
    package var version: String?
    package init(version: String? = nil) { self.version = version }
  }

  package struct AttachReply: Codable, Sendable {
    package var session: Int?
    package var followed: Bool?
    package var order: Order?
    package var notice: Notice?
    package init(session: Int? = nil, followed: Bool? = nil, order: Order? = nil, notice: Notice? = nil) {
      self.session = session
      self.followed = followed
      self.order = order
      self.notice = notice
    }
  }

  package struct ReportParameters: Codable, Sendable {
    package var session: Int
    package var server: Server?
    package var cards: [Card]
    package var playing: Bool?
    package init(session: Int, server: Server?, cards: [Card], playing: Bool? = nil) {
      self.session = session
      self.server = server
      self.cards = cards
      self.playing = playing
    }
  }

  package struct CompleteParameters: Codable, Sendable {
    package var session: Int
    package var order: Int
    package var failure: String?
    package var holders: Holders?
    package init(session: Int, order: Int, failure: String? = nil, holders: Holders? = nil) {
      self.session = session
      self.order = order
      self.failure = failure
      self.holders = holders
    }
  }

  /// Of `Report` and `Complete`.
  package struct NoReply: Codable, Sendable {
    package init() {}
  }

  /// The parameters of every error of the interface.
  package struct ErrorParameters: Codable, Hashable, Sendable {
    package var message: String
    package init(message: String) { self.message = message }
  }
}
