package import EventLoop

/// What a handler knows of the call besides its parameters.
package struct Call: Sendable {
  package let peer: PeerCredentials
  /// Fully qualified.
  package let method: String
  /// The client reads more than one reply. Without it only the last one is sent.
  package let wantsMore: Bool
  /// The client reads no reply at all.
  package let isOneway: Bool
}

/// Where a handler of a stream puts what should be seen before the result.
package struct Replies<Element: Encodable>: Sendable {
  let put: @Sendable (JSONValue) -> Void

  /// Sends a reply with `continues` at once; does nothing when the client did not ask for `more` or has left.
  ///
  /// To be called on the loop. It never waits: a client that does not read loses its connection, and the handler's
  /// task is cancelled.
  package func send(_ element: Element) { put(JSONValue(membersOf: element)) }
}

/// A method and the handler that serves it.
///
/// Handlers run in a task of their own on the loop. The task is cancelled when the client leaves before the answer
/// (except from a `oneway` call); whether the work then goes on is the handler's decision.
package struct VarlinkMethod: Sendable {
  typealias Body =
    @Sendable (JSONValue, Call, @escaping @Sendable (JSONValue) -> Void) async throws(VarlinkError) -> JSONValue

  /// Without the interface's name.
  package let name: String
  /// A call without `more` is an error.
  let needsMore: Bool
  let body: Body

  /// A method that answers once. Parameters that are missing, unknown or of the wrong type never reach the handler.
  package static func method<Parameters: Decodable & SendableMetatype, Reply: Encodable & SendableMetatype>(
    _ name: String,
    _ handler: @escaping @Sendable (Parameters, Call) async throws(VarlinkError) -> Reply
  ) -> Self {
    Self(name: name, needsMore: false) { parameters, call, _ throws(VarlinkError) in
      JSONValue(membersOf: try await handler(try decoded(parameters), call))
    }
  }

  /// A method that may answer several times: whatever it sends to its ``Replies`` goes out at once, and what it
  /// returns is the last reply. With `needsMore` it can be called with `more` only, as suits a subscription, and it
  /// is cancelled at once when the server shuts down.
  package static func stream<Parameters: Decodable & SendableMetatype, Reply: Encodable & SendableMetatype>(
    _ name: String, needsMore: Bool = false,
    _ handler: @escaping @Sendable (Parameters, Call, Replies<Reply>) async throws(VarlinkError) -> Reply
  ) -> Self {
    Self(name: name, needsMore: needsMore) { parameters, call, put throws(VarlinkError) in
      JSONValue(membersOf: try await handler(try decoded(parameters), call, Replies(put: put)))
    }
  }

  private static func decoded<Parameters: Decodable>(_ parameters: JSONValue) throws(VarlinkError) -> Parameters {
    do { return try parameters.decodeStrictly() } catch { throw .invalidParameter(error) }
  }
}

/// Parameters or a reply without members.
package struct NoParameters: Codable, Hashable, Sendable {
  package init() {}
}

/// An interface as a server offers it.
package struct VarlinkInterface: Sendable {
  /// Reverse domain name, as in `org.example.Thing`.
  package let name: String
  /// The text of its `.varlink` file.
  package let description: String
  package let methods: [VarlinkMethod]

  package init(_ name: String, description: String, methods: [VarlinkMethod]) {
    self.name = name
    self.description = description
    self.methods = methods
  }
}
