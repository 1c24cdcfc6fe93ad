import Engine
import Foundation
import Logging
import RampartCore
import Testing

@testable import RampartCLI

/// The parts of the daemon, each by itself.
@Suite struct DaemonPartsTests {
    // MARK: - Logs

    @Test func linesAreForPeopleOrPrograms() {
        let time = "2026-01-02T03:04:05.678Z"
        #expect(
            LineLogHandler.text(time, .warning, "it\u{1B}[2J happened\nhere", [("a", "1")])
                == "03:04:05 warning  it [2J happened here (a=1)")
        #expect(
            LineLogHandler.json(time, .info, "rampart", "say \"it\"\u{7}\u{2028}", [("a", "\\")])
                == #"{"time":"2026-01-02T03:04:05.678Z","level":"info","logger":"rampart","#
                + #""message":"say \"it\"\u0007\u2028","a":"\\"}"#)
    }

    @Test func levelsKeepTheirPromise() {
        let levels: [(WorkerFact, Logger.Level)] = [
            (.assigned([1, 0]), .info), (.revoked([0], isLost: true), .warning), (.revoked([0], isLost: false), .info),
            (.committed(tasks: [:], records: 1), .debug), (.aborted(code: "c", message: "m"), .warning),
            (.checkpointFailed(task: 0, message: "m"), .error), (.stuck(task: 0, message: "m"), .error),
            (.commandRefused(offset: 1, reason: "r"), .warning), (.checkpointed(task: 0, bytes: 1), .info),
            (.settingsDiffer(ownRevision: "a", revision: "b"), .warning), (.left, .info),
        ]
        for (fact, level) in levels { #expect(FactLog.line(fact).0 == level, "\(fact)") }
        #expect(FactLog.line(.assigned([1, 0])).1 == "the group gave tasks 0, 1")
        #expect(FactLog.line(.assigned([])).1 == "the group gave no tasks")
        let refusal = CommandRefusal(
            command: LedgerCommand(id: "i", action: .reverse, creditID: "c", who: "w", why: "y"), paneEnd: .distantPast,
            reason: .state(.held))
        #expect(
            FactLog.line(.decisionRefused(task: 3, refusal: refusal)).1 == "task 3 cannot reverse a credit: c is held")
    }

    @Test func whatIsTriedAgainIsSaidFromTimeToTime() {
        let lines = Lines()
        var log = FactLog(Logger(label: "test") { _ in lines }, worker: 0)
        for time in stride(from: Int64(0), to: 11_000, by: 100) {
            log.log(.retried(code: "C", message: "refused"), at: time, isStarting: true)
        }
        #expect(lines.messages.count == 3 && lines.messages.allSatisfy { $0.contains("Kafka cannot be used yet") })
        #expect(lines.messages[2].contains("attempt 101") && log.lastRefusal == "refused (C)")
        log.log(.left, at: 11_000, isStarting: false)
        #expect(log.lastRefusal == nil)
    }

    @Test func whatIsSetAsideIsSaidFromTimeToTimeAndCountedWhole() {
        let lines = Lines()
        var log = FactLog(Logger(label: "test") { _ in lines }, worker: 0)
        for time in stride(from: Int64(0), to: 10_000, by: 100) {
            log.log(.setAside(task: 0, late: 2, deadLetters: 1), at: time, isStarting: false)
        }
        #expect(lines.messages.count == 1 && lines.messages[0].contains("2 late events"))
        log.log(.committed(tasks: [:], records: 0), at: 10_000, isStarting: false)
        #expect(lines.messages.contains { $0.contains("198 late events") && $0.contains("99 records") })
    }

    /// R29's table: what can be decided about a credit in each state.
    @Test func decisionsThatCannotBeMadeAreRefusedAtOnce() {
        let allowed: [(LedgerCommand.Action, Set<String>)] = [
            (.approve, ["held", "rejected", "reversed"]), (.reject, ["held"]), (.reverse, ["posted"]),
        ]
        for (action, states) in allowed {
            for state in ["posted", "held", "rejected", "reversed"] {
                let refusal = DecisionOptions.refusal(of: action, state)
                #expect((refusal == nil) == states.contains(state), "\(action) \(state)")
            }
        }
        #expect(DecisionOptions.refusal(of: .reject, "posted")?.contains("reverse it instead") == true)
    }

    @Test func theDelayGrowsToItsBoundUntilSomethingIsCommitted() {
        var setbacks = Setbacks()
        let lost = DaemonError(.restart, "the connection was lost (_TRANSPORT)")
        let delays = (0..<7).map { _ in setbacks.note(lost) }
        #expect(delays == [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
        #expect(!setbacks.needPerson && setbacks.advice == "")
        setbacks.noteCommit()
        let first = setbacks.note(lost)
        #expect(first == 1000)
    }

    @Test func whoIsFencedTwiceHasARival() {
        var setbacks = Setbacks()
        let fenced = DaemonError(.restart, "this instance has been fenced by a newer instance (_FENCED)")
        _ = setbacks.note(fenced)
        #expect(!setbacks.needPerson && setbacks.advice.contains("--instance"))
        setbacks.noteCommit()
        _ = setbacks.note(fenced)
        #expect(setbacks.needPerson)
        _ = setbacks.note(DaemonError(.restart, "the connection was lost (_TRANSPORT)"))
        #expect(!setbacks.needPerson)
    }

    // MARK: - Commands

    @Test func aSignatureIsOfOneCommandOneKeyAndOneApplication() throws {
        let key = Array("0123456789abcdef".utf8)
        let command = Engine.Command(
            id: "i", who: "ada", issuedAt: 1, body: .decide(.init(action: "approve", creditID: "c", why: "checked")))
        let read = Engine.Command(bytes: command.signed(with: key, for: "shop").bytes)
        let signed = try #require(read)
        #expect(signed.isSigned(with: key, for: "shop") && !command.isSigned(with: key, for: "shop"))
        #expect(!signed.isSigned(with: Array("another key here".utf8), for: "shop"))
        #expect(!signed.isSigned(with: key, for: "shop-staging"))
        var other = signed
        other.who = "eve"
        #expect(!other.isSigned(with: key, for: "shop") && signed.signed(with: key, for: "shop") == signed)
    }

    // MARK: - Files

    @Test func aFileIsTakenWhenItHasSettled() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("file", "one")
        var watch = FileWatch(path: path)
        func looks(_ count: Int) -> [Bool] { (0..<count).map { _ in watch.look() } }
        #expect(looks(2) == [false, false])
        try folder.write("file", "two and more")
        #expect(looks(3) == [false, true, false], "At the first look it may still be written.")
        try FileManager.default.removeItem(atPath: path)
        #expect(looks(2) == [false, false])
        try folder.write("file", "three")
        #expect(looks(3) == [false, true, false])
    }

    // MARK: - The demonstration's log

    @Test func aLogIsPlayedLaterWithOtherIds() throws {
        let folder = try TemporaryFolder()
        let day: Int64 = 86_400_000
        let log = try PlayedLog(
            path: folder.write(
                "log.ndjson",
                """
                {"type":"order","event_id":"e1","ts":1000,"merchant_id":"m","order_id":"o1"}
                {"order_id": "o2", "ts": 3000, "event_id": "e2", "type": "refund"}
                {"type":"click","event_id":"e3","ts":"yesterday"}
                {"type":"click","event_id":"e4","ts":99999999999999}
                {"type":"order","event_id":"e5","ts":2000}
                broken
                """))
        #expect(log.period == day && log.records.map(\.arrival) == [1000, 3000, 3000, 3000, 3000, 3000])
        let texts = log.records.map { String(decoding: $0.bytes(shift: day, round: 2), as: UTF8.self) }
        #expect(
            texts[0] == #"{"type":"order","event_id":"e1-r2","ts":86401000,"merchant_id":"m","order_id":"o1-r2"}"#)
        #expect(texts[1] == #"{"order_id": "o2-r2", "ts": 86403000, "event_id": "e2-r2", "type": "refund"}"#)
        #expect(texts[2] == #"{"type":"click","event_id":"e3","ts":"yesterday"}"# && texts[5] == "broken")
        #expect(log.records[0].type == .order && log.records[0].merchant == Array("m".utf8))
        #expect(log.records[5].type == nil && log.records[5].merchant == nil)
        #expect(log.index(after: 1) == 1 && log.index(after: 2001) == 0)
    }

    // MARK: - Dead letters

    @Test func aDeadLetterIsMadeWholeAgain() throws {
        let row = try #require(
            DeadLetterRow(
                bytes: Array(
                    (#"{"schema_version":1,"reason":"invalid_utf8","detail":"d","source":null,"topic":"t","partition":3,"#
                        + #""offset":7,"timestamp":"1970-01-01T00:00:01.000Z","key":"k","#
                        + #""headers":[{"name":"h","value_base64":"/w=="},{"name":"n","value":null}],"#
                        + #""raw_base64":"/w=="}"#).utf8)))
        let (record, timestamp) = try row.record()
        #expect(record.topic == "t" && record.partition == 3 && timestamp == 1000)
        #expect(record.key == Array("k".utf8) && record.value == [0xff])
        #expect(
            record.headers == [
                RecordHeader("h", [0xff]), RecordHeader("n", nil),
                RecordHeader("rampart-redriven-from", Array("t/3/7".utf8)),
            ])
    }

    @Test(
        arguments: [
            (#""offset":7,"raw":"x","raw_bytes":20000"#, "its beginning"), (#""raw":"x""#, "topic"),
            (#""offset":7,"raw":"x","key":"k","key_bytes":5000"#, "key"), (#""offset":7"#, "value"),
            (#""offset":7,"raw":"x","headers_count":100"#, "headers"),
            (#""offset":7,"raw":"x","headers":[{"name":"n","value":"v","value_bytes":9000}]"#, "headers"),
        ])
    func whatWasShortenedIsNotProducedAgain(members: String, word: String) throws {
        let text = #"{"reason":"invalid_json","detail":"d","topic":"t","partition":0,"# + members + "}"
        let row = try #require(DeadLetterRow(bytes: Array(text.utf8)))
        do {
            _ = try row.record()
            Issue.record("It was taken.")
        } catch {
            #expect(error.reason.contains(word), "\(error.reason)")
        }
    }
}

/// Keeps what is logged.
private final class Lines: LogHandler, @unchecked Sendable {
    var messages: [String] = []
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { messages.append("\(event.message)") }
}
