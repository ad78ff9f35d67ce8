internal import EventLoop

/// Finds the method for a call, and refuses what the peer may not do.
struct Router: Sendable {
  private let interfaces: [String: [String: VarlinkMethod]]
  private let authoriser: any Authoriser

  init(_ identity: ServiceIdentity, _ interfaces: [VarlinkInterface], _ authoriser: any Authoriser) {
    for interface in interfaces {
      for method in interface.methods {
        let name = "\(interface.name).\(method.name)"
        precondition(authoriser.covers(name), "nobody has decided who may call \(name)")
      }
    }
    self.authoriser = authoriser
    let all = interfaces + [ServiceInterface.make(identity, describing: interfaces)]
    self.interfaces = Dictionary(
      uniqueKeysWithValues: all.map { interface in
        (interface.name, Dictionary(uniqueKeysWithValues: interface.methods.map { ($0.name, $0) }))
      })
  }

  /// Bytes of the longest call of any method, where other calls may have `limit`.
  func longestCall(elsewhere limit: Int) -> Int {
    interfaces.values.reduce(limit) { longest, methods in
      methods.values.compactMap(\.terms.longestCall).reduce(longest, max)
    }
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
    guard let methods = interfaces[path.interface] else { throw .interfaceNotFound(path.interface) }
    guard let method = methods[path.method] else { throw .methodNotFound(request.method) }
    guard path.interface == ServiceInterface.name || authoriser.permits(peer, request.method) else {
      throw .permissionDenied
    }
    return method
  }
}
