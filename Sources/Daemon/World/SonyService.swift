/// The services over which Sony's headsets take commands (captured from many models; docs/sony.md). Which generation a
/// headset speaks its handshake decides, not the service.
enum SonyService: String, CaseIterable {
  case v2 = "956c7b26-d49a-4ba8-b03f-b17d393cb6e2"
  case v1 = "96cc203e-5068-46ad-b32d-e316f5e069ba"

  /// Those that a device lists, the newer one first.
  static func among(_ uuids: [String]) -> [SonyService] { allCases.filter { uuids.contains($0.rawValue) } }
}
