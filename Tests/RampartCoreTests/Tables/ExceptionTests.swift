import Testing

@testable import RampartCore

/// Overrides, mutes and allow-lists, on both sides of their ends; three clicks at 1 s fire at the pane ends from 10 s to 60 s.
@Suite struct ExceptionTests {
    typealias Click = TestPipeline.Click

    private static func topology(_ change: (inout Stage) -> Void) -> Topology {
        var topology = TaskFixture().topology
        change(&topology.stages[0])
        return topology
    }

    private static func start(_ change: (inout Stage) -> Void) -> TaskState {
        var task = TaskState(
            topology: topology(change), partitions: [.source(0)], bounds: Intake.Bounds(), hashSeed: 7)
        _ = task.read(TaskFixture.clicks("a", "b", "c", at: 1), of: 0)
        return task
    }

    /// `state@pane end` of alerts.
    private static func words(_ alerts: [Alert]) -> [String] {
        alerts.map { "\($0.state.rawValue)@\($0.paneEnd.milliseconds / 1000)" }
    }

    private static func mute(_ stage: inout Stage, until seconds: Int64) {
        stage.exceptions.mutes["m1"] = .init(until: TestPipeline.time(seconds), reason: "a test")
    }

    private static func override(
        _ stage: inout Stage, to value: Int64, until seconds: Int64?, segment: String? = nil
    ) {
        let override = StageExceptions.Override(
            threshold: 0, value: .integer(value), scope: segment.map { .segment($0) } ?? .merchant,
            until: seconds.map(TestPipeline.time))
        if let segment {
            stage.exceptions.segments[segment] = [override]
            stage.exceptions.segmentOf["m1"] = segment
        } else {
            stage.exceptions.merchants["m1"] = [override]
        }
    }

    // MARK: - Mutes

    /// A mute counts at pane ends before its end: one that ends with a pane no longer counts there.
    @Test(arguments: [(29, 30), (30, 30), (31, 40), (40, 40)] as [(Int64, Int64)])
    func aMuteEndsAtItsPaneEnd(until: Int64, opens: Int64) {
        var task = Self.start { Self.mute(&$0, until: until) }
        let rows = task.flush()
        #expect(Self.words(rows.shadow) == ["open@10", "closed@\(opens)"])
        #expect(Self.words(rows.alerts) == ["open@\(opens)", "closed@120"])
        #expect(rows.shadow[0].settings.mute?.reason == "a test" && rows.alerts[0].settings.mute == nil)
        // What is in the window when the mute ends is given back, once.
        #expect(rows.lines.map(\.paneEnd) == Array(repeating: TestPipeline.time(opens), count: 3))
        // The key is evaluated when it comes, when the mute ends and when it goes.
        #expect(task.counters.stages[0].findings == 2 && task.counters.stages[0].muted == 1)
    }

    @Test func aMuteThatOutlastsTheWindowClaimsNothing() {
        var task = Self.start { Self.mute(&$0, until: 61) }
        let rows = task.flush()
        #expect(Self.words(rows.shadow) == ["open@10", "closed@120"] && rows.alerts.isEmpty && rows.lines.isEmpty)
    }

    @Test func aMuteIsForItsMerchantAndForLiveStagesAlone() {
        var other = Self.start { $0.exceptions.mutes["m2"] = .init(until: .year2100, reason: "") }
        #expect(Self.words(other.flush().alerts) == ["open@10", "closed@120"])
        var shadow = Self.start { stage in
            stage.mode = .shadow
            Self.mute(&stage, until: 30)
        }
        let rows = shadow.flush()
        #expect(Self.words(rows.shadow) == ["open@10", "closed@120"] && rows.alerts.isEmpty)
        #expect(rows.shadow[0].settings.mute == nil && shadow.counters.stages[0].muted == 0)
    }

    // MARK: - Overrides

    @Test(arguments: [(19, 20), (20, 20), (21, 30)] as [(Int64, Int64)])
    func anOverrideCountsBeforeItsEnd(until: Int64, opens: Int64) {
        var task = Self.start { Self.override(&$0, to: 4, until: until) }
        let rows = task.flush()
        #expect(Self.words(rows.alerts) == ["open@\(opens)", "closed@120"])
        #expect(rows.alerts[0].settings.overrides == [])
    }

    @Test func anAlertNamesWhatOverrodeIt() {
        var task = Self.start { Self.override(&$0, to: 2, until: 15, segment: "small") }
        let rows = task.flush()
        #expect(rows.alerts[0].score == 4.0 / 3)
        #expect(rows.alerts[0].settings.thresholds[0].value == .integer(2))
        #expect(rows.alerts[0].settings.overrides.map(\.scope) == [.segment("small")])
        #expect(rows.alerts[1].settings.thresholds[0].value == .integer(3) && rows.alerts[1].settings.overrides == [])
        var json = JSONWriter()
        OutputEncoder(topology: Self.topology { Self.override(&$0, to: 2, until: 15, segment: "small") })
            .write(rows.alerts[0], to: &json)
        let row = String(decoding: json.bytes, as: UTF8.self)
        #expect(
            row.contains(
                #""overridden":{"min_clicks":{"for":"segment","segment":"small","until":"1970-01-01T00:00:15.000Z"}}"#),
            "\(row)")
    }

