/// Who a service says it is in `org.varlink.service.GetInfo`.
package struct ServiceIdentity: Codable, Hashable, Sendable {
  package let vendor: String
  package let product: String
  package let version: String
  package let url: String

  package init(vendor: String, product: String, version: String, url: String) {
    self.vendor = vendor
    self.product = product
    self.version = version
    self.url = url
  }
}

/// The interface that every Varlink service has; anybody may call it.
enum ServiceInterface {
  static let name = "org.varlink.service"

  struct Info: Codable {
    let vendor: String
    let product: String
    let version: String
    let url: String
    let interfaces: [String]
  }
  struct DescriptionRequest: Codable {
    let interface: InterfaceName
  }
  /// Is decoded as a name, since it is looked up.
  struct InterfaceName: Codable {
    let text: String

    init(from decoder: any Decoder) throws {
      text = try decoder.singleValueContainer().decode(String.self)
    }

    func encode(to encoder: any Encoder) throws { try text.encode(to: encoder) }
  }
  struct Description: Codable {
    let description: String
  }

  static func make(_ identity: ServiceIdentity, describing others: [VarlinkInterface]) -> VarlinkInterface {
    let descriptions = [(name, description)] + others.map { ($0.name, $0.description) }
    let info = Info(
      vendor: identity.vendor, product: identity.product, version: identity.version, url: identity.url,
      interfaces: descriptions.map(\.0).sorted())
    return VarlinkInterface(
      name, description: description,
      methods: [
        .method("GetInfo") { (_: NoParameters, _) in info },
        .method("GetInterfaceDescription") { (request: DescriptionRequest, _) throws(VarlinkError) in
          let name = request.interface.text
          guard let text = descriptions.first(where: { $0.0.hasSameBytes(as: name) })?.1 else {
            throw .interfaceNotFound(name)
          }
          return Description(description: text)
        },
      ])
  }

  static let description = """
    # The interface that every Varlink service has.
    interface org.varlink.service

    # Who the service is and which interfaces it has.
    method GetInfo() -> (vendor: string, product: string, version: string, url: string, interfaces: []string)

    # The definition of one interface.
    method GetInterfaceDescription(interface: string) -> (description: string)

    # The service has no such interface.
    error InterfaceNotFound (interface: string)

    # The interface has no such method.
    error MethodNotFound (method: string)

    # The interface declares the method, but the service does not have it.
    error MethodNotImplemented (method: string)

    # A parameter is missing, unknown, of the wrong type or out of range.
    error InvalidParameter (parameter: string)

    # The caller may not do this.
    error PermissionDenied ()

    # The method can be called with "more" only.
    error ExpectedMore ()

    """
}
