import Engine
import Foundation
import Kafka
import Testing

/// What people do beside a running daemon: look, decide, record and replay, and give records a second chance.
@Suite struct OperationsTests {
    /// Two hours ago: its credit is stated by now, and not forgotten.
    private static let start = Int(Date().timeIntervalSince1970 - 7200) * 1000

    private static let clicks = (0..<12).map {
        #"{"type":"click","event_id":"c\#($0)","ts":\#(start + $0 * 1000),"merchant_id":"m-1","#
            + #""ad_id":"a","device_id":"d","cost":15}"#
    }

    private let daemon: DaemonProcess
    private let secrets: TemporaryFolder
    private let key: String

    /// Starts a daemon that has consumed an attack and a broken record.
    init() throws {
        secrets = try TemporaryFolder()
        key = try secrets.write("key", "0123456789abcdef0123456789abcdef\n")
        daemon = try DaemonProcess(["--idle-after", "300ms", "--ledger-key-file", key])
        try #require(daemon.says("task 0 goes on"), "\(daemon.said)")
        try daemon.produce(Self.clicks + ["this is no JSON"], to: "marketplace.clicks")
        try #require(try daemon.values(of: "rampart.credits").count == 1, "\(daemon.said)")
    }

    private func rampart(_ words: String..., more: [String] = []) throws -> Command.Result {
        try Command.run(words + [Command.marketplace, "--brokers", daemon.cluster.bootstrapServers] + more)
    }

    @Test func everythingThatPeopleDo() throws {
        try look()
        try decide()
        try redrive()
        daemon.signal(SIGTERM)
        #expect(daemon.exitCode() == 0, "\(daemon.said)")
        try replayTheRecording()
    }

    private func look() throws {
        let state = try rampart("state", more: ["--data-dir", daemon.folder.path("data")])
        #expect(state.code == 0 && state.output.contains("marketplace.clicks[0]"), "\(state.errors)")
        let list = try rampart("credits", "list", more: ["--state", "posted", "--merchant", "m-1"])
        #expect(list.code == 0 && list.output.contains("posted") && list.output.contains("1.80 GBP"), "\(list.errors)")
        #expect(try rampart("credits", "list", more: ["--merchant", "m-2"]).output == "No credits\n")
        #expect(try rampart("credits", "list", more: ["--state", "lost"]).code == 2)
    }

    private func decide() throws {
        let row = try #require(try daemon.values(of: "rampart.credits").first)
        let id = try #require(row.firstMatch(of: /"credit_id": ?"([0-9a-f]+)"/)?.1)
        let reverse = [Command.marketplace, String(id), "--brokers", daemon.cluster.bootstrapServers]
        #expect(try Command.run(["credits", "reverse"] + reverse).errors.contains("--why"))
        #expect(try Command.run(["credits", "reverse"] + reverse + ["--why", " "]).code == 2)
        #expect(
            try rampart("credits", "reverse", more: ["--why", "x"]).errors.contains("credit"),
            "The id of the credit is missing.")

        let unsigned = try Command.run(["credits", "reverse"] + reverse + ["--why", "nobody asked"])
        #expect(unsigned.code == 0 && unsigned.errors.contains("not signed"), "\(unsigned.errors)")
        #expect(daemon.says("was refused: it is not signed"), "\(daemon.said)")

        let signed = try Command.run(
            ["credits", "reverse"] + reverse
                + ["--why", "the clicks were a test", "--who", "ada", "--ledger-key-file", key])
        #expect(signed.code == 0 && signed.output.contains("asked to reverse"), "\(signed.errors)")
        let rows = try daemon.values(of: "rampart.credits", atLeast: 2)
        #expect(rows.count == 2 && rows[1].contains("reversed") && rows[1].contains("ada"), "\(daemon.said)")
        #expect(try rampart("credits", "list", more: ["--state", "reversed"]).output.contains("by ada"))
    }

    private func redrive() throws {
        let list = try rampart("dead-letters", "list")
        #expect(list.output.contains("marketplace.clicks/0/12") && list.output.contains("invalid_json"), "\(list)")
        #expect(!list.output.contains("this is no JSON"))
        #expect(try rampart("dead-letters", "redrive").code == 2)
        #expect(
            try rampart("dead-letters", "redrive", more: ["--reason", "invalid_jsn"]).errors.contains("did you mean"))

        let redrive = try rampart("dead-letters", "redrive", more: ["--reason", "invalid_json"])
        #expect(redrive.code == 0 && redrive.output.contains("produced again: 1"), "\(redrive)")
        let reader = try KafkaReader(daemon.configuration)
        let first = try reader.read(TopicPartition("marketplace.clicks", 0), from: 12, wait: .seconds(5)).records
        let again = try reader.read(TopicPartition("marketplace.clicks", 0), from: 13, wait: .seconds(5)).records
        try #require(!first.isEmpty && again.count == 1)
        #expect(again[0].value == first[0].value && again[0].timestamp == first[0].timestamp)
        #expect(
            again[0].headers == [
                RecordHeader("rampart-redriven-from", Array("marketplace.clicks/0/12".utf8))
            ])
        #expect(try daemon.values(of: "rampart.dead-letters", atLeast: 2).count == 2)
    }

    private func replayTheRecording() throws {
        let folder = try TemporaryFolder()
        for _ in 0..<2 {
            let record = try rampart("record", more: ["--out", folder.path("recorded")])
            #expect(record.code == 0, "\(record.errors)")
        }
        let replay = try Command.run([
            "replay", Command.marketplace, folder.path("recorded"), "--out", folder.path("out"), "--no-flush",
        ])
        #expect(replay.code == 0, "\(replay.errors)")
        let summary = try folder.rows("out/summary.json")[0]
        #expect(
            summary["read"] as? Int == 14 && summary["accepted"] as? Int == 12 && summary["dead_lettered"] as? Int == 2)
        let topics = [
            ("alerts", "rampart.alerts"), ("credit-lines", "rampart.credit-lines"), ("credits", "rampart.credits"),
            ("dead-letters", "rampart.dead-letters"), ("incidents", "rampart.incidents"),
        ]
        for (file, topic) in topics {
            let replayed = try folder.text("out/\(file).ndjson").split(separator: "\n").map(String.init)
            let live = try daemon.values(of: topic, atLeast: replayed.count)
            #expect(replayed.sorted() == live.sorted(), "\(file)")
        }
        let ledger = try Command.run([
            "replay", Command.marketplace, folder.path("recorded"), "--out", folder.path("other"), "--ledger",
            folder.path("out"),
        ])
        #expect(ledger.code == 2 && ledger.errors.contains("--ledger"), "\(ledger.errors)")
    }
}
