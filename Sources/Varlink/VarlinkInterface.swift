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
package struct Replies<Element>: Sendable {
  let put: @Sendable (EncodedReply<Element>) -> Void
  /// Whether the client reads more than the result.
  let isRead: Bool

  /// Sends a reply with `continues` at once; does nothing when the client did not ask for `more` or has left.
  ///
  /// To be called on the loop. It never waits: a client that does not read loses its connection, and the handler's
  /// task is cancelled.
  package func send(_ element: Element) where Element: Encodable { if isRead { put(EncodedReply(element)) } }

  /// Sends what was encoded for several clients.
  package func send(_ reply: EncodedReply<Element>) { if isRead { put(reply) } }
}

/// A reply with `continues` as it travels, encoded once for as many clients as get it.
package struct EncodedReply<Element>: Sendable {
  /// The message with its NUL.
  let frame: [UInt8]

  package init(_ element: Element) where Element: Encodable {
    frame = Reply.progress(JSONValue(membersOf: element)).frame
  }
}

/// What a method takes, and what becomes of a call whose caller leaves.
package struct MethodTerms: Sendable {
  /// A call without `more` is an error.
  package var needsMore = false
  /// A `oneway` call goes on when its caller has left, and is begun when he left before: its work is done for whoever
  /// comes next. One that is only of use to its caller ends with him.
  package var goesOn = false
  /// Bytes of a text among the parameters. Names and addresses are far shorter.
  package var longestText = 512
  /// Bytes of a call, where that is more than the server takes of other methods.
  package var longestCall: Int?

  package init() {}

  package static let needsMore = Self { $0.needsMore = true }
  package static let goesOn = Self { $0.goesOn = true }

  package init(_ change: (inout Self) -> Void) { change(&self) }
}

/// A method and the handler that serves it.
///
/// Handlers run in a task of their own on the loop. The task is cancelled when the client leaves before the answer, except
/// from a `oneway` call of a method that goes on; whether the work then goes on is the handler's decision.
package struct VarlinkMethod: Sendable {
  typealias Body =
    @Sendable (JSONValue, Call, @escaping @Sendable ([UInt8]) -> Void) async throws(VarlinkError) -> JSONValue

  /// Without the interface's name.
  package let name: String
  let terms: MethodTerms
  let body: Body

  /// A method that answers once. Parameters that are missing, unknown or of the wrong type never reach the handler.
  package static func method<Parameters: Decodable & SendableMetatype, Reply: Encodable & SendableMetatype>(
    _ name: String, _ terms: MethodTerms = MethodTerms(),
    _ handler: @escaping @Sendable (Parameters, Call) async throws(VarlinkError) -> Reply
  ) -> Self {
    Self(name: name, terms: terms) { parameters, call, _ throws(VarlinkError) in
      JSONValue(membersOf: try await handler(try decoded(parameters, terms), call))
    }
  }

  /// A method that may answer several times: whatever it sends to its ``Replies`` goes out at once, and what it
  /// returns is the last reply. One that needs `more`, as suits a subscription, is cancelled at once when the server
  /// shuts down.
  package static func stream<Parameters: Decodable & SendableMetatype, Reply: Encodable & SendableMetatype>(
    _ name: String, _ terms: MethodTerms = MethodTerms(),
    _ handler: @escaping @Sendable (Parameters, Call, Replies<Reply>) async throws(VarlinkError) -> Reply
  ) -> Self {
    Self(name: name, terms: terms) { parameters, call, put throws(VarlinkError) in
      let replies = Replies<Reply>(put: { put($0.frame) }, isRead: call.wantsMore)
      return JSONValue(membersOf: try await handler(try decoded(parameters, terms), call, replies))
    }
  }

  /// The same method, of which `begin` is told when it is called, and what that returns when it has ended: with its error,
  /// or nil. Both run on the loop. The parameters may be anything that came.
  package func noting(
    _ begin: @escaping @Sendable (JSONValue, Call) async -> @Sendable (VarlinkError?) -> Void
  ) -> Self {
    Self(name: name, terms: terms) { [body] parameters, call, put throws(VarlinkError) in
      let end = await begin(parameters, call)
      do throws(VarlinkError) {
        let reply = try await body(parameters, call, put)
        end(nil)
        return reply
      } catch {
        end(error)
        throw error
      }
    }
  }

  private static func decoded<Parameters: Decodable>(
    _ parameters: JSONValue, _ terms: MethodTerms
  ) throws(VarlinkError) -> Parameters {
    do { return try parameters.decodeStrictly(longestText: terms.longestText) } catch { throw .invalidParameter(error) }
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
