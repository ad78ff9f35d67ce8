internal import BlueZ
internal import DBus
internal import EventLoop
internal import Interface

/// Asks bluetoothd whether it holds a device. Only what it does not hold may be flushed.
struct DeviceQuestion {
  /// Why the device may not be flushed.
  enum Obstacle: Hashable {
    /// BlueZ holds it; the property that says so.
    case held(String)
    /// It could not be found out. While bluetoothd does not run its files are not ours either: it would find them
    /// changed.
    case unknown(String)

    var name: Flush.ErrorName {
      switch self {
      case .held: .devicePresent
      case .unknown: .bluezUnknown
      }
    }

    var sentence: String {
      switch self {
      case .held(let property): "BlueZ holds the device: \(property) is true. Remove it from BlueZ first."
      case .unknown(let reason): "Whether BlueZ holds the device could not be found out (\(reason))."
      }
    }
  }

  private let connection: Result<DBus.Connection, DBusError>

  /// How long the bus and BlueZ may take for each question.
  private static let patience = Duration.seconds(5)

  /// Connects to the bus; a bus that is not there is told by each answer.
  static func open(_ bus: BusAddress, on loop: EventLoop) async -> Self {
    do throws(DBusError) {
      return Self(connection: .success(try await DBus.Connection.open(bus, on: loop, timeout: patience)))
    } catch { return Self(connection: .failure(error)) }
  }

  /// To be called on the loop.
  func close() {
    if case .success(let connection) = connection { connection.assumeIsolated { $0.close() } }
  }

  /// Nil when the device may be flushed.
  func obstacle(to subject: Subject) async -> Obstacle? {
    let connection: DBus.Connection
    do throws(DBusError) { connection = try self.connection.get() } catch { return .unknown(error.description) }
    do throws(BlueZError) {
      let presence = try await connection.presence(
        of: subject.device, at: subject.adapterName, with: subject.adapter, timeout: Self.patience)
      guard case .held(let property) = presence else { return nil }
      return .held(property)
    } catch { return .unknown(error.description) }
  }
}
