import Interface
import Vocabulary

@testable import Commands

/// A headset with a name that a label has to be escaped for.
private let quoted = Device(
  adapter: "hci0", address: "AC:80:0A:44:55:66", name: "a \"b\"\\\nc", alias: "b", bonded: true, profiles: [.a2dp])

extension Example {
  /// The verbs that look at what there is.
  static let looking: [Example] = [
    Example(
      "", calls: Control.status, .init(), answer: Samples.status,
      shows: """
        mdrctld 0.1.0 with BlueZ 5.66
        hci0  00:11:22:33:44:55  on, ready for audio, selected

        DEVICE      ADDRESS            AUDIO      BATTERY  STATE
        WH-1000XM4  AC:80:0A:11:22:33  A2DP LDAC  80%      connected
        日本        AC:80:0A:44:55:66  -          -        paired, not trusted

        """),
    Example(
      "metrics", calls: Control.status, .init(),
      answer: Control.StatusReply(
        version: Control.version, bluez: true, bluezVersion: "5.66", adapters: [Samples.adapter],
        devices: [Samples.headset, quoted]),
      shows: """
        # HELP mdrctl_build_info The version of mdrctld.
        # TYPE mdrctl_build_info gauge
        mdrctl_build_info{version="0.1.0"} 1
        # HELP mdrctl_bluez_running Whether bluetoothd runs.
        # TYPE mdrctl_bluez_running gauge
        mdrctl_bluez_running 1
        # HELP mdrctl_adapter_powered Whether an adapter is on.
        # TYPE mdrctl_adapter_powered gauge
        mdrctl_adapter_powered{adapter="hci0"} 1
        # HELP mdrctl_headset_connected Whether a paired headset is connected.
        # TYPE mdrctl_headset_connected gauge
        mdrctl_headset_connected{adapter="hci0",address="AC:80:0A:11:22:33",model="WH-1000XM4"} 1
        mdrctl_headset_connected{adapter="hci0",address="AC:80:0A:44:55:66",model="a \\"b\\"\\\\\u{FFFD}c"} 0
        # HELP mdrctl_headset_battery_ratio How full a headset's battery is, from 0 to 1.
        # TYPE mdrctl_headset_battery_ratio gauge
        mdrctl_headset_battery_ratio{adapter="hci0",address="AC:80:0A:11:22:33",model="WH-1000XM4"} 0.8
        # HELP mdrctl_headset_bond_faulty Whether something was seen to be wrong with a headset's pairing.
        # TYPE mdrctl_headset_bond_faulty gauge
        mdrctl_headset_bond_faulty{adapter="hci0",address="AC:80:0A:11:22:33",model="WH-1000XM4"} 0
        mdrctl_headset_bond_faulty{adapter="hci0",address="AC:80:0A:44:55:66",model="a \\"b\\"\\\\\u{FFFD}c"} 0

        """),
    Example(
      "status", calls: Control.status, .init(), answer: status(bluez: true),
      shows: "mdrctld 0.1.0\nThere is no Bluetooth adapter.\n\nNo device is paired or connected.\n"),
    Example(
      "status", calls: Control.status, .init(), answer: status(bluez: false),
      shows: "mdrctld 0.1.0\nbluetoothd is not running. Start it: systemctl start bluetooth\n"),
    Example(
      "status", calls: Control.status, .init(),
      answer: status(
        bluez: false, Trouble(message: "The system bus does not answer mdrctld.", evidence: "Silence.", hint: "Look.")),
      shows: "mdrctld 0.1.0\nThe system bus does not answer mdrctld.\n  Silence.\n  Look.\n"),
    Example(
      "status", calls: Control.status, .init(),
      answer: status(
        bluez: true, Trouble(message: "bluetoothd leaves the adapter hci0 alone.", evidence: nil, hint: "Set it.")),
      shows: """
        mdrctld 0.1.0
        bluetoothd leaves the adapter hci0 alone.
          Set it.

        No device is paired or connected.

        """),
    Example(
      "status", calls: Control.status, .init(),
      answer: .init(
        version: "0.1.0", bluez: true, bluezVersion: nil, adapters: [], devices: [],
        configuration: Trouble(message: "It is not acceptable.", evidence: "x.conf:3: No.\u{7}", hint: "Correct it.")),
      shows: """
        mdrctld 0.1.0
        It is not acceptable.
          x.conf:3: No.\u{FFFD}
          Correct it.

        There is no Bluetooth adapter.

        No device is paired or connected.

        """),
    Example(
      "config", calls: Control.configuration, .init(), answer: Samples.configuration,
      shows: """
        GROUP     KEY       VALUE  FROM
        General   LogLevel  debug  environment: LOUD
        Control   Groups    -      caution: the configuration is not acceptable
        Timeouts  Scan      10     default
        Timeouts  Repair    90     /etc/x\u{FFFD}.conf:3

        """),
    Example(
      "config", calls: Control.configuration, .init(),
      answer: .init(
        settings: [Samples.settings[2]], files: [],
        faults: [
          ConfigurationMistake(file: "/etc/x.conf", line: 3, message: "No.\u{7}"),
          ConfigurationMistake(file: "/etc/x.conf.d", message: "Neither."),
        ], trouble: Trouble(message: "It is not acceptable.", evidence: "/etc/x.conf:3: No.", hint: "Correct it.")),
      shows: """
        GROUP     KEY   VALUE  FROM
        Timeouts  Scan  10     default

        It is not acceptable.
          /etc/x.conf:3: No.\u{FFFD}
          /etc/x.conf.d: Neither.
          Correct it.

        """),
    Example(
      "list -a hci0 --all", calls: Control.list, .init(adapter: "hci0", all: true),
      answer: .init(devices: [Samples.headset, Samples.other]),
      shows: """
        DEVICE      ADDRESS            AUDIO      BATTERY  STATE
        WH-1000XM4  AC:80:0A:11:22:33  A2DP LDAC  80%      connected
        日本        AC:80:0A:44:55:66  -          -        paired, not trusted

        """),
    Example(
      "list", calls: Control.list, .init(), answer: .init(devices: []), shows: "No device is paired or connected.\n"),
    Example(
      "show xm4", calls: Control.show, .init(device: "xm4"), answer: .init(device: Samples.headset),
      shows: """
        WH-1000XM4
          Address       AC:80:0A:11:22:33
          Adapter       hci0
          Manufacturer  Sony
          Model         usb:v054Cp0D58d0203
          Kind          audio-headphones
          State         connected
          Bonded        yes
          Trusted       yes, it may connect by itself
          Profiles      A2DP, HFP
          Audio         A2DP LDAC, active, volume 64 of 127
          Battery       80%
          Link          within its golden range, quality 255 of 255, as hci0 tells

        """, inJSON: ShownDevice(device: Samples.headset, link: LinkReading(rssi: 0, quality: 255))),
    Example(
      "show 日本", calls: Control.show, .init(device: "日本"), answer: .init(device: Samples.other),
      shows: """
        日本
          Address   AC:80:0A:44:55:66
          Adapter   hci0
          Own name  Kopfhörer\u{FFFD}[2J
          State     paired, not trusted
          Bonded    yes
          Trusted   no

        """),
    Example(
      "cache show xm4", calls: Control.cache, .init(device: "xm4"), answer: .init(layers: everyLayer),
      shows: """
          LAYER                   NOW
          device in BlueZ         present
          bond on disk            present
          key in the kernel       present
          key in the adapter      present
          kernel's inquiry cache  present
          BlueZ's cache file      present  12 services

        """),
    Example(
      "adapter list", calls: Control.status, .init(), answer: Samples.status,
      shows: "hci0  00:11:22:33:44:55  on, ready for audio, selected\n", inJSON: ["adapters": [Samples.adapter]]),
    Example(
      "scan -t 2.5", follows: Control.scan, .init(timeout: 2500),
      answers: .init(event: .started), .init(event: .found, device: Samples.stranger),
      .init(event: .changed, device: Samples.stranger), .init(event: .lost, device: Samples.stranger),
      .init(event: .finished),
      shows: """
        + 11:22:33:44:55:66  -60 dBm   Buds  (not paired)
        - 11:22:33:44:55:66  -60 dBm   Buds  (not paired)

        """),
    Example(
      "scan", follows: Control.scan, .init(), answers: .init(event: .finished),
      shows: "No device was found. Is it in pairing mode?\n"),
    Example(
      "monitor", follows: Control.monitor, .init(),
      answers: .init(event: .state, adapters: [Samples.adapter], devices: [Samples.headset]),
      .init(event: .deviceRemoved, device: Samples.headset), .init(event: .bluezVanished),
      .init(event: .bluezAppeared),
      shows: """
        hci0  00:11:22:33:44:55  on, ready for audio, selected
        DEVICE      ADDRESS            AUDIO      BATTERY  STATE
        WH-1000XM4  AC:80:0A:11:22:33  A2DP LDAC  80%      connected
        WH-1000XM4 (AC:80:0A:11:22:33) has gone.
        bluetoothd has stopped.
        bluetoothd is running.

        """),
    Example(
      "wait xm4 --for a2dp -t 0", follows: Control.wait, .init(device: "xm4", state: .a2dp, timeout: 0),
      answers: .onItsWay, .headset, shows: "WH-1000XM4 (AC:80:0A:11:22:33) is set up for stereo audio.\n"),
  ]

  private static func status(bluez: Bool, _ trouble: Trouble? = nil) -> Control.StatusReply {
    Control.StatusReply(
      version: "0.1.0", bluez: bluez, bluezVersion: nil, adapters: [], devices: [], trouble: trouble)
  }

  private static let everyLayer = Layer.Name.allCases.map { name in
    Layer(
      address: Samples.headset.address, layer: name, before: .present, done: .nothing, after: .present,
      detail: name == .cache ? "12 services" : nil)
  }
}
