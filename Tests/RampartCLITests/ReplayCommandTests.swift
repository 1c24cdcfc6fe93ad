import Foundation
import Testing

/// `rampart replay` from outside: exit codes, streams, and what stands in its folder.
@Suite struct ReplayCommandTests {
    private static let finalNames = [
        "alerts.ndjson", "credit-lines.ndjson", "credits.ndjson", "dead-letters.ndjson", "incidents.ndjson",
        "late.ndjson", "shadow.ndjson",
        "summary.json",
    ]
    private static let partialNames = finalNames.map { $0 + ".partial" }

    private static let clicks = (0..<30).map {
        #"{"type":"click","event_id":"c\#($0)","ts":\#(1_321_272_000_000 + $0 * 1000),"merchant_id":"m","ad_id":"a","#
            + #""device_id":"d","cost":15}"# + "\n"
    }

    private func replay(_ arguments: [String], input: Data? = nil) throws -> Command.Result {
        try Command.run(["replay", Command.marketplace] + arguments, input: input)
    }

    // MARK: - Done

    @Test func aCompleteRunHasItsFilesAndATable() throws {
        let folder = try TemporaryFolder()
        let log = try folder.write("log.ndjson", Self.clicks.joined())
        let result = try replay([log, "--out", folder.path("out")])
        #expect(result.code == 0 && result.errors == "")
        #expect(try folder.names(in: "out") == Self.finalNames)
        for word in ["accepted", "malicious-clicks", "medium", "click_cost", "posted", "4.50 GBP", folder.path("out")] {
            #expect(result.output.contains(word), "\(word)")
        }
    }

    /// A stage that had no room says so in the table, in the summary and in its alerts, and posts nothing.
    @Test func whatDidNotFitIsTold() throws {
        let folder = try TemporaryFolder()
        let log = try folder.write("log.ndjson", Self.clicks.joined())
        let pipeline = try folder.write(
            "small.yaml",
            """
            pipeline: small
            sources:
              clicks: { event: click, dedupe: { by: id, max_keys: 25 }, fields: { currency: { default: GBP } } }
            stages:
              clicks-at-once:
                from: clicks
                key: [merchant_id, device_id]
                window: { size: 10m, every: 1m }
                measure: { clicks: count() }
                when: clicks >= 5
                credit: { component: click_cost, reason: invalid_click }
                max_bytes: 4000
            """)
        let result = try Command.run(["replay", pipeline, log, "--out", folder.path("out")])
        #expect(result.code == 0 && result.errors == "")
        #expect(result.output.contains("Stage clicks-at-once had no room for 16 events;"), "\(result.output)")
        #expect(result.output.contains("Source clicks had no room to remember 5 events"))
        #expect(result.output.contains("Credits of 1 of 128 key groups were held"))
        let summary = try folder.rows("out/summary.json")[0]
        #expect(summary["saturated_key_groups"] as? Int == 1)
        let alerts = try folder.rows("out/alerts.ndjson")
        #expect(!alerts.isEmpty && alerts.allSatisfy { $0["saturated"] as? Bool == true })
        let credits = try folder.rows("out/credits.ndjson")
        #expect(!credits.isEmpty && credits.allSatisfy { $0["state"] as? String == "held" })
    }

    @Test func jsonIsAllThatIsPrinted() throws {
        let folder = try TemporaryFolder()
        let log = try folder.write("log.ndjson", Self.clicks.joined())
        let result = try replay([log, "--out", folder.path("out"), "--json"])
        let summary = try #require(
            JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(result.code == 0 && summary["accepted"] as? Int == 30 && summary["complete"] as? Bool == true)
        #expect(try folder.text("out/summary.json") == result.output)
    }

    @Test func quietSaysNothing() throws {
        let folder = try TemporaryFolder()
        let log = try folder.write("log.ndjson", Self.clicks.joined())
        let result = try replay([log, "--out", folder.path("out"), "--quiet"])
        #expect(result.code == 0 && result.output == "" && result.errors == "")
    }

    @Test func gzipOnStandardInputIsALog() throws {
        let folder = try TemporaryFolder()
        let result = try replay(
            ["-", "--out", folder.path("out"), "--json"], input: Data(contentsOf: URL(filePath: Command.demo)))
        #expect(result.code == 0)
        #expect(try folder.rows("out/summary.json")[0]["read"] as? Int ?? 0 > 10_000)
    }

