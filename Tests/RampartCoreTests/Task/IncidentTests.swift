import Testing

@testable import RampartCore

/// Incidents: what opens them, what they say, and when they close (R25).
@Suite struct IncidentTests {
    /// `flood` fires from three clicks of a device on, `storm` from five at the merchant; both close a minute after.
    private static func fixture(
        quiet: Int64 = 100, escalation: Incident.Escalation? = nil, mode: Stage.Mode = .live
    ) -> TaskFixture {
        var fixture = TaskFixture()
        var storm = fixture.pipeline.window
        storm.key = [.merchantID]
        storm.alert.severity = .high
        storm.credit = nil
        fixture.pipeline.others = [
            Stage(
                name: "storm", inputs: [.source(0)], thresholds: [Threshold(name: "min_clicks", value: .integer(5))],
                kind: .window(storm), mode: mode),
            Stage(
                name: "siege", inputs: [.stage(0), .stage(1)], thresholds: [],
                kind: .incident(Incident(quiet: .seconds(quiet), escalation: escalation))),
        ]
        return fixture
    }

    /// A task that has read three clicks at 1 s: `flood` opens at 10 s, fires until 60 s and closes at 120 s.
    private static func start(_ fixture: TaskFixture = fixture()) -> TaskState {
        var task = fixture.start()
        _ = task.read(TaskFixture.clicks("a", "b", "c", at: 1), of: 0)
        return task
    }

    /// `state@pane end severity: stage alerts/open…; at stake, posted, held` of each row.
    private static func words(_ rows: Outputs) -> [String] {
        rows.incidents.map { row in
            let members = row.members.map { "\($0.stage) \($0.alerts)/\($0.open)" }.joined(separator: " ")
            let money = row.money.map { "; \($0.atStake) \($0.posted) \($0.held)" }.joined()
            return
                "\(row.state.rawValue)@\(row.paneEnd.milliseconds / 1000) \(row.severity.rawValue): \(members)\(money)"
        }
    }

