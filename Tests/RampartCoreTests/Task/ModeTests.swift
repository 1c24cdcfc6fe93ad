import Testing

@testable import RampartCore

/// Stages in shadow, and what a reload that changes a mode does to what is open.
@Suite struct ModeTests {
    private static func topology(_ mode: Stage.Mode) -> Topology {
        var topology = TaskFixture().topology
        topology.stages[0].mode = mode
        return topology
    }

    /// A task whose stage is in a mode from the beginning; three clicks at 1 s fire at the pane ends from 10 s to 60 s.
    private static func start(_ mode: Stage.Mode) -> TaskState {
        var task = TaskState(
            topology: topology(mode), partitions: [.source(0)], bounds: Intake.Bounds(), hashSeed: 7)
        _ = task.read(TaskFixture.clicks("a", "b", "c", at: 1), of: 0)
        return task
    }

    /// `charge@pane end in seconds` of the lines.
    private static func lines(_ rows: Outputs) -> [String] {
        rows.lines.map { "\($0.chargeID)@\($0.paneEnd.milliseconds / 1000)" }
    }

    /// `state@pane end` of alerts, with the end of the window that a closing revision reports.
    private static func words(_ alerts: [Alert]) -> [String] {
        alerts.map { alert in
            let place = "\(alert.state.rawValue)@\(alert.paneEnd.milliseconds / 1000)"
            return alert.state == .open ? place : "\(place) to \(alert.windowEnd.milliseconds / 1000)"
        }
    }

    private static func alertID(openedAt seconds: Int64) -> String {
        Identifier.alert(
            family: "test", stage: "flood", keyBytes: KeyBytes.encode(["m1", "a1", "d1"]),
            opened: TestPipeline.time(seconds))
    }

    @Test func shadowSaysTheSameElsewhereAndClaimsNothing() {
        var live = Self.start(.live)
        var shadow = Self.start(.shadow)
        let said = live.flush()
        let hidden = shadow.flush()
        #expect(Self.words(said.alerts) == ["open@10", "closed@120 to 60"] && said.shadow.isEmpty)
        #expect(Self.lines(said) == ["a@10", "b@10", "c@10"])
        #expect(hidden.alerts.isEmpty && hidden.lines.isEmpty && hidden.credits.isEmpty)
        #expect(hidden.shadow.map(\.mode) == [.shadow, .shadow])
        #expect(hidden.shadow.map(\.id) == said.alerts.map(\.id))
        #expect(Self.words(hidden.shadow) == Self.words(said.alerts))
        #expect(live.counters.stages == shadow.counters.stages && shadow.counters.claims == 0)
    }

    @Test func anAlertClosesInTheModeInWhichItOpened() {
        var task = Self.start(.live)
        task.schedule(Self.topology(.shadow), from: TestPipeline.time(25))
        _ = task.read(TaskFixture.clicks("d", at: 35), of: 0)
        task.schedule(Self.topology(.live), from: TestPipeline.time(55))
        let rows = task.flush()
        #expect(Self.words(rows.alerts) == ["open@10", "closed@30 to 20", "open@60", "closed@120 to 60"])
        #expect(rows.alerts.map(\.revision) == [1, 2, 1, 2] && rows.alerts.allSatisfy { $0.mode == .live })
        #expect(rows.alerts.map(\.id) == [10, 10, 60, 60].map { Self.alertID(openedAt: $0) })
        #expect(Self.words(rows.shadow) == ["open@30", "closed@60 to 50"])
        #expect(rows.shadow.map(\.id) == [30, 30].map { Self.alertID(openedAt: $0) })
        #expect(Self.lines(rows) == ["a@10", "b@10", "c@10", "d@60"])
    }

