import Knowledge
import KnowledgeFiles
import Testing

/// What the programs carry.
@Suite struct OwnKnowledgeTests {
  private let own = Catalogue.own

  @Test func `it keeps its own rules`() {
    #expect(own.faults.isEmpty, "\(own.faults)")
    #expect(!own.models.isEmpty)
  }

  @Test func `it knows the models that were looked into, and every form of those that were not`() {
    let models = own.models.filter { !$0.isGeneric }.map(\.name)
    #expect(
      models == [
        "MDR-1000X", "WH-1000XM2", "MDR-XB950N1", "WH-XB900N", "MDR-1AM2", "MDR-ZX770BN", "WH-1000XM3", "WH-1000XM4",
        "WH-1000XM5", "WF-1000XM4", "WF-1000XM5", "LinkBuds S",
      ])
    for form in Model.Form.allCases where form != .wired {
      let generic = own.generic(form)
      #expect(generic?.procedures.count == Procedure.Kind.allCases.count, "\(form)")
    }
  }

  /// As it was researched: the confidence and what is shown.
  private static let research: [(String, Procedure.Kind, Procedure.Confidence, Procedure.Show, [String], Double?)] = [
    ("MDR-1000X", .pairingMode, .medium, .stepsWithWarning, ["power"], 7),
    ("MDR-1000X", .reset, .low, .linkOnly, [], nil),
    ("MDR-1000X", .initialize, .medium, .stepsWithWarning, ["power", "nc"], 7),
    ("WH-1000XM2", .pairingMode, .medium, .stepsWithWarning, ["power"], 7),
    ("WH-1000XM2", .reset, .low, .linkOnly, ["power", "nc_ambient"], 0),
    ("WH-1000XM2", .initialize, .medium, .stepsWithWarning, ["power", "nc_ambient"], 7),
    ("MDR-XB950N1", .pairingMode, .low, .stepsWithWarning, ["power"], 7),
    ("MDR-XB950N1", .initialize, .none, .linkOnly, [], nil),
    ("WH-XB900N", .pairingMode, .low, .stepsWithWarning, ["power"], 7),
    ("WH-XB900N", .initialize, .low, .linkOnly, ["power", "custom"], 7),
    ("MDR-ZX770BN", .pairingMode, .low, .stepsWithWarning, ["power"], 7),
    ("MDR-ZX770BN", .initialize, .none, .linkOnly, [], nil),
    ("WH-1000XM3", .pairingMode, .high, .steps, ["power"], 7),
    ("WH-1000XM3", .reset, .low, .linkOnly, ["power", "nc_ambient"], 0),
    ("WH-1000XM3", .initialize, .high, .steps, ["power", "nc_ambient"], 7),
    ("WH-1000XM4", .pairingMode, .high, .steps, ["power"], 7),
    ("WH-1000XM4", .reset, .low, .linkOnly, ["power", "custom"], 0),
    ("WH-1000XM4", .initialize, .medium, .stepsWithWarning, ["power", "custom"], 10),
    ("WH-1000XM5", .pairingMode, .medium, .stepsWithWarning, ["power"], 5),
    ("WH-1000XM5", .reset, .low, .linkOnly, ["power", "nc_amb"], 0),
    ("WH-1000XM5", .initialize, .medium, .stepsWithWarning, ["power", "nc_amb"], 10),
    ("WF-1000XM4", .pairingMode, .low, .linkOnly, [], nil),
    ("WF-1000XM4", .reset, .low, .linkOnly, [], nil),
    ("WF-1000XM4", .initialize, .low, .linkOnly, [], nil),
    ("WF-1000XM5", .pairingMode, .low, .linkOnly, [], nil),
    ("WF-1000XM5", .reset, .low, .linkOnly, [], nil),
    ("WF-1000XM5", .initialize, .none, .linkOnly, [], nil),
    ("LinkBuds S", .pairingMode, .low, .linkOnly, [], nil),
    ("LinkBuds S", .reset, .low, .linkOnly, [], nil),
    ("LinkBuds S", .initialize, .none, .linkOnly, [], nil),
    ("LinkBuds S", .powerOff, .high, .steps, [], nil),
  ]

  @Test(arguments: research)
  func `every procedure is as sure as its sources`(
    name: String, kind: Procedure.Kind, confidence: Procedure.Confidence, show: Procedure.Show, keys: [String],
    least: Double?
  ) throws {
    let procedure = try #require(own.model(called: name)?.0.procedure(kind))
    #expect(procedure.confidence == confidence)
    #expect(procedure.show == show)
    #expect(procedure.steps.flatMap(\.keys) == keys)
    #expect(procedure.steps.first?.least == least)
  }

  @Test func `there are no other procedures, and none for the wired model`() {
    let models = own.models.filter { !$0.isGeneric }
    #expect(models.reduce(0) { $0 + $1.procedures.count } == Self.research.count)
    #expect(own.model(called: "MDR-1AM2")?.0.form == .wired)
    #expect(own.model(called: "MDR-1AM2")?.0.rejected.map(\.verdict) == [.rejected])
  }

  @Test func `initialising erases everything, and nothing else erases anything`() {
    for procedure in own.models.flatMap(\.procedures) {
      let erased = procedure.kind == .initialize ? Procedure.Holding.allCases : []
      #expect(procedure.erases == erased)
      #expect(procedure.steps.allSatisfy { $0.most == nil })
    }
  }

  @Test func `the guides are witnesses of one family, and no claim of theirs is taken for true`() {
    let evidence = own.models.flatMap { $0.rejected + $0.procedures.flatMap(\.evidence) }
    let claims = evidence.filter { $0.kind == .seed }
    #expect(claims.count > 20)
    #expect(Set(claims.map(\.family)) == ["sonusgearflow.com"])
    #expect(Set(claims.map(\.source)).count == 3)
    for claim in claims {
      #expect([.rejected, .partly, .unverifiable].contains(claim.verdict), "\(claim)")
      #expect(claim.verdict == .unverifiable || claim.reason != nil, "\(claim)")
    }
  }

  @Test func `each entry says what is not known of it`() {
    #expect(own.model(called: "MDR-XB950N1")?.0.unknown == ["its product id"])
    for model in own.models where model.form != .wired {
      for procedure in model.procedures where procedure.show < .steps {
        #expect(!procedure.unknown.isEmpty, "\(model.name) \(procedure.kind)")
      }
    }
    let reset = own.model(called: "MDR-1000X")?.0.procedure(.reset)
    #expect(
      reset?.unknown == [
        "which two keys are meant", "what its light shows", "what its voice says", "whether it keeps its settings",
        "the maker's own words",
      ])
  }
}
