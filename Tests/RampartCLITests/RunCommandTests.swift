import Foundation
import Kafka
import Testing

/// `rampart run` from outside: signals, reloads, refusals and the demonstration.
@Suite struct RunCommandTests {
    // MARK: - The demonstration

    @Test func theDemonstrationRaisesAlertsAndEndsByItself() throws {
        let start = Date()
        let result = try Command.run(["run", Command.marketplace, "--embedded", "--for", "12s"])
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.output.contains("demonstration") && result.output.contains("stand-in"))
        #expect(result.output.contains("ALERT   high") && result.output.contains("ALERT   medium"))
        #expect(result.output.contains("CREDIT  posted") && result.output.contains("alerts were opened"))
        #expect(!result.errors.contains("\"error\""), "\(result.errors)")
        #expect(Date().timeIntervalSince(start) < 40)
    }

    @Test func theDemonstrationNeedsALogWithTimes() throws {
        let folder = try TemporaryFolder()
        let log = try folder.write("log.ndjson", "nothing\n")
        let result = try Command.run(["run", Command.marketplace, "--embedded", "--traffic", log])
        #expect(result.code == 2 && result.errors.contains("ts"), "\(result.errors)")
        #expect(try Command.run(["run", Command.marketplace, "--for", "3s"]).code == 2)
        #expect(try Command.run(["run", Command.marketplace, "--embedded", "--for", "soon"]).code == 2)
        #expect(try Command.run(["run", Command.marketplace, "--embedded", "--speed", "0"]).code == 2)
    }

    // MARK: - Stopping

    @Test(arguments: [SIGTERM, SIGINT])
    func aSignalCommitsCheckpointsAndLeaves(number: Int32) throws {
        let daemon = try DaemonProcess()
        #expect(daemon.says("task 0 goes on"), "\(daemon.said)")
        try daemon.produce(
            (0..<12).map {
                #"{"type":"click","event_id":"c\#($0)","ts":\#(1_321_272_000_000 + $0 * 1000),"merchant_id":"m","#
                    + #""ad_id":"a","device_id":"d","cost":15}"#
            }, to: "marketplace.clicks")
        daemon.signal(number)
        #expect(daemon.exitCode() == 0, "\(daemon.said)")
        #expect(daemon.said.contains("checkpoint of task 0") && daemon.said.contains("left the group"))
        let names = try FileManager.default.contentsOfDirectory(atPath: daemon.folder.path("data/marketplace/main"))
        #expect(names.count == 1 && names[0].hasSuffix(".checkpoint"))
    }

    // MARK: - Loading again

    @Test func hangupPutsAGoodFileInForceAndRefusesOthers() throws {
        let folder = try TemporaryFolder()
        let text = try String(contentsOfFile: Command.marketplace, encoding: .utf8)
        let pipeline = try folder.write("pipeline.yaml", text)
        let daemon = try DaemonProcess(pipeline: pipeline)
        #expect(daemon.says("task 0 goes on"), "\(daemon.said)")

        daemon.signal(SIGHUP)
        #expect(daemon.says("is sent to all tasks"), "\(daemon.said)")

        try folder.write(
            "pipeline.yaml", text.replacing("min_clicks: { default: 10,", with: "min_clicks: { default: 1,"))
        daemon.signal(SIGHUP)
        #expect(daemon.says("was refused") && daemon.said.contains("at least 2"), "\(daemon.said)")

        try folder.write(
            "pipeline.yaml", text.replacing("{ size: 10m, every: 10s }", with: "{ size: 20m, every: 10s }"))
        daemon.signal(SIGHUP)
        #expect(daemon.says("its graph differs"), "\(daemon.said)")

        try folder.write(
            "pipeline.yaml", text.replacing("min_clicks: { default: 10,", with: "min_clicks: { default: 11,"))
        daemon.signal(SIGHUP)
        #expect(
            daemon.says("is sent to all tasks", times: 2) && daemon.says("takes effect for task 0"), "\(daemon.said)")
        #expect(try daemon.values(of: "marketplace.commands", atLeast: 3).last?.contains("default: 11,") == true)
        daemon.signal(SIGTERM)
        #expect(daemon.exitCode() == 0, "\(daemon.said)")
    }

    @Test func aWatchedFileIsLoadedWhenItChanges() throws {
        let folder = try TemporaryFolder()
        let text = try String(contentsOfFile: Command.marketplace, encoding: .utf8)
        let pipeline = try folder.write("pipeline.yaml", text)
        let daemon = try DaemonProcess(["--watch"], pipeline: pipeline)
        #expect(daemon.says("task 0 goes on"), "\(daemon.said)")
        try folder.write(
            "pipeline.yaml", text.replacing("min_clicks: { default: 10,", with: "min_clicks: { default: 12,"))
        #expect(daemon.says("a change of the file: revision"), "\(daemon.said)")
    }

    @Test func anInstanceThatJoinsWithAnotherFileRollsNothingOut() throws {
        let first = try DaemonProcess(["--instance", "first"])
        #expect(first.says("command start-first"), "\(first.said)")
        first.signal(SIGTERM)
        #expect(first.exitCode() == 0, "\(first.said)")

        let folder = try TemporaryFolder()
        let text = try String(contentsOfFile: Command.marketplace, encoding: .utf8)
        let other = try folder.write(
            "pipeline.yaml", text.replacing("min_clicks: { default: 10,", with: "min_clicks: { default: 11,"))
        let second = try DaemonProcess(["--instance", "second"], pipeline: other, cluster: first.cluster)
        #expect(second.says("which holds; send SIGHUP to roll this file out"), "\(second.said)")
        #expect(second.says("the group gave task 0"), "\(second.said)")
        second.signal(SIGTERM)
        #expect(second.exitCode() == 0, "\(second.said)")
        #expect(!second.said.contains("is written for all tasks"), "\(second.said)")
    }

    // MARK: - Starting

    /// The mock creates topics that are asked for, with four partitions; so a missing one shows as one of another size.
    @Test func inputTopicsThatDoNotFitAreSaidWithTheirMend() throws {
        let cluster = try DaemonProcess.makeCluster(inputs: ["clicks", "orders"])
        let daemon = try DaemonProcess(cluster: cluster)
        #expect(daemon.exitCode() == 1, "\(daemon.said)")
        #expect(daemon.said.contains("marketplace.refunds has 4 partitions"), "\(daemon.said)")
        #expect(daemon.said.contains("all input topics need the same number"))
    }

    @Test func aClusterThatIsNotThereIsTriedUntilTheTimeIsOver() throws {
        let folder = try TemporaryFolder()
        let result = try Command.run([
            "run", Command.marketplace, "--brokers", "127.0.0.1:1", "--data-dir", folder.path("data"),
            "--start-timeout", "2s", "--request-timeout", "1s",
        ])
        #expect(result.code == 1 && result.errors.contains("start_timeout"), "\(result.errors)")
        #expect(result.errors.contains("cannot be used yet") && result.errors.contains("trying again"))
    }

    /// Errors 53: the right to use the transactional id is missing.
    @Test func aMissingRightEndsTheDaemon() throws {
        let cluster = try DaemonProcess.makeCluster()
        cluster.pushErrors([53], for: .initProducerID)
        let daemon = try DaemonProcess(cluster: cluster)
        #expect(daemon.exitCode() == 1, "\(daemon.said)")
        #expect(daemon.said.contains("TRANSACTIONAL_ID_AUTHORIZATION_FAILED"), "\(daemon.said)")
    }

    @Test(arguments: [
        ("fetch.max.byte=1", "fetch.max.byte"), ("acks=1", "exactly-once"), ("fetch.max.bytes=x", "bytes"),
    ])
    func wrongPropertiesAreRefusedBeforeAnythingStarts(property: String, word: String) throws {
        let folder = try TemporaryFolder()
        let result = try Command.run([
            "run", Command.marketplace, "--kafka", property, "--data-dir", folder.path("data"),
        ])
        #expect(result.code == 2 && result.errors.contains(word), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("data")))
    }

    @Test func oneFolderBelongsToOneDaemon() throws {
        let daemon = try DaemonProcess()
        #expect(daemon.says("running marketplace"), "\(daemon.said)")
        let second = try Command.run([
            "run", Command.marketplace, "--brokers", daemon.cluster.bootstrapServers, "--data-dir",
            daemon.folder.path("data"),
        ])
        #expect(second.code == 2 && second.errors.contains("own folder"), "\(second.errors)")
    }
}
