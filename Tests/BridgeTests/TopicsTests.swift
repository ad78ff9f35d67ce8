import Testing
import Vocabulary

@testable import Bridge

@Suite struct TopicsTests {
  @Test func `every topic and identifier carries the host and the headset`() {
    #expect(topics.discovery(of: headset) == "homeassistant/device/mdrctl_desk_ac800a2e0002/config")
    #expect(topics.state(of: headset) == "mdrctl/desk/ac800a2e0002/state")
    #expect(topics.command("connect", of: headset) == "mdrctl/desk/ac800a2e0002/set/connect")
    #expect(topics.availability == "mdrctl/desk/availability")
  }

  @Test func `what is published is understood again`() {
    #expect(topics.meaning(of: topics.state(of: headset)) == .state(headset))
    #expect(topics.meaning(of: topics.command("noise", of: headset)) == .command(headset, key: "noise"))
    #expect(topics.meaning(of: "homeassistant/status") == .birth)
  }

  @Test(
    arguments: [
      "", "/", "mdrctl", "mdrctl/desk", "mdrctl/desk/ac800a2e0002", "mdrctl/shelf/ac800a2e0002/state",
      "mdrctl/desk/AC800A2E0002/state", "mdrctl/desk/ac800a2e000/state", "mdrctl/desk/zz800a2e0002/state",
      "mdrctl/desk/ac:80:0a:2e:00:02/state", "mdrctl/desk/ac800a2e0002/set", "mdrctl/desk/ac800a2e0002/set/a/b",
      "mdrctl/desk/ac800a2e0002/get/a", "homeassistant/status/", "mdrctl/desk/ac800a2e0002/state/more",
      "mdrctl/desk/ac800a2e0002/set/" + String(repeating: "a", count: 33),
    ])
  func `nothing else is`(_ topic: String) {
    #expect(topics.meaning(of: topic) == nil)
  }
}
