internal import CLink
internal import Glibc

/// What the controller tells of a link, which everybody may ask; the daemon's unit keeps it from asking.
package struct LinkReading: Codable, Hashable, Sendable {
  /// dB outside the controller's golden range: 0 within it, negative below. Never dBm (Core Specification, Vol 4 Part E,
  /// 7.5.4).
  package let rssi: Int
  /// 0 to 255, the greater the better, as the controller's maker counts (7.5.3).
  package let quality: Int

  package init(rssi: Int, quality: Int) { (self.rssi, self.quality) = (rssi, quality) }

  /// "within its golden range", "9 dB below it".
  var strength: String {
    rssi == 0 ? "within its golden range" : "\(abs(rssi)) dB \(rssi < 0 ? "below" : "above") its golden range"
  }

  /// Why there is none, one sentence.
  package struct Obstacle: Error, Hashable, Sendable {
    package let sentence: String

    package init(_ sentence: String) { self.sentence = sentence }
  }

  /// The link that an adapter, "hci0", has with a device, "94:DB:56:00:00:01".
  package static func read(_ adapter: String, _ device: String) -> Result<LinkReading, Obstacle> {
    var (rssi, quality) = (Int32(0), Int32(0))
    let status = unsafe clink_read(adapter, device, &rssi, &quality)
    guard status < 0 else { return .success(LinkReading(rssi: Int(rssi), quality: Int(quality))) }
    let reason = unsafe String(cString: strerror(-status))
    return .failure(Obstacle("\(adapter) does not tell of its link: \(reason)."))
  }
}
