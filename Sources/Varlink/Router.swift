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

  func method(for request: Request, from peer: PeerCredentials) throws(VarlinkError) -> VarlinkMethod {
    guard let path = request.path else { throw .invalidParameter("method") }
    guard let methods = interfaces[path.interface] else { throw .interfaceNotFound(path.interface) }
    guard let method = methods[path.method] else { throw .methodNotFound(request.method) }
    guard path.interface == ServiceInterface.name || authoriser.permits(peer, request.method) else {
      throw .permissionDenied
    }
    guard request.wantsMore || !method.needsMore else { throw .expectedMore }
    return method
  }
}
