import Testing

@testable import RampartCore

/// Windows, findings and alerts of one key, on both sides of every edge. Times are in seconds; the window is 60 s,
/// evaluated every 10 s, and fires at 3 clicks.
@Suite struct WindowTests {
    private typealias Click = TestPipeline.Click
    private let pipeline = TestPipeline()

    private func clicks(_ times: [Int64]) -> [Click] {
        times.enumerated().map { Click(id: "c\($0.offset)", time: $0.element) }
    }

    private func opened(_ rows: Outputs) -> [Int64] {
        rows.alerts.filter { $0.revision == 1 }.map { $0.windowEnd.milliseconds / 1000 }
    }

    @Test func firesAtTheThresholdAndNotBelow() {
        #expect(opened(pipeline.run(clicks([1, 2])).rows) == [])
        #expect(opened(pipeline.run(clicks([1, 2, 3])).rows) == [10])
    }

    //        0                                               60
    //        [-----------------------------------------------)   the last window that holds second 9
    //                  [-----------------------------------------------)   ends at 70: without it
    @Test func windowIsClosedAtItsStartAndOpenAtItsEnd() {
        // The pane [0, 10) and an event at 59.999 share the window [0, 60).
        #expect(opened(pipeline.run(clicks([9, 9, 59])).rows) == [60])
        // At 60 the event belongs to the next pane, whose window [10, 70) has lost the pane [0, 10).
        #expect(opened(pipeline.run(clicks([9, 9, 60])).rows) == [])
        // The pane [10, 20) is still inside.
        #expect(opened(pipeline.run(clicks([10, 10, 60])).rows) == [70])
    }

    @Test func isReleasedOnlyAtItsEnd() {
        #expect(opened(pipeline.run(clicks([1, 2, 3]), to: 9).rows) == [])
        #expect(opened(pipeline.run(clicks([1, 2, 3]), to: 10).rows) == [10])
        #expect(pipeline.run(clicks([1, 2, 3]), to: 9).counters.sources[0].staged == 3)
    }

    @Test func keysAreApart() {
        var events = clicks([1, 2, 3])
        events[2].device = "d2"
        #expect(opened(pipeline.run(events).rows) == [])
        events[2].device = nil
        let (rows, counters) = pipeline.run(events)
        #expect(opened(rows) == [])
        #expect(counters.stages[0].unkeyed == 1 && counters.stages[0].events == 2)
    }

    /// Fires at the pane ends 10 to 60, carried without a new event; the window is empty at 70, so the run ends at 60.
    @Test func carriesItsResultAndClosesAfterTheLastFiringPane() throws {
        let alerts = pipeline.run(clicks([1, 2, 3])).rows.alerts
        #expect(alerts.map(\.state) == [.open, .closed])
        let closing = try #require(alerts.last)
        #expect(closing.windowEnd == TestPipeline.time(60) && closing.paneEnd == TestPipeline.time(120))
        #expect(closing.windowStart == TestPipeline.time(-50))
        #expect(closing.measures == alerts[0].measures)
    }

    @Test func aFindingAtTheClosingPaneEndContinuesTheAlert() {
        // Fires again at 120, the very pane end at which it would close; one pane later it is a new alert.
        #expect(Set(pipeline.run(clicks([1, 2, 3, 111, 112, 113])).rows.alerts.map(\.id)).count == 1)
        #expect(Set(pipeline.run(clicks([1, 2, 3, 121, 122, 123])).rows.alerts.map(\.id)).count == 2)
    }

    @Test func revisesOnEachDoubling() {
        func revisions(_ count: Int64) -> [Int] {
            pipeline.run(clicks(Array(repeating: 1, count: 3) + Array(repeating: 10, count: Int(count) - 3))).rows
                .alerts
                .filter { $0.state == .open }.map(\.revision)
        }
        #expect(revisions(5) == [1])
        #expect(revisions(6) == [1, 2])
        #expect(revisions(11) == [1, 2])
    }

    /// The cost falls from 60 to 30 while the clicks double: its mark stays 60, so that 60 again is no doubling.
    @Test func marksNeverFall() {
        var both = pipeline
        both.window.conditionMeasures = [0, 1]
        both.window.condition = Program(instructions: [
            .measure(0), .threshold(0), .greaterOrEqual, .measure(1), .integer(1), .greaterOrEqual, .and,
        ])
        both.window.score = Program(instructions: [
            .measure(0), .threshold(0), .scoreAtLeast, .measure(1), .integer(1), .scoreAtLeast, .minimum,
        ])
        let dear = (0..<3).map { Click(id: "a\($0)", time: 1, cost: 20) }
        let cheap = (0..<6).map { Click(id: "b\($0)", time: 65, cost: 5) }
        let last = { (cost: Int64) in [Click(id: "c", time: 75, cost: cost)] }
        func revisions(_ clicks: [Click]) -> Int {
            both.run(clicks).rows.alerts.filter { $0.state == .open }.count
        }
        #expect(revisions(dear + cheap) == 2)
        #expect(revisions(dear + cheap + last(30)) == 2)
        #expect(revisions(dear + cheap + last(90)) == 3)
    }

    @Test func conditionCanBecomeTrueBecauseEventsLeave() {
        var ratio = pipeline
        ratio.window.condition = Program(instructions: [.measure(0), .integer(1), .equal])
        ratio.window.score = Program(instructions: [.measure(0), .integer(1), .equal, .scoreTruth])
        // Two clicks in the first pane do not hold; once they have left, the third alone does.
        #expect(opened(ratio.run(clicks([1, 2, 35])).rows) == [70])
    }

    /// One of many runs must be fast: the machine has other things to do, but empty panes would cost in every one.
    @Test func twoEventsAYearApartAreCheap() {
        var best = Duration.seconds(60)
        for _ in 0..<100 where best >= .milliseconds(100) {
            let start = ContinuousClock.now
            let (_, counters) = pipeline.run(clicks([0, 365 * 86400]))
            best = min(best, ContinuousClock.now - start)
            #expect(counters.sources[0].accepted == 2)
        }
        #expect(best < .milliseconds(100))
    }

    @Test func batchesDoNotMatter() {
        let events = clicks([1, 2, 3, 14, 25, 36, 47, 58, 69, 70, 71])
        var shard = pipeline.makeShard()
        var rows = Outputs()
        for (index, event) in events.enumerated() {
            let watermark = TestPipeline.time(index == events.count - 1 ? 100 : events[index].time)
            rows.append(shard.apply(TestPipeline.batch([event]), watermark: watermark))
        }
        rows.append(shard.apply(TestPipeline.batch([]), watermark: .distantFuture))
        #expect(rows.alerts == pipeline.run(events).rows.alerts)
        #expect(rows.lines == pipeline.run(events).rows.lines)
    }
}
