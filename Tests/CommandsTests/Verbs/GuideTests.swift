import EventLoop
import Foundation
import Interface
import Support
import Testing
import Varlink
import Vocabulary

@testable import Commands

/// `mdrctl guide`, with what it knows by itself and with files that a test adds.
@Suite struct GuideTests {
  private func guide(_ words: String..., models: String = "/nonexistent") throws -> Run {
    try mdrctl(["guide"] + words, in: Terminal(variables: ["MDRCTL_MODELS": models]))
  }

  /// With a daemon that shows this device.
  private func guide(_ words: String..., device: Device) async throws -> (Run, [FakeDaemon.Event]) {
    let daemon = FakeDaemon([.show: try .replies(Control.DeviceReply(device: device))])
    let run = try await daemon.serve {
      try mdrctl(["guide"] + words, socket: $0, in: Terminal(variables: ["MDRCTL_MODELS": "/nonexistent"]))
    }
    return (run, daemon.events)
  }

  // MARK: Text

  @Test func `first it says what is erased and kept, then the steps, each hold at least so long`() throws {
    let run = try guide("initialize", "WH-1000XM3")
    #expect(run.code == 0)
    #expect(
      run.output == """
        WH-1000XM3

        Initialize (factory settings)
          Erases: the list of paired devices and its settings.
          Keeps: nothing.
          1. Switch it off.
          2. Unplug its USB cable.
          3. Hold POWER and NC/AMBIENT together for at least 7 seconds.
          Its light then: blue, 4 blinks.
          This computer's pairing with it is of no use any more. Put it into pairing mode, then run: mdrctl repair DEVICE
          Confidence: high.
          Not known: what its voice says, the maker's own words.
        The maker's page: https://helpguide.sony.net/mdr/wh1000xm3/v1/en/ (an address that was not checked)

        """)
    #expect(run.errors.isEmpty)
  }

  @Test func `what is less sure has a warning before its steps`() throws {
    let output = try guide("initialize", "wh-1000xm4").output
    let warning = try #require(output.firstRange(of: "Not proven"))
    let step = try #require(output.firstRange(of: "1. Switch it off."))
    let erased = try #require(output.firstRange(of: "Erases: the list of paired devices and its settings."))
    #expect(erased.lowerBound < warning.lowerBound && warning.lowerBound < step.lowerBound)
    #expect(output.contains("Hold POWER and CUSTOM together for at least 10 seconds."))
  }

  @Test(arguments: [
    ("reset", "WH-1000XM4"), ("initialize", "WH-XB900N"), ("initialize", "MDR-XB950N1"), ("pair", "WF-1000XM4"),
    ("initialize", "LinkBuds S"), ("reset", "speaker"),
  ])
  func `what is not sure enough is a page and no step`(procedure: String, model: String) throws {
    let run = try guide(procedure, model)
    #expect(run.code == 0)
    #expect(run.output.contains("The steps are not sure enough to be shown. See "))
    #expect(!run.output.contains("1. "))
    #expect(!run.output.contains("Hold "))
    #expect(!run.output.contains("CUSTOM"))
    let steps = try JSONValue(parsing: guide(procedure, model, "--json").output.utf8).members?["procedures"]
    #expect(steps?.text.contains(#""steps""#) == false)
  }

  @Test func `every procedure of a model is shown when none is named, also what only its form has`() throws {
    let output = try guide("WH-1000XM4").output
    for title in ["Pairing mode", "Reset (", "Initialize (", "Power off"] { #expect(output.contains(title)) }
    #expect(output.contains("Not known of this model; this is about any headset of its form."))
    #expect(output.contains(#"Not known: "power-off" of this model."#))
  }

  @Test func `a wired headphone has nothing to show`() throws {
    let run = try guide("reset", "MDR-1AM2")
    #expect(run.code == 0)
    #expect(run.output.contains("It is a wired headphone"))
    #expect(!run.output.contains("PLAY"))
    #expect(try guide("MDR-1AM2", "--why").output.contains("rejected: wired headphone"))
  }

  // MARK: Sources

  @Test func `what guides on the web claim is shown with its verdict, and only when it is asked for`() throws {
    let claim = "POWER+NC/AMBIENT 7 s = pairing list only"
    let run = try guide("initialize", "WH-1000XM5", "--why")
    #expect(run.output.contains(claim))
    #expect(run.output.contains("rejected: harmful, these keys erase everything"))
    #expect(run.output.contains("(seed, sonusgearflow.com)"))
    #expect(try !guide("initialize", "WH-1000XM5").output.contains("sonusgearflow"))
    #expect(try !guide("initialize", "WH-1000XM5", "--json").output.contains("sonusgearflow"))
    #expect(try guide("initialize", "WH-1000XM5", "--json", "--why").output.contains(claim))
  }

  // MARK: JSON

  @Test func `in JSON the procedure has the same order of trust`() throws {
    let objects = try guide("pair", "WH-1000XM4", "--json").objects()
    #expect(
      objects == [
        #"{"form":"over-ear","generic":false,"model":"WH-1000XM4","page":{"checked":false,"#
          + #""url":"https://helpguide.sony.net/mdr/wh1000xm4/v1/en/"},"procedures":[{"confidence":"high","#
          + #""destructive":false,"erases":[],"generic":false,"keeps":["pairing_list","all_settings"],"#
          + #""light":"blue, repeated double blink","next":"Run: mdrctl pair","procedure":"pair","show":"steps","#
          + #""steps":[{"text":"Switch it off."},{"atLeastSeconds":7.0,"keys":["power"],"#
          + #""text":"Hold POWER for at least 7 seconds."}],"unknown":["the maker's own words"],"voice":"Bluetooth pairing","#
          + #""windowSeconds":300.0}],"recognizedBy":"name","unknown":[]}"#
      ])
  }

  // MARK: Whom it is about

  @Test func `a device is recognised by its product id before its name`() async throws {
    var device = Samples.headset
    (device.name, device.alias) = ("WH-1000XM3", "Desk\u{1B}")
    let (run, calls) = try await guide("pair", "desk", device: device)
    #expect(run.output.hasPrefix("Desk\u{FFFD} (AC:80:0A:11:22:33) is a WH-1000XM4, by its product id.\n"))
    #expect(calls == [.call(Control.show, Control.DeviceParameters(device: "desk"))])
  }

  @Test func `without a word it is the device that the daemon means, and its address goes into what follows`()
    async throws
  {
    let (run, calls) = try await guide("initialize", device: Samples.headset)
    // What it holds is saved first, and the guide comes though this daemon cannot.
    #expect(
      calls == [
        .call(Control.show, Control.DeviceParameters()),
        .call(Control.backup, Control.BackupParameters(device: "AC:80:0A:11:22:33", adapter: "hci0", occasion: .guide)),
      ])
    #expect(run.output.contains("then run: mdrctl repair AC:80:0A:11:22:33 --adapter hci0\n"))
  }

  @Test func `a model's name means the headset of this computer that has it`() async throws {
    let (run, calls) = try await guide("initialize", "WH-1000XM4", device: Samples.headset)
    #expect(calls.map(\.method) == [.show, .backup])
    #expect(run.output.contains("then run: mdrctl repair AC:80:0A:11:22:33 --adapter hci0\n"))
    // Of another model, or not paired, it is the model alone.
    var stranger = Samples.headset
    stranger.bonded = false
    #expect(try await guide("initialize", "WH-1000XM4", device: stranger).1.map(\.method) == [.show])
    #expect(try await guide("initialize", "WH-1000XM3", device: Samples.headset).1.map(\.method) == [.show])
  }

  @Test func `what has no entry gets that of its form, with what the hardware database says`() async throws {
    var device = Samples.stranger
    (device.name, device.modalias) = ("WH-CH700N", "usb:v054Cp0C7Fd0100")
    (device.manufacturer, device.model) = ("Sony", "WH-CH700N [Wireless]")
    let (run, _) = try await guide("pair", "ch700", device: device)
    #expect(
      run.output.hasPrefix(
        """
        Buds (11:22:33:44:55:66), by its product id WH-CH700N [Wireless] of Sony, has no entry of its own.
        This is about any over-ear headset.

        """))
    #expect(run.output.contains("Not proven: little is known of this model"))
    let (unknown, _) = try await guide("pair", "buds", device: Samples.stranger)
    #expect(
      unknown.output.hasPrefix("Buds (11:22:33:44:55:66) has no entry of its own; its form is not known either.\n"))
  }

  @Test func `a model is known without a daemon`() throws {
    #expect(try guide("pair", "WH-1000XM4").code == 0)
    #expect(try guide("pair", "xb900").output.hasPrefix("WH-XB900N\n"))
    #expect(try guide("pair", "LE_WH-1000XM4").output.hasPrefix("WH-1000XM4\n"))
    #expect(try guide("pair", "WH-CH720N").output.hasPrefix("WH-CH720N has no entry of its own.\n"))
    let run = try guide("pair")
    #expect(run.code == ExitCode.noDaemon.rawValue)
    #expect(run.errors.contains("mdrctl guide --list"))
  }

  @Test func `an unknown model is refused with the nearest names and where the generic ones are`() throws {
    let run = try guide("pair", "WG-1000XM6")
    #expect(run.code == ExitCode.notFound.rawValue)
    #expect(
      run.errors == """
        mdrctl: No headset and no model is called "WG-1000XM6".
          Did you mean "WH-1000XM2" or "WH-1000XM3" or "WH-1000XM4"? For one without an entry name its form: mdrctl guide pair over-ear

        """)
    #expect(try guide("resett").errors.contains(#"Did you mean "reset""#))
    let several = try guide("pair", "XM4")
    #expect(several.code == ExitCode.usage.rawValue)
    #expect(several.errors.contains("WF-1000XM4"))
    #expect(try guide("initialise", "WH-1000XM4").code == ExitCode.usage.rawValue)
  }

  @Test func `two devices of that name are told as by the daemon`() async throws {
    let error = Control.ErrorParameters(message: "Several.", candidates: ["A", "B"])
    let daemon = FakeDaemon([.show: .error(.ambiguousDevice, error)])
    let run = try await daemon.serve { try mdrctl(["guide", "pair", "xm"], socket: $0) }
    #expect(run.code == ExitCode.usage.rawValue)
    #expect(run.errors.contains("Several."))
  }

  // MARK: The list, and files

  private func directory(_ files: [String: String]) throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    for (name, text) in files { try Data(text.utf8).write(to: URL(filePath: "\(directory.path)/\(name)")) }
    return directory
  }

  private static let mine = """
    {"schema": 1, "model": "Mine", "form": "neckband", "bluetooth": true, "match": {"names": ["Mine"]},
     "controls": {"keys": ["power"]},
     "procedures": []}
    """
  private static let broken = mine.replacing("neckband", with: "hat\\u001b")

  @Test func `the list has every model with how sure its procedures are`() throws {
    let run = try guide("--list")
    #expect(run.code == 0)
    let lines = run.output.split(separator: "\n")
    #expect(lines.first == "MODEL                      FORM      PAIR    RESET  INITIALIZE  POWER-OFF")
    #expect(lines.contains("WH-1000XM4                 over-ear  high    low    medium      -"))
    #expect(lines.contains("MDR-1AM2                   wired     -       -      -           -"))
    #expect(lines.contains("earbuds with a case (any)  earbuds   low     low    none        low"))
    #expect(try guide("--list", "--why").code == ExitCode.usage.rawValue)
    #expect(try guide("pair", "--list").code == ExitCode.usage.rawValue)
  }

  @Test func `a file adds a model, a broken one is told with file, line and rule and changes nothing else`() throws {
    let files = try directory(["a.json": Self.mine, "b.json": Self.broken])
    let list = try guide("--list", models: files.path)
    #expect(list.code == 0)
    #expect(list.output.contains("Mine "))
    #expect(list.output.contains("\(files.path)/a.json\n"))
    #expect(list.output.contains("\nNot used:\n  \(files.path)/b.json:1: schema: form: "))
    let object = try #require(try guide("--list", "--json", models: files.path).objects().first)
    #expect(object.contains(#""refused":[{"file":"\#(files.path)/b.json","line":1,"#))
    let run = try guide("pair", "WH-1000XM4", models: files.path)
    #expect(run.code == 0)
    #expect(run.errors == "mdrctl: warning: not every file of models is used; run: mdrctl guide --list\n")
    #expect(try guide("pair", "WH-1000XM4", "--quiet", models: files.path).errors.isEmpty)
    #expect(try guide("power-off", "mine", models: files.path).output.contains("Not known of this model"))
  }
}
