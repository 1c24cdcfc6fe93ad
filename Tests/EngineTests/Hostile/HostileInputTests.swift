import Engine
import Foundation
import Pipelines
import RampartCore
import Testing

/// What attackers, old exporters and broken disks write: each record meets the fate that the rules give it.
@Suite struct HostileInputTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/hostile")

    private static let text = """
        pipeline: hostile
        sources:
          clicks: { event: click, dedupe: off }
        stages:
          flood:
            from: clicks
            key: [merchant_id]
            window: { size: 10s, every: 10s }
            measure: { clicks: count() }
            tune: { min_clicks: { default: 2, min: 1, max: 9 } }
            when: clicks >= min_clicks
        """

    private func replay(
        _ bytes: [UInt8], pipeline: String = text
    ) async throws -> (report: ReplayReport, sink: MemorySink) {
        let topology = try PipelineLoader.load(text: pipeline, file: "hostile.yaml").get().topology
        let log = ReplayLog(name: "hostile", source: nil, reader: MemoryReader(bytes, chunkBytes: 64 << 10))
        var sink = MemorySink()
        var replay = try Replay(topology, logs: [log], options: ReplayOptions())
        let report = try await replay.run(into: &sink)
        let groups = report.groups.sources
        let fates = groups.reduce(0) { $0 + $1.accepted + $1.duplicate + $1.conflict + $1.staged }
        let intake = report.intake.total
        #expect(report.intake.read == fates + intake.filtered + intake.late + intake.deadLettered)
        return (report, sink)
    }

    private func replay(_ lines: String...) async throws -> (report: ReplayReport, sink: MemorySink) {
        try await replay(Array(lines.joined(separator: "\n").utf8))
    }

    private static func click(_ members: String, at time: String = "1000") -> String {
        #"{"type":"click","event_id":"e","ts":\#(time),\#(members)}"#
    }

    // MARK: - The table

    /// Tests/Fixtures/hostile lists a record for each fate and reason, and says which.
    @Test func everyRecordOfTheTableMeetsItsFate() async throws {
        let pipeline = try String(contentsOf: Self.folder.appending(path: "pipeline.yaml"), encoding: .utf8)
        let records = try Data(contentsOf: Self.folder.appending(path: "records.ndjson"))
        let table = try String(contentsOf: Self.folder.appending(path: "expected.tsv"), encoding: .utf8)
        let rows = table.split(separator: "\n").dropFirst().map { $0.split(separator: "\t").map(String.init) }
        let (report, sink) = try await replay(Array(records), pipeline: pipeline)
        var reasons: [Int: String] = [:]
        // The table counts records from 0, the log its lines from 1.
        for letter in sink.deadLetters { reasons[letter.place.position - 1] = letter.reason.rawValue }
        let late = Set(sink.lateEvents.map { $0.place.position - 1 })
        for row in rows {
            let position = try #require(Int(row[0]))
            #expect(reasons[position] == (row[1] == "dead_lettered" ? row[2] : nil), "\(row)")
            #expect(late.contains(position) == (row[1] == "late"), "\(row)")
        }
        func expected(_ fate: String) -> Int { rows.filter { $0[1] == fate }.count }
        let groups = report.groups.sources[0]
        #expect(report.intake.read == rows.count)
        #expect(groups.accepted == expected("accepted"))
        #expect(groups.duplicate == expected("duplicate") && groups.conflict == expected("conflict"))
        #expect(report.intake.total.filtered == expected("filtered"))
    }

    // MARK: - Bytes

    @Test func anEscapedIdIsTheSameId() async throws {
        let (_, sink) = try await replay(Self.click(#""merchant_id":"m-1""#), Self.click(#""merchant_id":"m-\u0031""#))
        #expect(sink.outputs.alerts.first?.merchantID == "m-1")
        #expect(sink.outputs.alerts.first?.measures == [.integer(2)])
    }

    @Test(arguments: [(0, 1), (1, 0)])
    func aRecordAtTheLimitIsReadAndOneByteMoreIsNot(extra: Int, accepted: Int) async throws {
        let start = #"{"type":"click","event_id":"e","ts":1000,"merchant_id":"m","padding":""#
        let padding = String(repeating: "x", count: Limits.recordBytes - start.utf8.count - 2 + extra)
        let (report, sink) = try await replay(start + padding + "\"}", Self.click(#""merchant_id":"m""#))
        #expect(report.groups.sources[0].accepted == accepted + 1)
        #expect(sink.deadLetters.map(\.reason) == (accepted == 1 ? [] : [.recordTooLong]))
        #expect(sink.deadLetters.allSatisfy { $0.raw.byteCount == Limits.recordBytes + 1 && $0.raw.digest != nil })
    }

    @Test func bytesThatAreNoTextAreKept() async throws {
        let line =
            Array(#"{"type":"click","event_id":"e","ts":1,"merchant_id":""#.utf8) + [0xC3, 0x28] + Array("\"}".utf8)
        let (_, sink) = try await replay(line)
        #expect(sink.deadLetters.map(\.reason) == [.invalidUTF8])
        #expect(sink.deadLetters.first?.raw.prefix == line)
    }

    @Test(
        arguments: [
            (#""merchant_id":"m","merchant_id":"n""#, DeadLetterReason.duplicateKey),
            (#""merchant_id":null"#, .missingField), (#""merchant_id":"""#, .missingField),
            (#""ad_id":"a""#, .missingField),
            (#""merchant_id":{"id":"m"}"#, .wrongType), (#""merchant_id":["m"]"#, .wrongType),
            (#""merchant_id":1.5"#, .wrongType), (#""merchant_id":"m","cost":1.0,"currency":"GBP""#, .notAnInteger),
            (#""merchant_id":"m","cost":"1","currency":"GBP""#, .wrongType),
            (#""merchant_id":"m","cost":-1,"currency":"GBP""#, .negativeMoney),
            (#""merchant_id":"m","cost":9223372036854775808,"currency":"GBP""#, .numberOutOfRange),
            (#""merchant_id":"m","cost":1"#, .missingCurrency),
            (#""merchant_id":"m","cost":1,"currency":"gbp""#, .unknownCurrency),
        ])
    func badMembersAreSetAside(members: String, reason: DeadLetterReason) async throws {
        let (_, sink) = try await replay(Self.click(members))
        #expect(sink.deadLetters.map(\.reason) == [reason])
    }

    @Test(
        arguments: [
            ("0", nil), ("-1", .timestampOutOfRange), ("4102444800000", nil), ("4102444800001", .timestampOutOfRange),
            ("99999999999999999999", .timestampOutOfRange), ("1.5", .invalidTimestamp), ("\"soon\"", .wrongType),
            ("null", .missingField),
        ] as [(String, DeadLetterReason?)])
    func timesFrom1970To2100AreTaken(time: String, reason: DeadLetterReason?) async throws {
        let (report, sink) = try await replay(Self.click(#""merchant_id":"m""#, at: time))
        #expect(sink.deadLetters.map(\.reason) == [reason].compactMap { $0 })
        #expect(report.groups.sources[0].accepted == (reason == nil ? 1 : 0))
    }

    // MARK: - Ends of lines and logs

    @Test(
        arguments: [
            ("", 0), ("\n\n", 0), ("\u{FEFF}@\n", 1), ("@\r\n@\r\n", 2), ("@\n\n@", 2), ("@", 1),
        ])
    func linesEndInManyWays(pattern: String, accepted: Int) async throws {
        let text = pattern.replacing("@", with: Self.click(#""merchant_id":"m""#))
        let (report, sink) = try await replay(Array(text.utf8))
        #expect(report.groups.sources[0].accepted == accepted && report.intake.read == accepted)
        #expect(sink.deadLetters.isEmpty)
    }

    /// One of many runs must be as fast as that: a run waits its turn behind the other tests, but the cost of three
    /// million empty panes would show in every one.
    @Test func twoEventsAYearApartReplayInNoTime() async throws {
        let topology = try PipelineLoader.load(text: Self.text, file: "hostile.yaml").get().topology
        let times = ["0", "31536000000"].map { Self.click(#""merchant_id":"m""#, at: $0) }
        var best = Duration.seconds(60)
        for _ in 0..<100 where best >= .milliseconds(100) {
            let log = ReplayLog(
                name: "year", source: nil, reader: MemoryReader(Array(times.joined(separator: "\n").utf8)))
            let start = ContinuousClock.now
            var sink = MemorySink()
            var replay = try Replay(topology, logs: [log], options: ReplayOptions())
            let report = try await replay.run(into: &sink)
            best = min(best, ContinuousClock.now - start)
            #expect(report.groups.sources[0].accepted == 2)
        }
        #expect(best < .milliseconds(100))
    }

    /// Whatever the bytes, every record has a fate and nothing traps.
    @Test func randomDamageNeverTraps() async throws {
        var random = SplitMix64(seed: 0xBAD)
        let good = Array(Self.click(#""merchant_id":"m-1","ad_id":"a\u00e9","cost":5,"currency":"GBP""#).utf8)
        var log: [UInt8] = []
        for _ in 0..<4000 {
            var line = good
            for _ in 0..<random.number(0...4) {
                let place = random.number(0...(line.count - 1))
                switch random.number(0...3) {
                case 0: line[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: line.remove(at: place)
                case 2: line.insert(line[random.number(0...(line.count - 1))], at: place)
                default: line.removeSubrange(place..<min(line.count, place + random.number(1...9)))
                }
                if line.isEmpty { line = [UInt8(ascii: "{")] }
            }
            log += line + [UInt8(ascii: "\n")]
        }
        let (report, sink) = try await replay(log)
        #expect(report.intake.read >= 3900 && sink.deadLetters.count > 500)
        #expect(report.groups.sources[0].accepted > 500)
    }
}
