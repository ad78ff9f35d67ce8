// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is built with the same strict settings; a warning anywhere stops the build.
let strict: [SwiftSetting] = [
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .enableUpcomingFeature("ImmutableWeakCaptures"),
]
let strictC: [CSetting] = [
  .define("_GNU_SOURCE"),
  .treatAllWarnings(as: .error),
  .enableWarning("all"),
  .enableWarning("extra"),
]

func layer(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}
func program(_ name: String, _ dependency: Target.Dependency) -> Target {
  .executableTarget(name: name, dependencies: [dependency], swiftSettings: strict)
}
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// `make fuzz` builds a program with libFuzzer's entry point instead of the tests that try the same inputs for a moment.
let isFuzzing = Context.environment["MDRCTL_FUZZ"] != nil
let fuzzed: [Target.Dependency] = [
  "BlueZ", "Bridge", "CBlueZ", "Commands", "Core", "DBus", "Daemon", "EventLoop", "Flush", "GLibReading", "Interface",
  "KeyFiles", "Knowledge", "KnowledgeFiles", "MDR", "Service", "Session", "Support", "Varlink", "Vocabulary",
]

let package = Package(
  name: "mdrctl",
  products: [
    .executable(name: "mdrctld", targets: ["mdrctld"]),
    .executable(name: "mdrctl", targets: ["mdrctl"]),
    .executable(name: "mdrctl-flush", targets: ["mdrctl-flush"]),
    .executable(name: "mdrctl-session", targets: ["mdrctl-session"]),
    .executable(name: "mdrctl-bridge", targets: ["mdrctl-bridge"]),
    .executable(name: "mdrctl-manual", targets: ["mdrctl-manual"]),
    .executable(name: "mdrctl-sim", targets: ["mdrctl-sim"]),
    .executable(name: "mdrctl-soak", targets: ["mdrctl-soak"]),
  ],
  targets: [
    // System libraries: nothing but pkg-config's flags.
    .systemLibrary(name: "CDBus", pkgConfig: "dbus-1", providers: [.apt(["libdbus-1-dev"])]),
    .systemLibrary(name: "CBluetooth", pkgConfig: "bluez", providers: [.apt(["libbluetooth-dev"])]),
    .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),

    // C shims.
    .target(name: "CLinux", cSettings: strictC),
    .target(name: "CLink", cSettings: strictC),
    .target(name: "CBlueZ", dependencies: ["CDBus", "CBluetooth"], cSettings: strictC),
    // libpulse without pkg-config, whose flags for threads the package manager warns about; its headers need none.
    .target(name: "CPulse", cSettings: strictC, linkerSettings: [.linkedLibrary("pulse")]),

    // libmosquitto comes without flags as well.
    .target(name: "CMosquitto", cSettings: strictC, linkerSettings: [.linkedLibrary("mosquitto")]),

    // Layers, lowest first.
    layer("Vocabulary", []),
    layer("KeyFiles", []),
    layer("EventLoop", ["CLinux"]),
    layer("Service", ["CSystemd", "EventLoop"]),
    layer("DBus", ["CBlueZ", "EventLoop"]),
    layer("Varlink", ["EventLoop"]),
    layer("BlueZ", ["CBlueZ", "DBus", "EventLoop", "Vocabulary"]),
    layer("Core", ["Vocabulary"]),
    layer("Knowledge", [], resources: [.embedInCode("models.json"), .embedInCode("defects.json")]),
    layer("KnowledgeFiles", ["Knowledge", "Varlink"]),
    layer("MDR", ["Vocabulary"]),
    layer(
      "Interface", ["Vocabulary"],
      resources: [
        .embedInCode("org.mdrctl.Control.varlink"), .embedInCode("org.mdrctl.Flush.varlink"),
        .embedInCode("org.mdrctl.Session.varlink"),
      ]),
    layer(
      "Daemon",
      [
        "BlueZ", "Core", "DBus", "EventLoop", "Interface", "KeyFiles", "Knowledge", "KnowledgeFiles", "MDR", "Service",
        "Varlink", "Vocabulary",
      ]),
    layer(
      "Flush", ["BlueZ", "CBlueZ", "DBus", "EventLoop", "Interface", "KeyFiles", "Service", "Varlink", "Vocabulary"]),
    layer("Session", ["CPulse", "DBus", "EventLoop", "Interface", "Service", "Varlink", "Vocabulary"]),
    layer("Bridge", ["CMosquitto", "EventLoop", "Interface", "KeyFiles", "Service", "Varlink", "Vocabulary"]),
    layer("Commands", ["CLink", "CLinux", "Interface", "Knowledge", "KnowledgeFiles", "Varlink", "Vocabulary"]),
    program("mdrctld", "Daemon"),
    program("mdrctl", "Commands"),
    program("mdrctl-flush", "Flush"),
    program("mdrctl-session", "Session"),
    program("mdrctl-bridge", "Bridge"),

    // The pages of the manual, made of what the programs declare; for `make`, not installed.
    layer(
      "Manual",
      [
        "Bridge", "Commands", "Daemon", "Flush", "Interface", "Knowledge", "KnowledgeFiles", "Service", "Session",
        "Vocabulary",
      ]),
    program("mdrctl-manual", "Manual"),

    // What is measured beside C; see Benchmarks/run.
    .executableTarget(
      name: "mdr-frames", dependencies: ["MDR"], path: "Benchmarks/frames", swiftSettings: strict),

    // Tests and what they stand on. The simulator is a BlueZ on a private bus; `mdrctl-sim` runs it.
    .target(
      name: "Simulator", dependencies: ["DBus", "EventLoop"], path: "Tests/Simulator", exclude: ["README.md"],
      swiftSettings: strict),
    .target(
      name: "VirtualSony", dependencies: ["EventLoop"], path: "Tests/VirtualSony", swiftSettings: strict),
    .executableTarget(
      name: "mdrctl-sim", dependencies: ["EventLoop", "Interface", "Simulator", "Support", "VirtualSony"],
      path: "Tests/mdrctl-sim",
      swiftSettings: strict),
    // Operations and faults by the thousand; `make soak` runs it.
    .executableTarget(
      name: "mdrctl-soak", dependencies: ["DBus", "EventLoop", "Interface", "Simulator", "Support"], path: "Tests/Soak",
      exclude: ["run"], swiftSettings: strict),
    .target(
      name: "Support", dependencies: ["DBus", "EventLoop", "Interface", "Simulator", "Varlink"], path: "Tests/Support",
      swiftSettings: strict),
    // GLib's own reader of key files, for comparison with ours.
    .systemLibrary(name: "CGLib", path: "Tests/CGLib", pkgConfig: "glib-2.0", providers: [.apt(["libglib2.0-dev"])]),
    .target(name: "GLibReading", dependencies: ["CGLib"], path: "Tests/GLibReading", cSettings: strictC),
    tests("KeyFilesTests", ["GLibReading", "KeyFiles", "Support"]),
    tests("EventLoopTests", ["EventLoop", "Support"]),
    tests("DBusTests", ["DBus", "EventLoop", "Support"]),
    tests("VarlinkTests", ["EventLoop", "Support", "Varlink"]),
    tests("BlueZTests", ["BlueZ", "DBus", "EventLoop", "Simulator", "Support", "Vocabulary"]),
    tests("CoreTests", ["Core", "Support", "Vocabulary"]),
    tests("KnowledgeTests", ["Knowledge", "KnowledgeFiles", "Support", "Varlink"]),
    .testTarget(
      name: "MDRTests", dependencies: ["MDR", "Support", "Vocabulary"], exclude: ["Data"], swiftSettings: strict),
    tests("InterfaceTests", ["Interface", "Vocabulary"]),
    tests(
      "DaemonTests",
      [
        "BlueZ", "Core", "DBus", "Daemon", "EventLoop", "Interface", "KeyFiles", "Knowledge", "KnowledgeFiles", "MDR",
        "Service", "Simulator",
        "Support", "VirtualSony",
        "Varlink", "Vocabulary",
      ]),
    tests(
      "FlushTests",
      [
        "BlueZ", "DBus", "EventLoop", "Flush", "Interface", "KeyFiles", "Service", "Simulator", "Support", "Varlink",
        "Vocabulary",
      ]),
    tests(
      "SessionTests",
      ["DBus", "EventLoop", "Interface", "Service", "Session", "Simulator", "Support", "Varlink", "Vocabulary"]),
    tests(
      "BridgeTests", ["Bridge", "EventLoop", "Interface", "KeyFiles", "Support", "Varlink", "Vocabulary"]),
    tests("CommandsTests", ["Commands", "EventLoop", "Interface", "Support", "Varlink", "Vocabulary"]),
    tests("ManualTests", ["Commands", "Daemon", "Interface", "Manual", "Service", "Support", "Vocabulary"]),
    tests("SimulatorTests", ["DBus", "EventLoop", "Simulator", "Support"]),
    isFuzzing
      ? .executableTarget(
        name: "mdrctl-fuzz", dependencies: fuzzed, path: "Tests/Fuzz", exclude: ["SmokeTests.swift", "corpus", "run"],
        swiftSettings: strict)
      : .testTarget(
        name: "FuzzTests", dependencies: fuzzed, path: "Tests/Fuzz", exclude: ["Program.swift", "corpus", "run"],
        swiftSettings: strict),
    tests(
      "EndToEndTests", ["EventLoop", "Interface", "Simulator", "Support", "Varlink", "VirtualSony", "Vocabulary"]),
  ],
  swiftLanguageModes: [.v6]
)
