import Testing

@testable import RampartCore

/// What the daemon asks of a task beside reading: promises, settings that change, and people's decisions.
@Suite struct TaskStateTests {
    private static func command(
        _ id: String, _ action: LedgerCommand.Action, _ creditID: String
    ) -> LedgerCommand { LedgerCommand(id: id, action: action, creditID: creditID, who: "ann", why: "asked") }

    // MARK: - Watermarks

    @Test func aPromiseMovesTheWatermarkAndMakesLate() {
        var task = TaskFixture().start()
        task.promise(TestPipeline.time(50), of: 0)
        #expect(task.watermark == TestPipeline.time(50) && task.watermark(of: 0) == TestPipeline.time(50))
        let setAside = task.read(TaskFixture.clicks("a", at: 49), of: 0)
        #expect(setAside.lateEvents.map(\.watermark) == [TestPipeline.time(50)])
        #expect(task.read(TaskFixture.clicks("b", at: 50), of: 0).lateEvents.isEmpty)
        task.promise(TestPipeline.time(10), of: 0)
        #expect(task.watermark == TestPipeline.time(50))
        task.promise(.distantFuture, of: 0)
        #expect(task.watermark == .year2100)
    }

    @Test func stagedBytesFallWhenPanesAreReleased() {
        var task = TaskFixture().start()
        _ = task.read(TaskFixture.clicks("a", "b", at: 1), of: 0)
        #expect(task.stagedBytes > 0)
        task.promise(TestPipeline.time(10), of: 0)
        _ = task.advance()
        #expect(task.stagedBytes == 0)
    }

    // MARK: - Settings

    /// Three clicks at 1 s fire at 10 s for a threshold of three; at 20 s four are asked for, and at 30 s two.
    @Test func settingsReevaluateLiveKeysAtTheirPane() throws {
        var fixture = TaskFixture()
        var task = fixture.start()
        _ = task.read(TaskFixture.clicks("a", "b", "c", at: 1), of: 0)
        fixture.pipeline.thresholds = [Threshold(name: "min_clicks", value: .integer(4))]
        var stricter = fixture.topology
        stricter.revision = "1"
        task.schedule(stricter, from: TestPipeline.time(11))
        fixture.pipeline.thresholds = [Threshold(name: "min_clicks", value: .integer(2))]
        var laxer = fixture.topology
        laxer.revision = "2"
        task.schedule(laxer, from: TestPipeline.time(30))
        let rows = task.flush()
        #expect(rows.alerts.map(\.settings.revision) == ["0", "2"])
        // The run that ended at 10 is continued at 30, and rests when the window empties at 70.
        #expect(rows.alerts.map(\.state) == [.open, .closed])
        #expect(rows.alerts[0].settings.thresholds == [Threshold(name: "min_clicks", value: .integer(3))])
        #expect(rows.alerts[1].windowEnd == TestPipeline.time(60))
        #expect(task.counters.stages[0].findings == 2)
    }

    /// Settings of 15 s are for the pane end at 20 s of a stage that is evaluated every ten; a snapshot lies between.
    @Test func aSnapshotKeepsWhatIsStillToBeReevaluated() throws {
        var fixture = TaskFixture()
        fixture.pipeline.thresholds = [Threshold(name: "min_clicks", value: .integer(4))]
        var strict = fixture.topology
        strict.basePane = .seconds(5)
        fixture.pipeline.thresholds = [Threshold(name: "min_clicks", value: .integer(3))]
        var lax = fixture.topology
        lax.basePane = .seconds(5)
        var task = TaskState(topology: strict, partitions: [.source(0)], bounds: fixture.bounds, hashSeed: 7)
        _ = task.read(TaskFixture.clicks("a", "b", "c", at: 1), of: 0)
        task.schedule(lax, from: TestPipeline.time(15))
        task.promise(TestPipeline.time(15), of: 0)
        #expect(task.advance().alerts.isEmpty)
        var restored = try TaskState(
            topology: lax, partitions: [.source(0)], bounds: fixture.bounds, snapshot: task.snapshot())
        restored.promise(TestPipeline.time(20), of: 0)
        #expect(restored.advance().alerts.map(\.paneEnd) == [TestPipeline.time(20)])
    }

    @Test func settingsFilterEventsOfTheirPanesOnly() {
        var fixture = TaskFixture()
        fixture.pipeline.window.measures[0].condition = Program(instructions: [
            .integerField(slot: 4), .threshold(0), .greaterOrEqual,
        ])
        fixture.pipeline.thresholds = [Threshold(name: "min_clicks", value: .integer(3))]
        var task = fixture.start()
        for second in [9, 10, 19, 20] as [Int64] {
            _ = task.read(RecordBatch(json: [TaskFixture.record("e\(second)", at: second, cost: 3)]), of: 0)
        }
        fixture.pipeline.thresholds = [Threshold(name: "min_clicks", value: .integer(4))]
        task.schedule(fixture.topology, from: TestPipeline.time(20))
        // Three are asked for, but only the click of the pane that ends at 10 was measured by that.
        #expect(task.flush().alerts.isEmpty)
        #expect(task.counters.stages[0].events == 4)
    }

