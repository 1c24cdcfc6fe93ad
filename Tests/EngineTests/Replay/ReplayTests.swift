import Engine
import Pipelines
import RampartCore
import Testing

/// The replay shell: routing, reading order, ends and bounds. Clicks fire at three within ten seconds.
@Suite struct ReplayTests {
    private static let text = """
        pipeline: shell
        sources:
          clicks: { event: click, dedupe: off }
          orders: { event: order, dedupe: off }
        stages:
          flood:
            from: clicks
            key: [merchant_id]
            window: { size: 10s, every: 10s }
            measure: { clicks: count() }
            tune: { min_clicks: { default: 3, min: 1, max: 9 } }
            when: clicks >= min_clicks
        """

    private static func topology(_ text: String = text) throws -> Topology {
        try PipelineLoader.load(text: text, file: "shell.yaml").get().topology
    }

    private static func click(_ second: Int64, type: String = "click", merchant: String = "m") -> String {
        #"{"type":"\#(type)","event_id":"\#(type)\#(second)","ts":\#(second * 1000),"merchant_id":"\#(merchant)"}"#
    }

    private static func log(_ lines: [String], name: String = "log.ndjson", source: String? = nil) -> ReplayLog {
        ReplayLog(
            name: name, source: source, reader: MemoryReader(Array(lines.joined(separator: "\n").utf8), chunkBytes: 100)
        )
    }

    private static func run(
        _ logs: [ReplayLog], _ change: (inout ReplayOptions) -> Void = { _ in }
    ) async throws -> (report: ReplayReport, sink: MemorySink) {
        var options = ReplayOptions()
        change(&options)
        var sink = MemorySink()
        var replay = try Replay(topology(), logs: logs, options: options)
        return (try await replay.run(into: &sink), sink)
    }

    // MARK: - Routing (R2)

    @Test func aBareLogGoesByTypeAndUnknownTypesAreFiltered() async throws {
        let lines = [Self.click(1), Self.click(1, type: "order"), Self.click(1, type: "review"), "{}"]
        let (report, _) = try await Self.run([Self.log(lines)])
        #expect(report.groups.sources.map(\.accepted) == [1, 1])
        #expect(report.intake.total.filtered == 1)
        #expect(report.intake.reasons == [.missingField: 1])
    }

    @Test func aNamedLogBelongsToItsSource() async throws {
        let lines = [Self.click(1), Self.click(1, type: "order")]
        let (report, _) = try await Self.run([Self.log(lines, source: "orders")])
        #expect(report.groups.sources.map(\.accepted) == [0, 1])
        #expect(report.intake.sources[1].filtered == 1)
    }