    /// The key fires no more from 70 s on, and the alert closes a minute after its last finding.
    @Test func anAlertThatRestsClosesInItsOwnMode() {
        var task = Self.start(.live)
        task.schedule(Self.topology(.shadow), from: TestPipeline.time(80))
        let rows = task.flush()
        #expect(Self.words(rows.alerts) == ["open@10", "closed@120 to 60"])
        #expect(rows.shadow.isEmpty)
    }

    /// An alert of the other mode that rests ends when its key fires again before it has closed.
    @Test func aKeyThatFiresAgainOpensInTheModeInForce() {
        var task = Self.start(.live)
        task.schedule(Self.topology(.shadow), from: TestPipeline.time(80))
        _ = task.read(TaskFixture.clicks("d", "e", "f", at: 95), of: 0)
        let rows = task.flush()
        #expect(Self.words(rows.alerts) == ["open@10", "closed@100 to 60"])
        #expect(Self.words(rows.shadow) == ["open@100", "closed@210 to 150"])
    }

    @Test func aStageThatGoesLiveClaimsItsWindow() {
        var task = Self.start(.shadow)
        task.schedule(Self.topology(.live), from: TestPipeline.time(30))
        let rows = task.flush()
        #expect(Self.words(rows.shadow) == ["open@10", "closed@30 to 20"])
        #expect(Self.words(rows.alerts) == ["open@30", "closed@120 to 60"])
        #expect(Self.lines(rows) == ["a@30", "b@30", "c@30"])
    }

    @Test func shadowLeavesNoFiredInterval() {
        var task = Self.start(.shadow)
        task.schedule(Self.topology(.live), from: TestPipeline.time(80))
        _ = task.read(TaskFixture.clicks("d", at: 85), of: 0)
        #expect(task.read(TaskFixture.clicks("late", at: 5), of: 0).lateEvents.count == 1)
        #expect(task.flush().lines.isEmpty)
    }

    /// The interval of a live run claims nothing while its stage is in shadow, and does again afterwards.
    @Test func aFiredIntervalWaitsUntilItsStageIsLiveAgain() {
        var task = Self.start(.live)
        task.schedule(Self.topology(.shadow), from: TestPipeline.time(80))
        task.schedule(Self.topology(.live), from: TestPipeline.time(100))
        _ = task.read(TaskFixture.clicks("d", at: 85), of: 0)
        _ = task.read(TaskFixture.clicks("early", at: 5), of: 0)
        _ = task.read(TaskFixture.clicks("e", at: 105), of: 0)
        _ = task.read(TaskFixture.clicks("late", at: 5), of: 0)
        let rows = task.flush()
        #expect(Self.lines(rows) == ["a@10", "b@10", "c@10", "late@110"])
        #expect(rows.lines.last?.alertID == Self.alertID(openedAt: 10))
    }

    /// A crash between the change of the mode and the next evaluation must not forget in which mode an alert opened.
    @Test func anOpenAlertKeepsItsModeThroughARecovery() throws {
        func coarse(_ mode: Stage.Mode) -> Topology {
            var topology = Self.topology(mode)
            topology.basePane = .seconds(5)
            return topology
        }
        var task = TaskState(
            topology: coarse(.shadow), partitions: [.source(0)], bounds: Intake.Bounds(), hashSeed: 7)
        _ = task.read(TaskFixture.clicks("a", "b", "c", at: 1), of: 0)
        task.schedule(coarse(.live), from: TestPipeline.time(15))
        task.promise(TestPipeline.time(15), of: 0)
        #expect(Self.words(task.advance().shadow) == ["open@10"])
        var restored = try TaskState(
            topology: coarse(.live), partitions: [.source(0)], bounds: Intake.Bounds(), snapshot: task.snapshot())
        try restored.restorePromises(task.takeChanges())
        for rows in [task.flush(), restored.flush()] {
            #expect(Self.words(rows.shadow) == ["closed@20 to 10"])
            #expect(Self.words(rows.alerts) == ["open@20", "closed@120 to 60"])
            #expect(Self.lines(rows) == ["a@20", "b@20", "c@20"])
        }
    }
}