    @Test func shardsGiveTheSameBytes() throws {
        let folder = try TemporaryFolder()
        for shards in ["1", "2", "3", "8"] {
            let result = try replay([Command.demo, "--out", folder.path(shards), "--shards", shards, "--quiet"])
            #expect(result.code == 0)
            for file in ["alerts.ndjson", "credit-lines.ndjson", "credits.ndjson"] {
                #expect(
                    try folder.text("\(shards)/\(file)") == folder.text("1/\(file)"), "\(file) with \(shards) shards")
            }
        }
        #expect(try !folder.text("1/credits.ndjson").isEmpty)
    }

    @Test func aStageInShadowHasAFileOfItsOwn() throws {
        let folder = try TemporaryFolder()
        let log = try folder.write("log.ndjson", Self.clicks.joined())
        let text = try String(contentsOfFile: Command.marketplace, encoding: .utf8)
        let shadow = try folder.write(
            "shadow.yaml",
            text.components(separatedBy: "\ntests:")[0].replacing(
                "  malicious-clicks:\n", with: "  malicious-clicks:\n    mode: shadow\n") + "\n")
        let live = try replay([log, "--out", folder.path("live"), "--quiet"])
        let result = try Command.run(["replay", shadow, log, "--out", folder.path("out")])
        #expect(live.code == 0 && result.code == 0, "\(result.errors)")
        #expect(result.output.contains("in shadow, with"), "\(result.output)")
        let rows = try folder.rows("out/shadow.ndjson")
        let ids = try folder.rows("live/alerts.ndjson").compactMap { $0["alert_id"] as? String }
        #expect(!rows.isEmpty && rows.compactMap { $0["alert_id"] as? String } == ids)
        #expect(rows.allSatisfy { $0["mode"] as? String == "shadow" })
        for file in ["alerts", "credit-lines", "credits"] {
            #expect(try folder.text("out/\(file).ndjson").isEmpty, "\(file)")
        }
        let check = try Command.run(["check", shadow])
        #expect(check.code == 0 && check.output.contains("(in shadow: malicious-clicks)"), "\(check.output)")
    }

    @Test func scoresAreWrittenForTheStagesNamed() throws {
        let folder = try TemporaryFolder()
        let log = try folder.write("log.ndjson", Self.clicks.joined())
        let result = try replay([
            log, "--out", folder.path("out"), "--quiet", "--scores", "malicious-clicks", "--scores",
            "bulk-refunds=panes",
        ])
        #expect(result.code == 0, "\(result.errors)")
        let rows = try folder.rows("out/scores.ndjson")
        #expect(rows.count == 1 && rows[0]["stage"] as? String == "malicious-clicks")
        #expect(rows[0]["per"] as? String == "hour" && rows[0]["score"] as? Double ?? 0 > 2)
        for shards in ["1", "8"] {
            let panes = try replay([
                Command.demo, "--out", folder.path(shards), "--shards", shards, "--quiet", "--scores",
                "malicious-clicks=panes", "--scores", "bulk-refunds",
            ])
            #expect(panes.code == 0, "\(panes.errors)")
        }
        #expect(try folder.text("1/scores.ndjson") == folder.text("8/scores.ndjson"))
        #expect(try folder.rows("1/scores.ndjson").contains { $0["findings"] as? Int == 0 })
    }

    @Test func backfillAddsOnlyWhatIsNew() throws {
        let folder = try TemporaryFolder()
        let nine = (0..<9).map {
            Self.clicks[$0].replacing("\"d\"", with: "\"e\"").replacing("id\":\"c", with: "id\":\"n")
        }
        let log = try folder.write("log.ndjson", (Self.clicks + nine).sorted().joined())
        let lateness = try folder.write(
            "pipeline.yaml",
            String(contentsOfFile: Command.marketplace, encoding: .utf8).replacing("lateness: 5s", with: "lateness: 1h")
        )
        let first = try Command.run(["replay", lateness, log, "--out", folder.path("first"), "--quiet"])
        let second = try Command.run([
            "replay", lateness, log, "--out", folder.path("second"), "--ledger", folder.path("first"), "--quiet",
            "--set", "malicious-clicks.min_clicks=9",
        ])
        #expect(first.code == 0 && second.code == 0, "\(first.errors) \(second.errors)")
        let before = Set(try folder.rows("first/credit-lines.ndjson").compactMap { $0["line_id"] as? String })
        let added = Set(try folder.rows("second/credit-lines.ndjson").compactMap { $0["line_id"] as? String })
        #expect(before.count == 30 && added.count == 9 && before.isDisjoint(with: added))
    }

    // MARK: - Unusable

    @Test(
        arguments: [
            (["--nonsense"], "nonsense"), (["--shards", "0"], "1 to 128"), (["--shards", "129"], "1 to 128"),
            (["--from", "2012-01-01T00:00:00Z", "--to", "2011-01-01T00:00:00Z"], "before"),
            (["--from", "yesterday"], "yesterday"), (["--set", "malicious-clicks.min_click=3"], "min_clicks"),
            (["--set", "malicious-clicks.min_clicks=1"], "at least"), (["--set", "nothing"], "stage.name=value"),
            (["--ledger", "/nonexistent"], "/nonexistent"),
            (["--scores", "bulk-refund"], "did you mean `bulk-refunds`?"),
            (["--scores", "bulk-refunds=hours"], "bulk-refunds=panes"),
            (["--scores", "bulk-refunds", "--scores", "bulk-refunds=panes"], "twice"),
        ])
    func badArgumentsAreUnusable(arguments: [String], word: String) throws {
        let folder = try TemporaryFolder()
        let log = try folder.write("log.ndjson", Self.clicks.joined())
        let result = try replay([log, "--out", folder.path("out")] + arguments)
        #expect(result.code == 2, "\(result.errors)")
        #expect(result.output == "" && result.errors.contains(word), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
    }

    @Test(
        arguments: [
            (["missing.ndjson"], "missing.ndjson"), (["click=log.ndjson"], "did you mean `clicks`?"), ([], "log"),
        ])
    func badLogsAreUnusable(logs: [String], word: String) throws {
        let folder = try TemporaryFolder()
        let result = try replay(logs + ["--out", folder.path("out")])
        #expect(result.code == 2 && result.errors.contains(word), "\(result.errors)")
    }

    @Test func badPipelinesAreUnusable() throws {
        let folder = try TemporaryFolder()
        let broken = try folder.write("broken.yaml", "pipeline: p\nsource: {}\nstages: {}\n")
        let result = try Command.run(["replay", broken, "log", "--out", folder.path("out")])
        #expect(result.code == 2 && result.errors.contains("broken.yaml:2:1") && result.errors.contains("sources"))
        #expect(try Command.run(["replay", folder.path("none.yaml"), "log", "--out", "x"]).code == 2)
        #expect(try Command.run(["check", broken]).code == 2)
        #expect(try Command.run(["check", Command.marketplace]).code == 0)
        #expect(try Command.run(["list", "field"]).errors.contains("did you mean `fields`?"))
        #expect(try Command.run(["nonsense"]).code == 2)
        #expect(try Command.run(["--help"]).code == 0)
    }

    @Test func resultsAreNotOverwrittenAndFamiliesNotMixed() throws {
        let folder = try TemporaryFolder()
        let log = try folder.write("log.ndjson", Self.clicks.joined())
        #expect(try replay([log, "--out", folder.path("out")]).code == 0)
        #expect(try replay([log, "--out", folder.path("out")]).code == 2)
        let other = try folder.write(
            "other.yaml",
            String(contentsOfFile: Command.marketplace, encoding: .utf8).replacing(
                "pipeline: marketplace", with: "pipeline: other"))
        let result = try Command.run([
            "replay", other, log, "--out", folder.path("second"), "--ledger", folder.path("out"),
        ])
        #expect(result.code == 2 && result.errors.contains("marketplace") && result.errors.contains("other"))
    }

    // MARK: - Failed while running

    @Test func aTruncatedGzipKeepsWhatWasComplete() throws {
        let folder = try TemporaryFolder()
        let whole = try Data(contentsOf: URL(filePath: Command.demo))
        let log = folder.path("cut.ndjson.gz")
        try whole.prefix(whole.count / 2).write(to: URL(filePath: log))
        let result = try replay([log, "--out", folder.path("out")])
        #expect(result.code == 1)
        #expect(
            result.errors.contains("cut.ndjson.gz") && result.errors.contains("\(whole.count / 2)"), "\(result.errors)")
        #expect(try folder.names(in: "out") == Self.partialNames)
        try checkPartialSummary(folder, reads: 1000)
    }

    @Test func aFullDiskIsSaidAndNothingIsCalledComplete() throws {
        let folder = try TemporaryFolder()
        let shell =
            "ulimit -f 4; exec '\(Command.executable.path)' replay '\(Command.marketplace)' '\(Command.demo)' --out '\(folder.path("out"))'"
        let result = try Command.run(URL(filePath: "/bin/sh"), ["-c", shell])
        #expect(result.code == 1 && result.errors.contains(folder.path("out")), "\(result.errors)")
        #expect(try folder.names(in: "out") == Self.partialNames)
    }

    @Test func anInterruptLeavesPartialFilesThatAddUp() throws {
        let folder = try TemporaryFolder()
        // The log stays open, so that only the signal can end the run; the second half comes after it.
        let log = try folder.write("log.ndjson", Self.clicks.joined())
        let shell = """
            { cat '\(log)'; sleep 3; cat '\(log)'; sleep 1; } | \
            { '\(Command.executable.path)' replay '\(Command.marketplace)' - --out '\(folder.path("out"))' & \
            rampart=$!; sleep 2; kill -INT $rampart; wait $rampart; }
            """
        // A shell without job control starts its children deaf to SIGINT, so Python restores it.
        let restore =
            "import os,signal,sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execvp('bash', ['bash','-c',sys.argv[1]])"
        let result = try Command.run(URL(filePath: "/usr/bin/env"), ["python3", "-c", restore, "set -m; " + shell])
        #expect(result.code == 1 && result.errors.contains("signal"), "\(result.code) \(result.errors)")
        #expect(try folder.names(in: "out") == Self.partialNames)
        try checkPartialSummary(folder, reads: 30)
    }

    private func checkPartialSummary(_ folder: TemporaryFolder, reads: Int) throws {
        let summary = try folder.rows("out/summary.json.partial")[0]
        let fates = ["accepted", "duplicate", "conflict", "late", "filtered", "dead_lettered", "staged"]
        let read = try #require(summary["read"] as? Int)
        #expect(read >= reads && read == fates.reduce(0) { $0 + (summary[$1] as? Int ?? 0) })
        #expect(summary["complete"] as? Bool == false && summary["interrupted"] is String)
    }
}
