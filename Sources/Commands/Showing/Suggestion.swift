internal import Interface

/// The candidate that is most like the word, if any is like it at all.
func nearest(to word: String, among candidates: [String]) -> String? {
  let word = word.lowercased()
  if word.count > 1, let longer = candidates.first(where: { $0.hasPrefix(word) }) { return longer }
  let distances = candidates.map { (candidate: $0, distance: distance(word, $0)) }
  let best = distances.min { $0.distance < $1.distance }
  return best.flatMap { $0.distance <= max(1, $0.candidate.count / 3) ? $0.candidate : nil }
}

/// The candidates that are most like the word, the nearest first, of those that are like it at all. Case does not matter.
func nearest(_ count: Int, to word: String, among candidates: [String]) -> [String] {
  guard word.utf8.count <= 64 else { return [] }
  let distances = candidates.map { (candidate: $0, distance: distance(word.lowercased(), $0.lowercased())) }
  let near = distances.filter { $0.distance <= $0.candidate.count / 2 }.sorted { $0.distance < $1.distance }
  return near.prefix(count).map(\.candidate)
}

/// How many letters must be added, dropped, changed or swapped with their neighbour to turn one word into the other.
private func distance(_ first: String, _ second: String) -> Int {
  let (first, second) = (Array(first), Array(second))
  var rows = [Array(0...second.count)]
  for row in 1..<(first.count + 1) {
    var current = [row]
    for column in 1..<(second.count + 1) {
      let change = first[row - 1] == second[column - 1] ? 0 : 1
      var best = min(rows[row - 1][column] + 1, current[column - 1] + 1, rows[row - 1][column - 1] + change)
      if row > 1, column > 1, first[row - 1] == second[column - 2], first[row - 2] == second[column - 1] {
        best = min(best, rows[row - 2][column - 2] + 1)
      }
      current.append(best)
    }
    rows.append(current)
  }
  return rows[first.count][second.count]
}
