internal import Interface

/// What Prometheus is told (its text format, version 0.0.4): a family of metrics after the other, in base units.
func metricsText(_ reply: Control.StatusReply) -> String {
  var text = ""
  func family(_ name: String, _ help: String, _ samples: [(labels: [(String, String)], value: String)]) {
    guard !samples.isEmpty else { return }
    text += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n"
    for sample in samples {
      text += "\(name){\(sample.labels.map { "\($0)=\"\(labelText($1))\"" }.joined(separator: ","))} \(sample.value)\n"
    }
  }
  func truth(_ value: Bool) -> String { value ? "1" : "0" }

  family("mdrctl_build_info", "The version of mdrctld.", [([("version", reply.version)], "1")])
  text += "# HELP mdrctl_bluez_running Whether bluetoothd runs.\n# TYPE mdrctl_bluez_running gauge\n"
  text += "mdrctl_bluez_running \(truth(reply.bluez))\n"
  family(
    "mdrctl_adapter_powered", "Whether an adapter is on.",
    reply.adapters.map { ([("adapter", $0.name)], truth($0.powered)) })
  let headsets = reply.devices.filter { $0.bonded && $0.twinOf == nil && !$0.profiles.isEmpty }
  func labels(_ device: Device) -> [(String, String)] {
    [("adapter", device.adapter), ("address", device.address), ("model", device.name ?? device.alias)]
  }
  family(
    "mdrctl_headset_connected", "Whether a paired headset is connected.",
    headsets.map { (labels($0), truth($0.connected)) })
  family(
    "mdrctl_headset_battery_ratio", "How full a headset's battery is, from 0 to 1.",
    headsets.compactMap { device in device.battery.map { (labels(device), "\(Double($0) / 100)") } })
  family(
    "mdrctl_headset_rssi_dbm", "How strong a headset is heard; only while something searches.",
    headsets.compactMap { device in device.rssi.map { (labels(device), "\($0)") } })
  family(
    "mdrctl_headset_bond_faulty", "Whether something was seen to be wrong with a headset's pairing.",
    headsets.map { (labels($0), truth($0.verdict != nil)) })
  return text
}

/// A label's value, as the format wants it escaped: without lines, since what is shown has none.
private func labelText(_ text: String) -> String {
  var escaped = ""
  for scalar in displayable(text).unicodeScalars {
    if scalar == "\\" || scalar == "\"" { escaped += "\\" }
    escaped.unicodeScalars.append(scalar)
  }
  return escaped
}
