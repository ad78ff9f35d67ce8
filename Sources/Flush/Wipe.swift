internal import CBlueZ

/// Overwrites memory that held something confidential.
func wipe(_ memory: UnsafeMutableRawBufferPointer) {
  if let base = memory.baseAddress { unsafe cbluez_wipe(base, memory.count) }
}
