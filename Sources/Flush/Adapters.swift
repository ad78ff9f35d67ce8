internal import BlueZ
internal import CBlueZ
internal import EventLoop
internal import Vocabulary

/// This computer's adapters, as the kernel knows them.
enum Adapters {
  /// N of the adapter hciN with the address. Throws `ENODEV` when there is none.
  static func index(of address: Address) throws(SystemError) -> Int {
    let bytes = address.littleEndian
    let index = unsafe bytes.withUnsafeBufferPointer { unsafe cbluez_adapter_index($0.baseAddress) }
    return Int(try SystemError.check(index, "looking for the adapter"))
  }
}
