import Engine
import Foundation
import Kafka
import TestBroker
import Testing

/// Poison in the topics and trouble with the cluster, on the mock, which can be told to fail.
@Suite(.ownThread) struct TroubleTests {
    // MARK: - Poison

    private static func click(_ id: String, _ ts: Int) -> String {
        #"{"type":"click","event_id":"\#(id)","ts":\#(ts),"merchant_id":"m","ad_id":"a","device_id":"d","cost":15}"#
    }

    @Test func poisonMeetsItsFateAndConsumptionGoesOn() throws {
        let daemon = try DaemonProcess(["--idle-after", "300ms"])
        #expect(daemon.says("task 0 goes on"), "\(daemon.said)")
        let year2200 = 7_258_118_400_000
        let poison: [[UInt8]?] = [
            Array("this is no JSON".utf8), Array("[1,2]".utf8), Array("{}".utf8), [], nil, [0xFF, 0xFE, 0x00],
            Array(Self.click("future", year2200).utf8),
            Array(Self.click("negative", -1).utf8),
        ]
        try daemon.produce(raw: poison, to: "marketplace.clicks")
        #expect(
            try daemon.reasons(count: 8) == [
                "invalid_json", "invalid_json", "invalid_json", "invalid_utf8", "missing_field", "no_value",
                "timestamp_out_of_range", "timestamp_out_of_range",
            ], "\(daemon.said)")

        // One that no topic of ours would take back whole.
        try daemon.produce(raw: [Array(repeating: UInt8(ascii: "x"), count: 5_000_000)], to: "marketplace.clicks")
        #expect(try daemon.reasons(count: 9).contains("record_too_long"), "\(daemon.said)")
        // The last one ends the pane of the others.
        let now = Int(Date().timeIntervalSince1970) * 1000
        try daemon.produce(
            (0..<12).map { Self.click("c\($0)", now + $0) } + [Self.click("last", now + 30_000)],
            to: "marketplace.clicks")
        #expect(try daemon.values(of: "rampart.alerts").count > 0, "\(daemon.said)")
        #expect(try daemon.values(of: "rampart.late", atLeast: 0).isEmpty)
        daemon.signal(SIGTERM)
        #expect(daemon.exitCode() == 0, "\(daemon.said)")
    }

    // MARK: - A cluster that is away

    @Test func aClusterThatIsAwayIsTriedAgainAndASignalStillEnds() throws {
        let cluster = try DaemonProcess.makeCluster()
        try cluster.setDown(1)
        let daemon = try DaemonProcess(["--request-timeout", "1s"], cluster: cluster)
        #expect(daemon.says("cannot be used yet"), "\(daemon.said)")
        #expect(daemon.said.contains("trying again") && daemon.isRunning)
        daemon.signal(SIGTERM)
        #expect(daemon.exitCode() == 0, "\(daemon.said)")
    }

    @Test func aClusterThatComesUpLateIsUsed() throws {
        let cluster = try DaemonProcess.makeCluster()
        try cluster.setDown(1)
        let daemon = try DaemonProcess(["--request-timeout", "1s"], cluster: cluster)
        #expect(daemon.says("cannot be used yet"), "\(daemon.said)")
        try cluster.setUp(1)
        #expect(daemon.says("task 0 goes on"), "\(daemon.said)")
    }

    // MARK: - What only a person can mend

    /// Kafka's error numbers for rights that are missing, by the request that is refused.
    @Test(arguments: [
        (MockCluster.Request.initProducerID, 53, "TRANSACTIONAL_ID_AUTHORIZATION_FAILED"),
        (.offsetFetch, 30, "GROUP_AUTHORIZATION_FAILED"), (.joinGroup, 30, "GROUP_AUTHORIZATION_FAILED"),
    ])
    func aMissingRightEndsTheDaemonAndIsNamed(_ request: MockCluster.Request, _ number: Int, _ name: String) throws {
        let cluster = try DaemonProcess.makeCluster()
        cluster.pushErrors(Array(repeating: number, count: 50), for: request)
        let daemon = try DaemonProcess(cluster: cluster)
        #expect(daemon.exitCode() == 1, "\(daemon.said)")
        #expect(daemon.said.contains(name), "\(daemon.said)")
    }

    /// Only this broker tells how long it keeps a topic's records; the interval between checkpoints here is a second.
    @Test(arguments: [(2_999, true), (3_000, false)] as [(Int64, Bool)])
    func aTopicThatForgetsTooSoonIsSaid(_ retention: Int64, _ isShort: Bool) throws {
        let application = try NoidaApplication(retention: retention)
        let daemon = try application.startDaemon()
        #expect(daemon.says("committed task"), "\(daemon.said)")
        if isShort { #expect(daemon.says("sim.sales keeps its records for"), "\(daemon.said)") }
        #expect(daemon.said.contains("retention.ms") == isShort, "\(daemon.said)")
        daemon.signal(SIGTERM)
        #expect(daemon.exitCode(within: 30) == 0, "\(daemon.said)")
    }

    /// Only this broker says that a topic is not there; the mock makes it up.
    @Test func aMissingInputTopicIsNamedWithItsMend() throws {
        let application = try NoidaApplication(creates: ["sim.clicks"])
        let daemon = try application.startDaemon()
        #expect(daemon.exitCode() == 1, "\(daemon.said)")
        #expect(daemon.said.contains("there is no topic sim.sales"), "\(daemon.said)")
        #expect(daemon.said.contains("create it first"), "\(daemon.said)")
    }
}
