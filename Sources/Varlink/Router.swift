internal import EventLoop

/// Finds the method for a call, and refuses what the peer may not do.
struct Router: Sendable {
  private let interfaces: [VarlinkInterface]
  private let authoriser: any Authoriser

  init(_ identity: ServiceIdentity, _ interfaces: [VarlinkInterface], _ authoriser: any Authoriser) {
    for interface in interfaces {
      for method in interface.methods {
        let name = "\(interface.name).\(method.name)"
        precondition(authoriser.covers(name), "nobody has decided who may call \(name)")
      }
    }
    self.authoriser = authoriser
    self.interfaces = interfaces + [ServiceInterface.make(identity, describing: interfaces)]
  }

  /// Bytes of the longest call of any method, where other calls may have `limit`.
  func longestCall(elsewhere limit: Int) -> Int {
    interfaces.flatMap(\.methods).compactMap(\.terms.longestCall).reduce(limit, max)
  }

  /// The method of a call that came in `size` bytes, of which a call may have `limit` unless its method takes more.
  func method(
    for request: Request, of size: Int, within limit: Int, from peer: PeerCredentials
  ) throws(Request.Refusal) -> VarlinkMethod {
    let method: VarlinkMethod
    do throws(VarlinkError) { method = try find(request, for: peer) } catch {
      // Which method it is decides how long it may be; of none that he may call, nobody may send more than of others.
      throw Request.Refusal(error: error, isSilent: request.isOneway, endsConnection: size > limit)
    }
    guard size <= method.terms.longestCall ?? limit else {
      throw Request.Refusal(error: .invalidParameter("message"), isSilent: request.isOneway, endsConnection: true)
    }
    guard request.wantsMore || !method.terms.needsMore else {
      // Who wants no answer cannot be told, and would go on for ever.
      throw Request.Refusal(error: .expectedMore, isSilent: request.isOneway, endsConnection: request.isOneway)
    }
    return method
  }

  private func find(_ request: Request, for peer: PeerCredentials) throws(VarlinkError) -> VarlinkMethod {
    guard let path = request.path else { throw .invalidParameter("method") }
    guard let interface = interfaces.first(where: { $0.name.hasSameBytes(as: path.interface) }) else {
      throw .interfaceNotFound(path.interface)
    }
    guard let method = interface.methods.first(where: { $0.name.hasSameBytes(as: path.method) }) else {
      throw .methodNotFound(request.method)
    }
    guard interface.name == ServiceInterface.name || authoriser.permits(peer, request.method) else {
      throw .permissionDenied
    }
    return method
  }
}
