internal import Interface

/// Devices in a table, with the adapter of each where the computer has several of these, or a sentence when there is
/// none.
func table(_ devices: [Device], of adapters: [String], now: Int, _ style: Style, none: String) -> String {
  guard !devices.isEmpty else { return none + "\n" }
  let hasSeveral = Set(adapters).count > 1
  let head = ["ADDRESS"] + (hasSeveral ? ["ADAPTER"] : []) + ["AUDIO", "BATTERY", "STATE"]
  let cells = devices.map {
    [$0.address] + (hasSeveral ? [displayable($0.adapter)] : []) + [$0.audio, $0.charge(now: now), $0.state]
  }
  let others = 2 + (table([head] + cells).map(displayWidth).max() ?? 0)
  let names = devices.map { style.shortened($0.title, beside: others) }
  let rows = zip(names, cells).map { [$0] + $1 }
  var text = ""
  for (number, line) in table([["DEVICE"] + head] + rows).enumerated() {
    text += number == 0 ? style.faint(line) : devices[number - 1].connected ? style.good(line) : line
    text += "\n"
  }
  return text
}

func table(_ adapters: [Adapter]) -> String {
  guard !adapters.isEmpty else { return "There is no Bluetooth adapter.\n" }
  return text(table(adapters.map { [displayable($0.name), displayable($0.address), $0.state] }))
}

/// Rows in columns, each as wide as its widest cell; the last one is not padded. One line for each row.
func table(_ rows: [[String]]) -> [String] {
  var widths: [Int] = []
  for row in rows {
    for (column, cell) in row.enumerated() {
      let width = displayWidth(cell)
      if column == widths.count { widths.append(width) } else { widths[column] = max(widths[column], width) }
    }
  }
  return rows.map { row in
    var line = ""
    for (column, cell) in row.enumerated() {
      line += column == row.count - 1 ? cell : padded(cell, to: widths[column] + 2)
    }
    return line
  }
}

/// Lines with their ends.
func text(_ lines: [String]) -> String {
  var text = ""
  for line in lines { text += line + "\n" }
  return text
}

func padded(_ text: String, to width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - displayWidth(text)))
}