    @Test func anUnknownSourceIsRefusedWithTheMend() throws {
        let error = #expect(throws: BindingError.self) {
            try LogBinding(log: "a", source: "click", in: Self.topology())
        }
        #expect(error?.message.contains("did you mean `clicks`?") == true)
    }

    @Test func twoSourcesOfOneTypeNeedANamedLog() throws {
        let topology = try Self.topology(Self.text.replacing("event: order", with: "event: click"))
        #expect(throws: BindingError.self) { try LogBinding(log: "a", source: nil, in: topology) }
        #expect(try LogBinding(log: "a", source: "orders", in: topology).partition == .source(1))
    }

    // MARK: - Time (R8–R10, R15)

    @Test func ofTwoLogsTheOneBehindIsReadFirst() async throws {
        // Hours apart: read side by side, the second log would stage all of its events.
        final class Order: @unchecked Sendable { var names: [String] = [] }
        struct Recorder: ChunkReader {
            var name: String
            var order: Order
            var inner: MemoryReader
            mutating func read(into chunk: inout [UInt8]) -> Bool {
                order.names.append(name)
                return inner.read(into: &chunk)
            }
        }
        // Only this test reads the record, after the replay is over.
        let order = Order()
        let logs = [("late", Int64(7200)), ("early", 0)].map { name, start in
            let text = (0..<20).map { Self.click(start + $0) }.joined(separator: "\n")
            return ReplayLog(
                name: name, source: "clicks",
                reader: Recorder(name: name, order: order, inner: MemoryReader(Array(text.utf8), chunkBytes: 100)))
        }
        _ = try await Self.run(logs)
        let lastEarly = order.names.lastIndex(of: "early") ?? 0
        #expect(order.names[..<lastEarly].filter { $0 == "late" }.count <= 2)
    }

    @Test(arguments: [(Int64(9), 0), (10, 1)])
    func withoutAFlushThePaneOfTheLastWatermarkStays(last: Int64, alerts: Int) async throws {
        let lines = [1, 2, 3, last].map { Self.click($0) }
        let (report, sink) = try await Self.run([Self.log(lines)]) { $0.flushes = false }
        #expect(sink.outputs.alerts.count == alerts)
        #expect(report.groups.sources[0].staged == (alerts == 0 ? 4 : 1))
        #expect(try await Self.run([Self.log(lines)]).sink.outputs.alerts.map(\.state) == [.open, .closed])
    }

    @Test func boundsTakeTheirStartAndLeaveTheirEnd() async throws {
        let lines = [9, 10, 19, 20].map { Self.click($0) }
        let (report, _) = try await Self.run([Self.log(lines)]) {
            $0.bounds.from = EventTime(milliseconds: 10_000)
            $0.bounds.to = EventTime(milliseconds: 20_000)
        }
        #expect(report.groups.sources[0].accepted == 2 && report.intake.total.filtered == 2)
    }

    @Test func latestTimeIsAllowedAndTheNextIsNot() async throws {
        let (report, _) = try await Self.run([Self.log([Self.click(10), Self.click(11), Self.click(10)])]) {
            $0.bounds.latest = EventTime(milliseconds: 10_000)
        }
        // The refused record moves no watermark: the last one is not late.
        #expect(report.groups.sources[0].accepted == 2)
        #expect(report.intake.reasons == [.timestampOutOfRange: 1])
    }

    @Test func lateIsBehindTheOwnPartitionOnly() async throws {
        let ahead = Self.log([Self.click(100), Self.click(99), Self.click(100)], name: "a", source: "clicks")
        let behind = Self.log([Self.click(1), Self.click(2)], name: "b", source: "clicks")
        let (report, sink) = try await Self.run([ahead, behind])
        #expect(report.intake.total.late == 1)
        #expect(sink.lateEvents.map(\.place.position) == [2])
        #expect(report.groups.sources[0].accepted == 4)
    }

    // MARK: - Ends

    @Test func aLogThatBreaksEndsThereAndIsReported() async throws {
        struct Broken: ChunkReader {
            var chunks: [String]
            mutating func read(into chunk: inout [UInt8]) throws -> Bool {
                guard !chunks.isEmpty else { throw CancellationError() }
                chunk = Array(chunks.removeFirst().utf8)
                return true
            }
        }
        let reader = Broken(chunks: [Self.click(1) + "\n" + Self.click(2) + "\n" + #"{"type":"cl"#])
        let (report, _) = try await Self.run([ReplayLog(name: "cut", source: "clicks", reader: reader)])
        #expect(report.failures.map(\.log) == ["cut"] && !report.isComplete)
        #expect(report.intake.read == 2 && report.groups.sources[0].accepted == 2)
    }

    @Test func aStopLeavesTheRestStagedAndUncounted() async throws {
        var replay = try Replay(
            Self.topology(), logs: [Self.log((1...50).map { Self.click($0) })], options: ReplayOptions())
        var sink = MemorySink()
        var chunks = 0
        let report = try await replay.run(
            into: &sink,
            isStopped: {
                chunks += 1
                return chunks > 3
            })
        #expect(report.wasStopped && report.intake.read < 50)
        let groups = report.groups.sources[0]
        #expect(report.intake.read == groups.accepted + groups.staged && groups.staged > 0)
    }
}