    @Test func opensGrowsAndCloses() {
        var task = Self.start()
        _ = task.read(TaskFixture.clicks("d", "e", at: 15), of: 0)
        let rows = task.flush()
        #expect(
            Self.words(rows) == [
                "open@10 medium: flood 1/1; 45 0 0", "open@20 high: flood 1/1 storm 1/1; 75 45 0",
                "closed@220 high: flood 1/0 storm 1/0; 75 75 0",
            ])
        #expect(rows.incidents.map(\.revision) == [1, 2, 3] && Set(rows.incidents.map(\.id)).count == 1)
        let id = Identifier.make([
            Array("incident".utf8), Array("test".utf8), Array("siege".utf8), KeyBytes.encode(["m1"]),
            Array("10000".utf8),
        ])
        #expect(rows.incidents[0].id == id)
        #expect(rows.incidents.map(\.quietSince) == [nil, nil, TestPipeline.time(120)])
        #expect(rows.incidents[2].timeline.map(\.opened) == [10, 20].map { TestPipeline.time($0) })
        #expect(rows.incidents[2].timeline.map(\.closed) == [120, 120].map { TestPipeline.time($0) })
        #expect(rows.incidents[2].timeline.map(\.alertID) == rows.alerts.filter { $0.revision == 1 }.map(\.id))
    }

    /// An alert that opens when the incident would close continues it; one that opens a pane later opens another.
    @Test(arguments: [(215, 1), (225, 2)]) func quietIsInclusive(second: Int64, incidents: Int) {
        var task = Self.start()
        _ = task.read(TaskFixture.clicks("d", "e", "f", at: second), of: 0)
        let rows = task.flush().incidents
        #expect(Set(rows.map(\.id)).count == incidents)
        #expect(
            rows.filter { $0.state == .closed }.map(\.paneEnd).first == TestPipeline.time(incidents == 1 ? 430 : 220))
        #expect(rows.last?.members.map(\.alerts) == [incidents == 1 ? 2 : 1])
    }

    /// The row at a pane end is written before its lines are, which may be held.
    @Test func creditedIsToldAtTheNextPane() {
        var fixture = Self.fixture()
        fixture.pipeline.ledger.caps[Currency("GBP")!] = MajorAmount(units: 30, scale: 2)
        var task = Self.start(fixture)
        #expect(
            Self.words(task.flush()) == [
                "open@10 medium: flood 1/1; 45 0 0", "open@20 medium: flood 1/1; 45 30 15",
                "closed@220 medium: flood 1/0; 45 30 15",
            ])
    }

    @Test func alertsAreTakenAgainAtDoublesOnly() {
        var pipeline = Self.fixture().pipeline
        pipeline.window.credit = nil
        pipeline.others[0].thresholds[0].value = .integer(1000)
        let clicks = (1...20).flatMap { device in
            ["a", "b", "c"].map {
                TestPipeline.Click(id: "\($0)\(device)", time: Int64(device * 10), device: "d\(device)")
            }
        }
        let rows = pipeline.run(clicks).rows.incidents.filter { $0.state == .open }
        #expect(rows.map { $0.members[0].alerts } == [1, 2, 4, 8, 16])
        #expect(rows.map { $0.timeline.count { $0.stage == "flood" } } == [1, 2, 4, 5, 5])
    }

    @Test func merchantsAreApart() {
        let clicks = ["m1", "m2"].flatMap { merchant in
            ["a", "b", "c"].map { TestPipeline.Click(id: merchant + $0, time: 1, merchant: merchant) }
        }
        let rows = Self.fixture().pipeline.run(clicks).rows.incidents
        #expect(rows.filter { $0.revision == 1 }.map(\.merchantID) == ["m1", "m2"])
        #expect(Set(rows.map(\.id)).count == 2)
    }

    @Test func twoStagesEscalate() {
        var task = Self.start(Self.fixture(escalation: Incident.Escalation(stages: 2, severity: .critical)))
        _ = task.read(TaskFixture.clicks("d", "e", at: 15), of: 0)
        #expect(task.flush().incidents.map(\.severity) == [.medium, .critical, .critical])
    }

    /// A reload looks at the incidents that are open, and a severity that was reached stays.
    @Test func aReloadEscalatesWhatIsOpenAndNothingFalls() {
        var task = Self.start()
        _ = task.read(TaskFixture.clicks("d", "e", at: 15), of: 0)
        let escalated = Self.fixture(escalation: Incident.Escalation(stages: 2, severity: .critical)).topology
        task.schedule(escalated, from: TestPipeline.time(50))
        task.schedule(Self.fixture().topology, from: TestPipeline.time(80))
        let rows = task.flush().incidents
        #expect(
            rows.map { "\($0.severity.rawValue)@\($0.paneEnd.milliseconds / 1000)" } == [
                "medium@10", "high@20", "critical@50", "critical@220",
            ])
    }

    /// 120 s + `quiet`, or the pane end of the reload where that is later.
    @Test(arguments: [(20, 200), (80, 200), (90, 210), (300, 420)])
    func shorterQuietClosesAtItsPane(quiet: Int64, closes: Int64) {
        var task = Self.start()
        task.schedule(Self.fixture(quiet: quiet).topology, from: TestPipeline.time(200))
        let rows = task.flush().incidents
        #expect(rows.last?.state == .closed && rows.last?.paneEnd == TestPipeline.time(closes))
        #expect(rows.count { $0.state == .closed } == 1)
    }

    /// A time of quiet that is no whole number of panes ends with the pane that it ends in.
    @Test func quietEndsWithAPane() {
        var task = Self.start(Self.fixture(quiet: 101))
        #expect(task.flush().incidents.last?.paneEnd == TestPipeline.time(230))
    }

    /// Its alert closes at the pane end at which it goes into shadow, and what it finds then is nobody's business.
    @Test func aStageInShadowLeavesItsIncident() {
        var task = Self.start()
        var topology = Self.fixture().topology
        topology.stages[0].mode = .shadow
        task.schedule(topology, from: TestPipeline.time(25))
        let rows = task.flush()
        #expect(!rows.shadow.isEmpty)
        #expect(
            Self.words(rows) == [
                "open@10 medium: flood 1/1; 45 0 0", "open@20 medium: flood 1/1; 45 45 0",
                "closed@130 medium: flood 1/0; 45 45 0",
            ])
        var hidden = Self.start(Self.fixture(mode: .shadow))
        _ = hidden.read(TaskFixture.clicks("d", "e", at: 15), of: 0)
        #expect(hidden.flush().incidents.allSatisfy { $0.members.map(\.stage) == ["flood"] })
    }

    // MARK: - Restarts

    /// What another graph said is read back into a task over the same clicks.
    private static func restart(
        from old: TaskFixture, to new: TaskFixture, at second: Int64 = 30
    ) throws -> TaskState {
        var before = start(old)
        before.promise(TestPipeline.time(second), of: 0)
        _ = before.advance()
        var after = start(new)
        after.isRebuilding = true
        after.promise(TestPipeline.time(second), of: 0)
        _ = after.advance()
        try after.restorePromises(before.takeChanges())
        after.isRebuilding = false
        return after
    }

    @Test func aRestartGoesOnWithWhatIsOpen() throws {
        var task = try Self.restart(from: Self.fixture(), to: Self.fixture())
        #expect(Self.words(task.flush()) == ["closed@220 medium: flood 1/0; 45 45 0"])
    }

    /// What the ledger made at the last pane end before a restart is told at the first one after it.
    @Test func aRestartTellsWhatIsStillToBeTold() throws {
        var task = try Self.restart(from: Self.fixture(), to: Self.fixture(), at: 10)
        #expect(
            Self.words(task.flush()) == [
                "open@20 medium: flood 1/1; 45 45 0", "closed@220 medium: flood 1/0; 45 45 0",
            ])
    }

    /// An alert from before the stage was there is no part of its incidents.
    @Test func anAlertOlderThanTheStageIsNoPart() throws {
        var task = try Self.restart(from: TaskFixture(), to: Self.fixture())
        let rows = task.flush()
        #expect(rows.alerts.map(\.state) == [.closed] && rows.incidents.isEmpty)
    }

    @Test func anIncidentWhoseStageIsGoneIsForgotten() throws {
        var task = try Self.restart(from: Self.fixture(), to: TaskFixture())
        let forgotten = task.takeChanges().filter { $0.value == nil }
        #expect(
            try forgotten.contains {
                try PromiseKey.read($0.key, groups: KeyGroup.count).key == .incident(stage: "siege", merchantID: "m1")
            })
        #expect(task.flush().incidents.isEmpty)
    }

    /// Without the stage of its only alert an incident has nothing that could end it, and is quiet from the restart on.
    @Test func anIncidentWhoseAlertsAreGoneCloses() throws {
        var other = Self.fixture()
        other.pipeline.others[1].inputs = [.stage(1)]
        var task = try Self.restart(from: Self.fixture(), to: other)
        let rows = task.flush().incidents
        #expect(rows.map(\.state) == [.closed] && rows.map(\.paneEnd) == [TestPipeline.time(130)])
    }
}
