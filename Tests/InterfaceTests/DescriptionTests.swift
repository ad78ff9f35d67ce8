import Foundation
import Interface
import Testing
import Vocabulary

/// The descriptions as varlink's own grammar has them; `varlinkctl validate-idl` refuses others.
@Suite struct DescriptionTests {
  /// The text without its comments.
  private func definitions(_ description: String) -> [Substring] {
    description.split(separator: "\n").map { $0.prefix { $0 != "#" } }
  }

  private func symbols(_ description: String, _ kinds: Set<Substring>) -> [Substring] {
    definitions(description).compactMap { line in
      let words = line.split { " (".contains($0) }
      return words.count > 1 && kinds.contains(words[0]) ? words[1] : nil
    }
  }

  @Test(arguments: [Control.description, Session.description, Flush.description])
  func `no type, method or error has the name of another`(description: String) {
    let all = symbols(description, ["type", "method", "error"])
    #expect(all.count > 3)
    #expect(Set(all).count == all.count, "\(Dictionary(grouping: all) { $0 }.filter { $1.count > 1 }.keys)")
  }

  @Test(arguments: [Control.description, Session.description, Flush.description])
  func `every type that a field has is defined`(description: String) {
    let defined = Set(symbols(description, ["type"]))
    for line in definitions(description) {
      for field in line.split(separator: ":").dropFirst() {
        let type = field.drop { " ?[]".contains($0) }.prefix { $0.isLetter }
        if type.first?.isUppercase == true { #expect(defined.contains(type), "\(type)") }
      }
    }
  }

  @Test(arguments: [
    (Control.description, Control.Method.allCases.map(\.rawValue)),
    (Session.description, Session.Method.allCases.map(\.rawValue)),
    (Flush.description, Flush.Method.allCases.map(\.rawValue)),
  ])
  func `the methods that are described are those that there are`(description: String, methods: [String]) {
    #expect(symbols(description, ["method"]).map(String.init).sorted() == methods.sorted())
  }

  @Test func `each method has one signature`() {
    let signed = Control.signatures.map(\.method.rawValue)
    #expect(signed.sorted() == Control.Method.allCases.map(\.rawValue).sorted())
  }

  @Test(arguments: Control.Method.allCases)
  func `a method takes and replies what its description says`(method: Control.Method) throws {
    let text = definitions(Control.description).joined(separator: "\n")
    let head = try #require(text.range(of: "\nmethod \(method.rawValue)("))
    let (parameters, rest) = Member.declared(in: text[text.index(before: head.upperBound)...])
    let (reply, _) = Member.declared(in: rest.drop { $0 != "(" })
    var types = Types(method: method)
    Control.visitSignatures(&types)
    guard let takes = types.parameters, let replies = types.reply else {
      Issue.record("\(method) has no signature")
      return
    }
    #expect(try Set(Member.read(by: takes)) == Set(parameters))
    // Methods share types of replies, of which each sends its part.
    let whole = try Set(Member.read(by: replies))
    #expect(whole.isSuperset(of: reply))
    #expect(whole.subtracting(reply).filter { !$0.isOptional }.isEmpty)
  }

  /// Python's client drops parameters that it does not know, so what only looks is a method of its own.
  @Test func `no method looks or deletes by one of its parameters`() {
    let words = symbols(Control.description.lowercased(), ["method"]).map(String.init)
    #expect(words.contains("planforget") && words.contains("planrepair"))
    #expect(!Control.description.lowercased().contains("dryrun"))
  }

  /// Types that are a set of words.
  private static let enumerations = ["HeadsetSettingName": HeadsetSettingName.allCases.map(\.rawValue)]

  @Test func `a type that is a set of words has those that there are`() throws {
    let text = definitions(Control.description).joined(separator: "\n")
    for (name, words) in Self.enumerations {
      let head = try #require(text.range(of: "\ntype \(name) ("))
      let list = text[head.upperBound...].prefix { $0 != ")" }
      #expect(list.split { ", ".contains($0) }.map(String.init) == words)
    }
  }

  @Test func `a type has the members that its description says`() throws {
    let all: [(String, [String: any Decodable.Type])] = [
      (
        Control.description,
        [
          "Adapter": Adapter.self, "Transport": Transport.self, "Device": Device.self, "Verdict": Verdict.self,
          "Layer": Layer.self, "Unfinished": Unfinished.self, "Progress": Progress.self, "Awaited": Awaited.self,
          "LadderStep": LadderStep.self, "Check": Check.self, "HistoryEvent": HistoryEvent.self,
          "Question": Question.self,
          "Proof": Proof.self, "Capture": Capture.self, "SoundCard": SoundCard.self,
          "SoundSession": SoundSession.self, "LoginStep": LoginStep.self, "Sound": Sound.self,
          "SoundCodec": SoundCodec.self, "Standing": Standing.self, "Trouble": Trouble.self, "Access": Access.self,
          "ConfigurationEntry": ConfigurationEntry.self, "ConfigurationMistake": ConfigurationMistake.self,
          "HeadsetBattery": HeadsetBattery.self, "BatteryReading": BatteryReading.self,
          "HeadsetNoise": HeadsetNoise.self, "HeadsetBand": HeadsetBand.self,
          "HeadsetEqualizer": HeadsetEqualizer.self, "HeadsetSetting": HeadsetSetting.self,
          "HeadsetReport": HeadsetReport.self, "HeadsetNoiseWish": HeadsetNoiseWish.self,
          "HeadsetEqualizerWish": HeadsetEqualizerWish.self, "SavedSetting": SavedSetting.self,
          "HeadsetHost": HeadsetHost.self,
          "BackupGap": BackupGap.self, "HeadsetBackup": HeadsetBackup.self, "KeptBackup": KeptBackup.self,
          "RestoreStep": RestoreStep.self, "DeviceWishes": DeviceWishes.self, "WishStep": WishStep.self,
        ]
      ),
      (
        Session.description,
        [
          "Server": Session.Server.self, "Profile": Session.Profile.self, "Codec": Session.Codec.self,
          "Capture": Session.Capture.self, "Card": Session.Card.self, "Order": Session.Order.self,
          "Notice": Session.Notice.self, "Program": Session.Program.self, "Holders": Session.Holders.self,
        ]
      ),
      (Flush.description, ["Layer": Flush.Layer.self]),
    ]
    for (description, types) in all {
      let names: [String] = symbols(description, ["type"]).map(String.init).filter { Self.enumerations[$0] == nil }
      #expect(names.sorted() == types.keys.sorted())
      let text = definitions(description).joined(separator: "\n")
      for (name, type) in types {
        let head = try #require(text.range(of: "\ntype \(name) ("))
        let (members, _) = Member.declared(in: text[text.index(before: head.upperBound)...])
        #expect(try Set(Member.read(by: type)) == Set(members), "\(name)")
      }
    }
  }
}

/// What a method takes and replies.
private struct Types: SignatureVisitor {
  let method: Control.Method
  var parameters: (any Decodable.Type)?
  var reply: (any Decodable.Type)?

  mutating func visit<Parameters: Codable & Sendable, Reply: Codable & Sendable>(
    _ signature: Signature<Parameters, Reply>
  ) {
    if signature.method == method { (parameters, reply) = (Parameters.self, Reply.self) }
  }
}