    /// The merchant's own row first, while it is in force; then the segment's; then the threshold.
    @Test func theMerchantsRowComesFirst() {
        var exceptions = StageExceptions()
        exceptions.merchants["m1"] = [
            .init(threshold: 0, value: .integer(7), scope: .merchant, until: TestPipeline.time(10))
        ]
        exceptions.segments["big"] = [
            .init(threshold: 0, value: .integer(8), scope: .segment("big"), until: TestPipeline.time(20))
        ]
        exceptions.segmentOf = ["m1": "big", "m2": "big"]
        func values(_ merchant: String, _ seconds: Int64) -> [Threshold.Value] {
            exceptions.overrides(for: merchant, at: TestPipeline.time(seconds)).map(\.value)
        }
        #expect(values("m1", 9) == [.integer(7)] && values("m1", 10) == [.integer(8)] && values("m1", 20) == [])
        #expect(values("m2", 9) == [.integer(8)] && values("m3", 9) == [])
    }

    /// A task that is taken up from a snapshot notices the end of an override that lies ahead.
    @Test func anEndIsKeptInASnapshot() throws {
        let change: (inout Stage) -> Void = { Self.override(&$0, to: 4, until: 35) }
        var task = Self.start(change)
        _ = task.read(TaskFixture.clicks("late-comer", at: 25), of: 0)
        #expect(task.advance().alerts.map(\.paneEnd) == [])
        var taken = try TaskState(
            topology: Self.topology(change), partitions: [.source(0)], bounds: Intake.Bounds(),
            snapshot: task.snapshot())
        #expect(taken.digest == task.digest)
        let rows = taken.flush()
        #expect(rows.alerts == task.flush().alerts && Self.words(rows.alerts).first == "open@30")
    }

    // MARK: - Allow-lists

    @Test func allowedEventsDoNotEnterAndAreNoLateCharges() {
        var pipeline = TestPipeline()
        let clicks = [
            Click(id: "a", time: 1), Click(id: "b", time: 1), Click(id: "c", time: 1),
            Click(id: "d", time: 1, device: "office"), Click(id: "e", time: 1, device: nil),
            Click(id: "f", time: 2, buyer: "b1", lateAt: 25), Click(id: "g", time: 2, lateAt: 25),
        ]
        pipeline.ledger.postsLateCharges = true
        let plain = pipeline.run(clicks)
        #expect(plain.counters.stages[0].allowed == 0)
        var topology = pipeline.topology
        topology.stages[0].allowLists = [
            AllowList(field: .deviceID, keys: TableKeys(name: "devices", keys: ["office"])),
            AllowList(field: .buyerID, keys: TableKeys(name: "nobody", keys: ["b1"])),
        ]
        var shard = Shard(topology: topology, index: 0, of: 1, hashSeed: 7)
        let rows = shard.apply(TestPipeline.batch(clicks), watermark: .distantFuture)
        #expect(shard.counters.stages[0].allowed == 1 && shard.counters.stages[0].unkeyed == 1)
        #expect(rows.lines.map(\.chargeID) == ["a", "b", "c", "g"])
        topology.stages[0].allowLists = [AllowList(field: .deviceID, keys: TableKeys(name: "all", keys: ["d1"]))]
        shard = Shard(topology: topology, index: 0, of: 1, hashSeed: 7)
        let nothing = shard.apply(TestPipeline.batch(clicks), watermark: .distantFuture)
        #expect(nothing.lines.isEmpty && nothing.alerts.isEmpty && shard.counters.stages[0].allowed == 3)
    }
}

/// Keys of tables are found by all of their bytes.
@Suite struct TableKeysTests {
    private static func contains(_ table: TableKeys, _ key: String) -> Bool {
        Array(key.utf8).withUnsafeBytes { table.contains($0) }
    }

    @Test func whatIsThereIsFoundAndNothingElse() {
        var random = SystemRandomNumberGenerator()
        for size in [0, 1, 2, 3, 64, 1000] {
            let keys = (0..<size).map { "\($0)-\(UInt64.random(in: 0...UInt64.max, using: &random))" }
            let table = TableKeys(name: "t", keys: keys + keys)
            #expect(table.keys.count == size)
            for key in keys {
                #expect(Self.contains(table, key) && !Self.contains(table, key + "x"))
                #expect(!Self.contains(table, String(key.dropLast())) || keys.contains(String(key.dropLast())))
            }
            #expect(!Self.contains(table, ""))
        }
    }

    @Test func spellingsOfOneLetterAreTwoKeys() {
        let table = TableKeys(name: "t", keys: ["\u{E9}"])
        #expect(Self.contains(table, "\u{E9}") && !Self.contains(table, "e\u{301}"))
        #expect(TableKeys(name: "t", keys: ["\u{E9}", "e\u{301}"]).keys.count == 2)
    }
}
