/// Who owns the well-known names that this connection cares about, following the bus.
struct OwnerTable {
  private struct Entry {
    var users = 0
    /// Whether the bus has told the owner once; from then on its signals keep it right.
    var isKnown = false
    var owner: String?
  }

  private var entries: [String: Entry] = [:]

  subscript(name: String) -> String? { entries[name]?.owner }

  func isKnown(_ name: String) -> Bool { entries[name]?.isKnown == true }

  mutating func retain(_ name: String) { entries[name, default: Entry()].users += 1 }

  mutating func release(_ name: String) {
    entries[name]?.users -= 1
    if entries[name]?.users == 0 { entries[name] = nil }
  }

  mutating func set(_ name: String, owner: String?) {
    guard entries[name] != nil else { return }
    entries[name]?.isKnown = true
    entries[name]?.owner = owner
  }

  mutating func removeAll() { entries = [:] }
}

// MARK: - Name owners

extension Connection {
  /// Calls `handler` with the unique name of a name's owner, nil when there is none: first with the present one, before
  /// this returns, then at each change, in bus order.
  ///
  /// A name may pass from one owner to the next without being free in between, and a change while the present owner is
  /// being asked for is told twice. The watch ends with the connection or
  /// with ``unsubscribe(_:)``.
  @discardableResult
  package func watchOwner(
    of name: String, _ handler: @escaping @Sendable (_ owner: String?) -> Void
  ) async throws(DBusError) -> Subscription {
    // Subscribe first, then ask: what changes in between comes as a signal.
    let watch = try await subscribe(to: .ownerChanges(of: name)) { signal in
      guard let (_, owner) = try? Self.ownerChange(signal) else { return }
      handler(owner)
    }
    do throws(DBusError) { try await owner(of: name, inTurn: handler) } catch {
      unsubscribe(watch)
      throw error
    }
    return watch
  }

  /// The unique name behind a well-known one; nil when nobody owns it.
  package func owner(of name: String) async throws(DBusError) -> String? {
    try await owner(of: name) { _ in }
  }

  /// The same; `use` is called with it in the answer's turn, before any later change of the owner is handed out.
  @discardableResult
  func owner(
    of name: String, inTurn use: @escaping @Sendable (String?) -> Void
  ) async throws(DBusError) -> String? {
    let answer: Result<Message, DBusError>
    do throws(DBusError) {
      let tell: (Result<Message, DBusError>) -> Void = { answer in
        if case .success(let owner) = Self.owner(in: answer) { use(owner) }
      }
      answer = .success(try await callDriver("GetNameOwner", inTurn: tell) { $0.append(name) })
    } catch { answer = .failure(error) }
    return try Self.owner(in: answer).get()
  }

  /// Whether anybody owns a name now; false when the bus does not say.
  package func isOwned(_ name: String) async -> Bool {
    let owner = try? await owner(of: name) { _ in }
    return owner.flatMap { $0 } != nil
  }

  /// `GetNameOwner`'s answer; that nobody owns the name is an error on the bus only.
  private static func owner(in answer: Result<Message, DBusError>) -> Result<String?, DBusError> {
    do throws(DBusError) {
      var body = try answer.get().reader()
      return .success(try body.string())
    } catch { return error.name == ErrorName.nameHasNoOwner ? .success(nil) : .failure(error) }
  }

  /// Keeps ``OwnerTable`` right.
  func noteOwner(_ signal: Message) {
    guard signal.isSignal(StandardInterface.driver, "NameOwnerChanged"), signal.isFrom(BusName.driver),
      let (name, owner) = try? Self.ownerChange(signal), owners.isKnown(name)
    else { return }
    owners.set(name, owner: owner)
  }

  /// `NameOwnerChanged(name, old owner, new owner)`; an empty owner means none.
  private static func ownerChange(_ signal: Message) throws(DBusError) -> (name: String, owner: String?) {
    var body = signal.reader()
    let name = try body.string()
    body.skip()
    let owner = try body.string()
    return (name, owner.isEmpty ? nil : owner)
  }
}
