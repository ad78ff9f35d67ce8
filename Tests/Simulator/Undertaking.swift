internal import DBus
internal import EventLoop

/// Something that bluetoothd is at for a device and that takes time.
struct Undertaking {
  /// What it comes to.
  enum Kind: Sendable {
    case pairing, connecting, disconnecting, removing
  }

  let kind: Kind
  let path: ObjectPath
  /// The caller's name on the bus.
  let client: String?
  let task: Task<Void, Never>
  /// What the caller is told when the task is cancelled.
  var verdict: DBusError?
}

/// A call, and what is to go wrong with it.
struct Incoming: Sendable {
  let call: MethodCall
  var fault: Fault?
}

extension Simulator {
  /// Starts an undertaking; its end answers the call, unless it is one that nobody called for.
  func begin(
    _ kind: Undertaking.Kind, on path: ObjectPath, for incoming: Incoming?,
    _ work: @escaping @Sendable (isolated Simulator) async throws -> Void
  ) -> Answer {
    let number = newNumber()
    // The task does not run before this returns.
    let task = loop.spawn { await self.carryOut(number, incoming, work) }
    undertakings[number] = Undertaking(kind: kind, path: path, client: incoming?.call.sender, task: task)
    return .later
  }

  private func carryOut(
    _ number: Int, _ incoming: Incoming?, _ work: @Sendable (isolated Simulator) async throws -> Void
  ) async {
    var answer: Answer
    do {
      if let fault = incoming?.fault, let spoilt = try await suffer(fault) {
        answer = spoilt
      } else {
        try await work(self)
        answer = .done
      }
    } catch let error as DBusError where error.code == .remote {
      answer = .error(error)
    } catch {
      // Cancelled, or the bus has gone: whoever cancelled it has said why.
      answer = undertakings[number]?.verdict.map(Answer.error) ?? .later
    }
    guard undertakings.removeValue(forKey: number) != nil, let call = incoming?.call else { return scheduleFlush() }
    reply(call, answer)
  }

  /// Whether something of the kinds, or anything, is going on with a device.
  func isUnderway(_ kinds: Set<Undertaking.Kind>? = nil, on path: ObjectPath) -> Bool {
    undertakings.values.contains { $0.path == path && kinds?.contains($0.kind) != false }
  }

  /// Ends undertakings; their callers are told why.
  func cancelUndertakings(
    _ kinds: Set<Undertaking.Kind>? = nil, on path: ObjectPath, because error: DBusError
  ) {
    for (number, undertaking) in undertakings
    where undertaking.path == path && kinds?.contains(undertaking.kind) != false {
      cancel(number, because: error)
    }
  }

  /// Ends every undertaking on an adapter.
  func cancelUndertakings(on adapter: String, because error: DBusError) {
    for (number, undertaking) in undertakings where adapterName(of: undertaking.path) == adapter {
      cancel(number, because: undertaking.kind == .pairing ? BluezError.authenticationFailed : error)
    }
  }

  /// Ends the connections that are being made; returns what is still to say so.
  func cancelAttempts(on adapter: String) -> [Task<Void, Never>] {
    undertakings.filter { $1.kind == .connecting && adapterName(of: $1.path) == adapter }.map { number, undertaking in
      cancel(number, because: BluezError.failed("br-connection-aborted-by-remote"))
      return undertaking.task
    }
  }

  /// Whether a device of an adapter is being paired.
  func isPairing(on adapter: String) -> Bool {
    undertakings.values.contains { $0.kind == .pairing && adapterName(of: $0.path) == adapter }
  }

  /// The pairings of a client end with it.
  func cancelPairings(of client: String) {
    for (number, undertaking) in undertakings where undertaking.client == client && undertaking.kind == .pairing {
      cancel(number, because: BluezError.authenticationCanceled)
    }
  }

  /// Forgets everything under way; nobody is told.
  func abandonUndertakings() {
    for undertaking in undertakings.values { undertaking.task.cancel() }
    undertakings = [:]
  }

  private func cancel(_ number: Int, because error: DBusError) {
    undertakings[number]?.verdict = error
    undertakings[number]?.task.cancel()
  }
}
