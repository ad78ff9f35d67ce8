internal import Vocabulary

/// Connects a bonded device and its audio. A device that is connected already is looked at in the same way.
///
/// What was seen of the bond on the way is told as a ``Verdict``, also when something else ended it.
package struct ConnectOperation: Operation {
  private enum Phase: Equatable {
    case idle
    /// The sound server is being started again, it seems.
    case awaitingServer
    /// The session restarts it.
    case restartingServer
    /// The kernel is not listened to yet.
    case preparing
    case connecting(AudioConnection)
    case undoing
    case finished
  }

  package let name = "connect"
  package var undertaking: Undertaking? { .connect(id) }
  private let id: DeviceID
  private let limit: Duration
  private var restart: Restart
  private var phase = Phase.idle
  private var wasConnected = false
  private var ending: OperationError?
  /// The kernel is asked what it sees of the link.
  private var isWatching = false

  /// The helper is a process that is started for it: some 10 ms, but over 1 s in a slow guest, where the key was refused
  /// before it listened. Without the helper the refusal comes at once.
  static let watchLimit = Duration.seconds(2)

  /// Whether the sound server is restarted where none has registered with BlueZ.
  package enum Restart: Equatable, Sendable {
    case never
    /// Whoever wants it is told how.
    case offered
    /// When it has not come back by itself.
    case late
    case now
  }

  /// A session manager that was started again registers after 1 to 5 s, in a busy guest 12 s (laboratory).
  static let registrationLimit = Duration.seconds(20)

  /// Page time-outs of two profiles and SDP fit into the default limit.
  package init(_ id: DeviceID, limit: Duration = .seconds(60), restart: Restart = .never) {
    self.id = id
    self.limit = limit
    self.restart = restart
  }

  package mutating func start(in world: some World) -> [Action] {
    begin(in: world, mayWait: true)
  }

  private mutating func begin(in world: some World, mayWait: Bool) -> [Action] {
    var seen: Evidence?
    do throws(OperationError) {
      seen = world.device(id).map { Evidence(.connect, $0, in: world) }
      let adapter = try Preconditions.adapter(id.adapter, in: world)
      guard let device = seen?.device else { throw .deviceNotFound(id.address.description) }
      guard !device.blocked else { throw .deviceBlocked(device) }
      // Connect on a device without a bond pairs implicitly and leaves half a bond (`device.c connect_profiles`).
      guard device.bonded else { throw .notBonded(device) }
      if !adapter.hasAudio, !device.connected {
        let absence = world.audioAbsence
        if restart == .now, absence.isCurable { return [.arm(.overall, limit)] + restartServer(absence) }
        guard mayWait, let patience = absence.patience else {
          throw .noSoundServer(device, absence, offersRestart: restart == .offered)
        }
        phase = .awaitingServer
        return [
          .progress(.waiting, "\(absence.sentence). Waiting for it."), .arm(.overall, limit),
          .arm(.retry, patience),
        ]
      }
      if !device.connected, let gap = AudioEnds(device, on: adapter)?.gap { throw .noSharedAudio(device, gap) }
      wasConnected = device.connected
    } catch {
      let verdict = seen.flatMap(Diagnosis.verdict)
      // What is in the way of a device without a bond is no matter of a bond.
      let isTold = seen?.device.bonded == true || verdict?.concernsBond == true
      return (isTold ? told(verdict) : []) + finish(.failure(error))
    }
    let armed: [Action] = phase == .awaitingServer ? [.disarm(.retry)] : [.arm(.overall, limit)]
    phase = .preparing
    isWatching = true
    return armed + [.arm(.settle, Self.watchLimit), .request(.watch(id))]
  }

  /// Once.
  private mutating func restartServer(_ absence: AudioAbsence) -> [Action] {
    restart = .never
    phase = .restartingServer
    return [.progress(.waiting, "\(absence.sentence). Restarting it."), .request(.restartServer)]
  }

  private mutating func serverRestarted(_ refusal: Refusal?, in world: some World) -> [Action] {
    phase = .awaitingServer
    guard world.adapter(id.adapter)?.hasAudio != true else { return begin(in: world, mayWait: false) }
    guard let refusal else { return [.arm(.retry, Self.registrationLimit)] }
    let device = world.deviceOrNameless(id)
    return finish(.failure(.noSoundServer(device, world.audioAbsence, refusal: refusal.words)))
  }

  private mutating func connect(isWatched: Bool, in world: some World) -> [Action] {
    var connection = AudioConnection(id, isWatched: isWatched)
    let step = connection.start(in: world)
    phase = .connecting(connection)
    return [.disarm(.settle)] + take(step, connection)
  }

  package mutating func handle(_ event: Event, in world: some World) -> [Action] {
    guard phase != .idle, phase != .finished else { return [] }
    if case .answered(.watch(id), _?) = event { isWatching = false }
    do throws(OperationError) {
      _ = try Preconditions.adapter(id.adapter, in: world, while: "connecting")
    } catch {
      guard case .connecting(var connection) = phase else { return finish(.failure(error)) }
      _ = connection.handle(event, in: world)
      return take(.failed([], error), connection)
    }
    switch (phase, event) {
    case (.restartingServer, .answered(.restartServer, let refusal)): return serverRestarted(refusal, in: world)
    case (.restartingServer, .cancelled), (.awaitingServer, .cancelled):
      return finish(.failure(.cancelled("Connecting")))
    case (.awaitingServer, .expired(.retry)) where restart == .late && world.audioAbsence.isCurable:
      return restartServer(world.audioAbsence)
    case (.restartingServer, .expired(.overall)), (.awaitingServer, .expired(.retry)),
      (.awaitingServer, .expired(.overall)):
      return begin(in: world, mayWait: false)
    case (.restartingServer, _): return []
    case (.awaitingServer, _):
      return world.adapter(id.adapter)?.hasAudio == true ? begin(in: world, mayWait: false) : []
    case (.preparing, .answered(.watch(id), let refusal)): return connect(isWatched: refusal == nil, in: world)
    case (.preparing, .expired(.settle)): return connect(isWatched: false, in: world)
    case (.preparing, .cancelled): return finish(.failure(.cancelled("Connecting")))
    case (.preparing, .expired(.overall)):
      let name = world.title(of: id)
      return finish(.failure(.timedOut("\(name) was not connected within \(limit.components.seconds) s.")))
    case (.preparing, _): return []
    case (.undoing, .answered(.disconnect(id), _)): return finish(.failure(ending ?? .cancelled("Connecting")))
    case (.undoing, _): return []
    case (.connecting(let connection), .cancelled): return undo(connection, .cancelled("Connecting"))
    case (.connecting(var connection), _) where world.device(id)?.blocked == true:
      // bluetoothd goes on trying for 41 s.
      let step = connection.handle(event, in: world)
      guard case .failed(_, let error) = step, error.code == .deviceBlocked else { return take(step, connection) }
      return undo(connection, error)
    case (.connecting(var connection), .expired(.overall)):
      // What it waited for may have come in the same instant, and what it failed for may be known.
      let step = connection.handle(event, in: world)
      guard case .go = step else { return take(step, connection) }
      let device = world.deviceOrNameless(id)
      if connection.isWaitingForOthers { return undo(connection, .attemptOfOthers(device)) }
      let failing = device.connected ? "was connected, but not its audio," : "was not connected"
      return undo(connection, .timedOut("\(device.alias) \(failing) within \(limit.components.seconds) s."))
    case (.connecting(var connection), _):
      let step = connection.handle(event, in: world)
      phase = .connecting(connection)
      return take(step, connection)
    case (.idle, _), (.finished, _): return []
    }
  }

  private mutating func take(_ step: AudioConnection.Step, _ connection: AudioConnection) -> [Action] {
    switch step {
    case .go(let actions): actions
    case .failed(let actions, let error): actions + connection.told + finish(.failure(error))
    case .done(let actions, let proofs):
      actions + connection.told
        + finish(.success(Outcome(device: id, proofs: [.proven(.bonded)] + proofs)))
    }
  }

  /// Disconnecting is what cancels a Connect under way (`device.c`); a link that stood before, or that somebody else is
  /// making, is left alone.
  private mutating func undo(_ connection: AudioConnection, _ error: OperationError) -> [Action] {
    let told = connection.told
    guard !wasConnected, connection.isOurs else { return told + finish(.failure(error)) }
    ending = error
    phase = .undoing
    return told + [.disarm(.resolving), .disarm(.audio), .request(.disconnect(id))]
  }

  private func told(_ verdict: Verdict?) -> [Action] { verdict.map { [.diagnose(id, $0)] } ?? [] }

  private mutating func finish(_ result: Result<Outcome, OperationError>) -> [Action] {
    phase = .finished
    let unwatch: [Action] = isWatching ? [.request(.unwatch(id))] : []
    let deadlines: [Deadline] = [.overall, .retry, .settle, .resolving, .audio]
    return deadlines.map { .disarm($0) } + unwatch + [.finish(result)]
  }
}