    // MARK: - Statements

    /// The slot ends at 7 s, inside the pane [0, 10).
    @Test func aSlotThatEndsInsideAPaneLeavesThePaneWhole() {
        var pipeline = TestPipeline()
        pipeline.ledger.statement = .seconds(7)
        let clicks = (0..<3).map { TestPipeline.Click(id: "a\($0)", time: 1) }
        let later = [
            TestPipeline.Click(id: "b", time: 11), TestPipeline.Click(id: "c", time: 13),
            TestPipeline.Click(id: "late", time: 2, lateAt: 12),
        ]
        let rows = pipeline.run(clicks + later).rows
        #expect(
            rows.lines.map { "\($0.chargeID) \($0.paneEnd.milliseconds / 1000)" } == [
                "a0 10", "a1 10", "a2 10", "late 20", "b 20", "c 20",
            ])
        #expect(rows.credits.map { $0.periodEnd.milliseconds / 1000 } == [14, 21, 21])
    }

    // MARK: - Decisions

    /// A task whose credit of three clicks was stated as held at the end of the first hour.
    private func held() -> (task: TaskState, creditID: String) {
        var fixture = TaskFixture()
        fixture.pipeline.ledger.reviewAbove = [Currency("GBP")!: .zero]
        var task = fixture.start()
        _ = task.read(TaskFixture.clicks("a", "b", "c", at: 1), of: 0)
        task.promise(TestPipeline.time(3600), of: 0)
        let id = task.advance().credits[0].id
        return (task, id)
    }

    @Test func aDecisionMakesTheNextRevisionAtItsPane() throws {
        var (task, id) = held()
        #expect(task.holds(creditID: id) && !task.holds(creditID: "none"))
        task.schedule(Self.command("1", .approve, id), at: TestPipeline.time(3605))
        task.schedule(Self.command("2", .reverse, id), at: TestPipeline.time(3620))
        task.schedule(Self.command("3", .approve, id), at: TestPipeline.time(3630))
        task.promise(TestPipeline.time(3640), of: 0)
        let rows = task.advance()
        #expect(rows.credits.map(\.state) == [.posted, .reversed, .posted])
        #expect(rows.credits.map(\.revision) == [2, 3, 4])
        #expect(rows.credits.map(\.paneEnd) == [3610, 3620, 3630].map { TestPipeline.time($0) })
        let decision = try #require(rows.credits[0].decision)
        #expect(decision.commandID == "1" && decision.who == "ann" && decision.why == "asked")
        #expect(rows.credits.allSatisfy { $0.amount == 45 && $0.id == id } && rows.lines.isEmpty)
        #expect(rows.refusals.isEmpty)
    }

    @Test(arguments: [
        (CreditLine.State.held, LedgerCommand.Action.approve, CreditLine.State?.some(.posted)),
        (.held, .reject, .rejected), (.held, .reverse, nil), (.posted, .approve, nil), (.posted, .reject, nil),
        (.posted, .reverse, .reversed), (.rejected, .approve, .posted), (.rejected, .reject, nil),
        (.rejected, .reverse, nil), (.reversed, .approve, .posted), (.reversed, .reject, nil),
        (.reversed, .reverse, nil),
    ])
    func actionsLeadFromStateToState(
        _ before: CreditLine.State, _ action: LedgerCommand.Action, _ after: CreditLine.State?
    ) { #expect(action.state(after: before) == after) }

    @Test func whatCannotBeDoneIsRefused() {
        var (task, id) = held()
        let commands = [Self.command("1", .reverse, id), Self.command("2", .approve, "none")]
        for command in commands { task.schedule(command, at: TestPipeline.time(3610)) }
        task.promise(TestPipeline.time(3620), of: 0)
        let rows = task.advance()
        #expect(rows.credits.isEmpty)
        #expect(rows.refusals.map(\.command) == commands)
        #expect(rows.refusals.map(\.reason) == [.state(.held), .unknownCredit])
        #expect(rows.refusals.map(\.paneEnd) == [3610, 3610].map { TestPipeline.time($0) })
        task.promise(TestPipeline.time(3630), of: 0)
        #expect(task.advance().refusals.isEmpty)
    }

    /// Caps bound what rules post, so that a decision neither takes from a cap nor gives to it.
    @Test func decisionsLeaveCapsAlone() {
        var fixture = TaskFixture()
        fixture.pipeline.ledger.caps = [Currency("GBP")!: MajorAmount(units: 45, scale: 2)]
        var task = fixture.start()
        _ = task.read(TaskFixture.clicks("a", "b", "c", at: 1), of: 0)
        task.promise(TestPipeline.time(3600), of: 0)
        let credit = task.advance().credits[0]
        task.schedule(Self.command("1", .reverse, credit.id), at: TestPipeline.time(3610))
        _ = task.read(TaskFixture.clicks("d", "e", "f", at: 3615), of: 0)
        #expect(task.flush().lines.allSatisfy { $0.state == .held })
    }

    // MARK: - Promises

    @Test func changesAreOneForEachPromiseInOrderAndEndWithIt() {
        var (task, id) = held()
        let first = task.takeChanges()
        #expect(first.map(\.key) == first.map(\.key).sorted { $0.lexicographicallyPrecedes($1) })
        #expect(Set(first.map(\.key)).count == first.count)
        #expect(task.takeChanges().isEmpty)
        // Three lines, their credit and the run; the alert is closed, and nothing was posted.
        #expect(first.filter { $0.value != nil }.count == 5)
        #expect(first.filter { $0.value == nil }.count == 1)
        task.promise(TestPipeline.time(3600 + 31 * 86400), of: 0)
        _ = task.advance()
        #expect(task.takeChanges().filter { $0.value == nil }.count == 5)
        #expect(!task.holds(creditID: id))
        #expect(task.takeChanges().isEmpty)
    }

    /// Two of four charges are refused at the ceiling; what a finding has offered is not offered again.
    @Test func whatWasRefusedIsNotTriedAgainAfterRecovery() throws {
        let fixture = TaskFixture()
        func start() -> TaskState {
            TaskState(
                topology: fixture.topology, partitions: [.source(0)], bounds: Intake.Bounds(), hashSeed: 7,
                claimCeiling: 2)
        }
        func go(_ task: inout TaskState, until seconds: Int64, _ records: RecordBatch) {
            _ = task.read(records, of: 0)
            task.promise(TestPipeline.time(seconds), of: 0)
            _ = task.advance()
        }
        let first = TaskFixture.clicks("a", "b", "c", "d", at: 1)
        var task = start()
        go(&task, until: 10, first)
        #expect(task.counters.refused == 2)
        var restored = start()
        restored.isRebuilding = true
        go(&restored, until: 10, first)
        try restored.restorePromises(task.takeChanges())
        restored.isRebuilding = false
        go(&restored, until: 20, TaskFixture.clicks("e", at: 11))
        #expect(restored.counters.refused == 1)
    }

    @Test func whoAndWhyAreShortened() {
        let long = String(repeating: "x", count: Limits.identifierBytes + 1)
        let command = LedgerCommand(id: "1", action: .approve, creditID: "c", who: long, why: long)
        #expect(command.who.utf8.count == Limits.identifierBytes && command.why.utf8.count == Limits.identifierBytes)
    }

    /// A firing key whose window was lost with the facts rests at the next pane end, so that its alert closes.
    @Test func anAlertWithoutFactsIsClosedOnceTimeGoesOn() throws {
        var before = TaskFixture().start()
        _ = before.read(TaskFixture.clicks("a", "b", "c", at: 1), of: 0)
        before.promise(TestPipeline.time(20), of: 0)
        let opened = before.advance().alerts
        var after = TaskFixture().start()
        try after.restorePromises(before.takeChanges())
        after.promise(TestPipeline.time(30), of: 0)
        #expect(after.advance().alerts.isEmpty)
        let closed = after.flush().alerts
        #expect(closed.map(\.state) == [.closed] && closed.map(\.id) == opened.map(\.id))
        #expect(closed[0].windowEnd == TestPipeline.time(30) && closed[0].revision == 2)
    }

    /// An alert of a stage that the graph no longer has can never close, and is forgotten.
    @Test func promisesOfAStageThatIsGoneAreForgotten() throws {
        var before = TaskFixture().start()
        _ = before.read(TaskFixture.clicks("a", "b", "c", at: 1), of: 0)
        before.promise(TestPipeline.time(20), of: 0)
        _ = before.advance()
        var renamed = TaskFixture().topology
        renamed.stages[0].name = "other"
        var after = TaskState(topology: renamed, partitions: [.source(0)], bounds: Intake.Bounds(), hashSeed: 1)
        let changes = before.takeChanges()
        try after.restorePromises(changes)
        let forgotten = after.takeChanges()
        #expect(forgotten.count == 1 && forgotten[0].value == nil)
        #expect(changes.map(\.key).contains(forgotten[0].key))
        // The lines are what was said to the merchant, whichever stage found them.
        _ = after.read(TaskFixture.clicks("a", "b", "c", at: 21), of: 0)
        #expect(after.flush().lines.isEmpty)
    }
}
