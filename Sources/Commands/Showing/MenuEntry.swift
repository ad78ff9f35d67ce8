internal import Interface
internal import Vocabulary

/// One line of a menu, and the command line that it stands for.
struct MenuEntry: Equatable {
  /// What a person reads; one line, and another one for each entry.
  let title: String
  /// Short and plain; what a menu hands back.
  let name: String
  let words: [String]
  /// Of freedesktop's naming.
  let icon: String
  /// It is asked once more before anything is done, with these words; nil where nothing is lost.
  var caution: String?

  /// `verb` and `extra` are plain words.
  private init(_ title: String, _ verb: String, _ device: Device, _ extra: [String] = [], caution: String? = nil) {
    // Two headsets may have one name.
    self.title = "\(title) (\(device.address))"
    name = ([verb, device.adapter, device.address] + extra).joined(separator: " ")
    words = [verb, device.address, "--adapter=\(device.adapter)"] + extra
    icon = device.icon.flatMap { isPlain($0) ? $0 : nil } ?? "audio-headphones"
    self.caution = caution
  }

  /// What can be done with these devices: the connected ones first. `sounds` are theirs, by ``Interface/Device/key``.
  static func all(_ devices: [Device], sounds: [String: Control.AudioReply]) -> [MenuEntry] {
    let headsets = devices.filter { $0.bonded && $0.twinOf == nil && $0.profiles.contains { $0 != .avrcp } }
    // Its link may be up for a moment; there is nothing else to be done with it.
    let stale = headsets.filter { $0.verdict?.stale == true }
    let fit = headsets.filter { $0.verdict?.stale != true }
    let connected = fit.filter(\.connected)
    let here = connected.flatMap { entries(of: $0, sounds[$0.key]) }
    let others = fit.filter { !$0.connected && !$0.blocked }.flatMap { device in
      let connect = MenuEntry("Connect \(device.title)", "connect", device)
      return connected.isEmpty ? [connect] : [connect, MenuEntry("Take \(device.title)", "take", device)]
    }
    return here + others + stale.map(repair)
  }

  private static func repair(_ device: Device) -> MenuEntry {
    MenuEntry(
      "Repair \(device.title)", "repair", device, ["--yes"],
      caution: "Its pairing with this computer is deleted. Put it into pairing mode then.")
  }

  private static func entries(of device: Device, _ sound: Control.AudioReply?) -> [MenuEntry] {
    var entries = [
      MenuEntry("Disconnect \(device.title)", "disconnect", device),
      MenuEntry("Yield \(device.title) to another host", "yield", device),
    ]
    guard let sound else { return entries }
    for policy in Sound.Policy.allCases where policy != sound.audio.policy {
      entries.append(MenuEntry("Profile of \(device.title): \(policy.rawValue)", "profile", device, [policy.rawValue]))
    }
    for codec in sound.codecs where !codec.active && isPlain(codec.name) {
      entries.append(MenuEntry("Codec of \(device.title): \(codecTitle(codec.name))", "codec", device, [codec.name]))
    }
    return entries
  }

  /// The second menu: what follows when it is chosen again, and the way back first.
  var confirmation: [MenuEntry] {
    guard caution != nil else { return [] }
    return [
      MenuEntry(title: "No, leave it as it is", name: "nothing", words: [], icon: "process-stop"),
      MenuEntry(title: "Yes: \(title)", name: "yes \(name)", words: words, icon: icon),
    ]
  }

  private init(title: String, name: String, words: [String], icon: String) {
    (self.title, self.name, self.words, self.icon) = (title, name, words, icon)
  }

  /// A row of rofi's script mode (rofi-script(5)).
  var row: String { "\(title)\u{0}icon\u{1F}\(icon)\u{1F}info\u{1F}\(name)\n" }
}

/// Something about a whole menu of rofi's.
func rofiOption(_ name: String, _ value: String) -> String { "\u{0}\(name)\u{1F}\(value)\n" }
