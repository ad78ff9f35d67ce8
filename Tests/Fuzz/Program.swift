import Glibc
import EventLoop

// What libFuzzer calls, whose program it is. The environment says of which kind the inputs are.

private let variable = "MDRCTL_FUZZ_KIND"

private let feeder = Locked<Feeder?>(nil)

/// Makes ready for the inputs of the kind that is named.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafePointer<CInt>?, _ words: UnsafePointer<UnsafePointer<UnsafePointer<CChar>?>?>?
) -> CInt {
  let name = unsafe getenv(variable).map { unsafe String(cString: $0) } ?? ""
  guard let kind = Kind.all.first(where: { $0.name == name }) else {
    print(Kind.all.map { "\($0.name) \($0.longest)" }.joined(separator: "\n"))
    exit(name.isEmpty ? 0 : 2)
  }
  do { try feeder.withLock { $0 = try Feeder(kind) } } catch {
    print("\(variable)=\(name): \(error)")
    exit(2)
  }
  return 0
}

/// Takes one input.
@_cdecl("LLVMFuzzerTestOneInput")
public func takeInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  feeder.withLock { $0?.feed(unsafe Array(UnsafeBufferPointer(start: bytes, count: count))) }
  return 0
}
