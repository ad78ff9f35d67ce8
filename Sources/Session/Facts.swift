// What a sound server says of itself, before it is understood: libpulse's values without its pointers.

/// Properties that matter here, as the sound servers spell them.
enum Property: String, CaseIterable, Sendable {
  /// Of cards, sinks and sources; "bluez5".
  case deviceAPI = "device.api"
  /// "bluetooth".
  case deviceBus = "device.bus"
  /// The address, of a Bluetooth card.
  case deviceString = "device.string"
  /// PipeWire's: the address.
  case bluezAddress = "api.bluez5.address"
  /// PipeWire's: the codec.
  case bluezCodec = "api.bluez5.codec"
  /// PulseAudio's: the codec.
  case bluetoothCodec = "bluetooth.codec"
  /// Of streams: what the program calls itself.
  case applicationName = "application.name"
  case applicationBinary = "application.process.binary"
  case applicationProcess = "application.process.id"
  case nodeName = "node.name"
  /// PipeWire's: the stream only watches levels.
  case streamMonitor = "stream.monitor"
}

struct ServerFacts: Equatable, Sendable {
  /// "PulseAudio (on PipeWire 1.4.2)".
  var name: String
  var version: String
  var defaultSink: String?
}

struct ProfileFacts: Equatable, Sendable {
  var name: String
  var description: String
  var sinks: Int
  var sources: Int
  var priority: Int
  var isAvailable: Bool
}

struct CardFacts: Equatable, Sendable {
  var index: UInt32
  var name: String
  var properties: [Property: String]
  var profiles: [ProfileFacts]
  var activeProfile: String?
}

/// A sink or a source.
struct EndpointFacts: Equatable, Sendable {
  var index: UInt32
  var name: String
  /// None: it belongs to no card, as far as the sound server tells.
  var card: UInt32?
  /// A source of what a sink plays.
  var isMonitor = false
  /// A sink that cannot play: PipeWire has not got its stream from BlueZ. The sound server's interface has no word for it,
  /// and tells a state that is none (laboratory, 1.4.2).
  var hasFailed = false
  var properties: [Property: String]
}

/// A stream that records.
struct StreamFacts: Equatable, Sendable {
  var source: UInt32
  /// None: the sound server itself records.
  var client: UInt32?
  var name: String
  var properties: [Property: String]
  /// How its samples are made fit; "peaks" where only levels are looked at.
  var resampling: String?
}

/// A stream that plays, or would.
struct PlaybackFacts: Equatable, Sendable {
  var index: UInt32
  /// One that does not exist: it plays into nothing.
  var sink: UInt32
  /// It has been stopped for a while.
  var isCorked: Bool
}

/// A program that is connected to the sound server. PipeWire's own streams do not tell their process, their clients do.
struct ClientFacts: Equatable, Sendable {
  var index: UInt32
  var properties: [Property: String]
}

/// Everything, as it was read.
struct SoundFacts: Equatable, Sendable {
  var server: ServerFacts
  var cards: [CardFacts] = []
  var sinks: [EndpointFacts] = []
  var sources: [EndpointFacts] = []
  var streams: [StreamFacts] = []
  var playbacks: [PlaybackFacts] = []
  var clients: [ClientFacts] = []
  /// By the card's name, where the sound server was asked for them.
  var codecs: [String: [CodecFacts]] = [:]
}

struct CodecFacts: Equatable, Sendable {
  var name: String
  var description: String
}
