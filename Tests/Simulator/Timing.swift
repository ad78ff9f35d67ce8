/// How long things take: what was measured with bluetoothd 5.66 to 5.87 and a virtual headset on an ideal radio, and the
/// time-outs in BlueZ's and the kernel's sources. `speed` runs all of it faster.
package struct Timing: Hashable, Sendable {
  /// How many times faster than life; it divides every time here and in scripts.
  package var speed: Double = 1

  package var page = Duration.milliseconds(60)
  package var pageTimeout = Duration.milliseconds(5_200)
  package var authentication = Duration.milliseconds(120)
  /// Reading the services after pairing or on the first connection.
  package var services = Duration.milliseconds(180)
  package var profile = Duration.milliseconds(130)
  /// Until a headset without the key has turned the connection down.
  package var staleKey = Duration.milliseconds(250)
  /// How long a link stays up that carries no profile.
  package var idleLink = Duration.seconds(4)
  /// `device.c DISCONNECT_TIMER`.
  package var disconnect = Duration.seconds(2)
  package var disconnectLink = Duration.milliseconds(80)
  /// How long Connect of a blocked device takes to fail.
  package var blocked = Duration.seconds(41)
  package var removal = Duration.milliseconds(40)
  /// The supervision time-out of a link whose headset has gone.
  package var supervision = Duration.seconds(2)
  /// `main.conf TemporaryTimeout`.
  package var temporary = Duration.seconds(30)
  /// One round of inquiry and advertisement scanning.
  package var discoveryRound = Duration.milliseconds(10_240)
  package var power = Duration.milliseconds(80)
  /// From the end of the links of an adapter that goes off to the news that it is off.
  package var powerNews = Duration.milliseconds(100)
  /// From bluetoothd's start, or a controller's, to the adapter on the bus.
  package var adapterSetUp = Duration.milliseconds(400)
  /// How long bluetoothd is away in a restart.
  package var restart = Duration.milliseconds(300)
  /// `agent.c REQUEST_TIMEOUT`.
  package var agent = Duration.seconds(60)
  /// `adapter.c BONDING_TIMEOUT`.
  package var bonding = Duration.seconds(120)

  package init() {}

  /// Nothing takes longer than a turn of the loop, and an adapter that is switched off is off at once, except the time-outs, which are a fiftieth of life. Those of a pairing
  /// and of what was found for it are as in life: who tests what happens meanwhile must not run into them on a slow
  /// machine.
  package static var fast: Self {
    var timing = Self()
    timing.speed = 50
    timing.agent *= Int(timing.speed)
    timing.bonding *= Int(timing.speed)
    timing.powerNews = .zero
    timing.temporary *= Int(timing.speed)
    return timing
  }

  /// ``fast``, and what was only found vanishes as fast.
  package static var forgetful: Self {
    var timing = fast
    timing.temporary = Self().temporary
    return timing
  }
}
