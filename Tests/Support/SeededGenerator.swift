/// The same numbers for the same seed (SplitMix64), so that what failed can be repeated.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  package mutating func one<Element>(of all: [Element]) -> Element { all[Int.random(in: 0..<all.count, using: &self)] }

  /// True once in so many times.
  package mutating func once(in times: Int) -> Bool { Int.random(in: 0..<times, using: &self) == 0 }

  /// One of the weighted choices.
  package mutating func weighted<Element>(_ all: [(weight: Int, choice: Element)]) -> Element {
    var left = Int.random(in: 0..<all.reduce(0) { $0 + $1.weight }, using: &self)
    for (weight, choice) in all {
      if left < weight { return choice }
      left -= weight
    }
    return all[0].choice
  }
}
