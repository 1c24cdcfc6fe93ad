import Testing

@testable import RampartCore

/// Scores on request (R36), over the window of `TestPipeline`: three clicks of a device within a minute.
@Suite struct StageScoreTests {
    private static func run(
        _ detail: ScoreRow.Detail?, _ clicks: [TestPipeline.Click], to watermarks: [EventTime] = [.distantFuture]
    ) -> [Outputs] {
        var shard = Shard(
            topology: TestPipeline().topology, index: 0, of: 1, hashSeed: 7, scores: detail.map { [0: $0] } ?? [:])
        return watermarks.enumerated().map { index, watermark in
            shard.apply(TestPipeline.batch(index == 0 ? clicks : []), watermark: watermark)
        }
    }

    private static func words(_ row: ScoreRow) -> String {
        "\(row.key[2]) \(row.paneEnd.milliseconds / 1000): \(row.score) of \(row.evaluations), \(row.findings) findings"
    }

    /// One click at 3,585 s, a second one at 3,595 s and two more at 3,601 s: the first hour ends between them.
    private static let clicks = [
        TestPipeline.Click(id: "a", time: 3585), TestPipeline.Click(id: "b", time: 3595),
        TestPipeline.Click(id: "c", time: 3601), TestPipeline.Click(id: "d", time: 3601),
        TestPipeline.Click(id: "e", time: 3585, device: "d2"),
    ]

    /// The evaluation at 3,600 s belongs to the hour that begins there.
    @Test func hoursHoldTheHighestScoreAndLeaveAtTheirEnd() {
        let rows = Self.run(.hour, Self.clicks, to: [3599, 3600, 7199, 7200].map { TestPipeline.time($0) })
        #expect(rows.map(\.scores.count) == [0, 2, 0, 1])
        #expect(rows[1].scores.map(Self.words) == ["d1 3590: 0.5 of 1, 0 findings", "d2 3590: 0.5 of 1, 0 findings"])
        // At 3,600 s two clicks, at 3,610 s four, at 3,650 s three, at 3,660 s two; then none, which is no evaluation.
        #expect(rows[3].scores.map(Self.words) == ["d1 3610: 1.25 of 4, 2 findings"])
    }

    @Test func panesHaveEachEvaluation() {
        let scores = Self.run(.pane, Self.clicks)[0].scores
        #expect(
            scores.map(Self.words) == [
                "d1 3590: 0.5 of 1, 0 findings", "d2 3590: 0.5 of 1, 0 findings", "d1 3600: 0.75 of 1, 0 findings",
                "d1 3610: 1.25 of 1, 1 findings", "d1 3650: 1.0 of 1, 1 findings", "d1 3660: 0.75 of 1, 0 findings",
            ])
    }

    @Test func askingForScoresChangesNothingElse() {
        let plain = Self.run(nil, Self.clicks)[0]
        for detail in ScoreRow.Detail.allCases {
            let rows = Self.run(detail, Self.clicks)[0]
            #expect(rows.alerts == plain.alerts && rows.lines == plain.lines && rows.credits == plain.credits)
            #expect(!rows.scores.isEmpty && plain.scores.isEmpty && !plain.lines.isEmpty)
        }
    }
}
