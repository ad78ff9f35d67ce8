package import Vocabulary

/// Which bond, over restarts: the addresses of the adapter and of the device. Names of adapters change with the order of
/// plugging; addresses do not.
package struct BondKey: Codable, Hashable, Sendable, Comparable {
  package let adapter: Address
  package let device: Address

  package init(adapter: Address, device: Address) { (self.adapter, self.device) = (adapter, device) }

  package static func < (left: Self, right: Self) -> Bool {
    (left.adapter, left.device) < (right.adapter, right.device)
  }
}
