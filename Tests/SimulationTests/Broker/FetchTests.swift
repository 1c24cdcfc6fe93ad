import Engine
import RampartCore
import Simulation
import Testing

/// What `poll` delivers.
@Suite struct FetchTests {
    @Test func recordsComeOnceAndInOrderAndThenTheEnd() throws {
        let cluster = SimulatedCluster.small()
        let partitions = [input, TopicPartition("in", 1)]
        for partition in partitions { cluster.append((0..<300).map(String.init), to: partition) }
        let worker = try Worker(cluster, "a")
        for _ in 0..<100 { try worker.poll() }
        for partition in partitions {
            #expect(worker.delivered[partition] == Array(0..<300))
            #expect(worker.ends[partition] == 300)
        }
    }

    @Test func theEndIsTheLastStableOffset() throws {
        let cluster = SimulatedCluster.small()
        cluster.append(["a"], to: input)
        let producer = try SimulatedBroker.producer(cluster, "p")
        try producer.produce([.text("b", to: input)])
        let worker = try Worker(cluster, "a")
        try worker.settle()
        #expect(worker.delivered[input] == [0])
        #expect(worker.ends[input] == 1)
        try producer.commitTransaction()
        try worker.settle()
        #expect(worker.delivered[input] == [0, 1])
        #expect(worker.ends[input] == 3)
    }

    @Test func aPausedPartitionWaits() throws {
        let cluster = SimulatedCluster.small()
        let worker = try Worker(cluster, "a")
        try worker.settle()
        try worker.broker.pause([input])
        cluster.append(["a"], to: input)
        cluster.append(["a"], to: TopicPartition("in", 1))
        try worker.settle()
        #expect(worker.delivered[input] == [] || worker.delivered[input] == nil)
        #expect(worker.delivered[TopicPartition("in", 1)] == [0])
        try worker.broker.resume([input])
        try worker.settle()
        #expect(worker.delivered[input] == [0])
    }

    @Test func aStartInPauseDeliversNothingUntilItIsResumed() throws {
        let cluster = SimulatedCluster.small()
        cluster.append(["a"], to: input)
        let worker = try Worker(cluster, "a")
        try worker.settle()
        try worker.broker.start([StartOffset(input, at: 0)], isPaused: true)
        try worker.settle()
        #expect(worker.delivered[input] == [0])
        try worker.broker.resume([input])
        try worker.settle()
        #expect(worker.delivered[input] == [0, 0])
    }

    @Test func aStoppedPartitionDeliversNothing() throws {
        let cluster = SimulatedCluster.small()
        let worker = try Worker(cluster, "a")
        try worker.settle()
        try worker.broker.stop([input])
        cluster.append(["a"], to: input)
        try worker.settle()
        #expect(worker.delivered[input, default: []].isEmpty)
    }

    @Test func aStartElsewhereDeliversAgain() throws {
        let cluster = SimulatedCluster.small()
        cluster.append(["a", "b"], to: input)
        let worker = try Worker(cluster, "a")
        try worker.settle()
        try worker.broker.start([StartOffset(input, at: 1)], isPaused: false)
        try worker.settle()
        #expect(worker.delivered[input] == [0, 1, 1])
    }

    @Test(arguments: [Int64(0), 4])
    func aStartOutOfRangeStopsTheNextPoll(offset: Int64) throws {
        let cluster = SimulatedCluster.small()
        cluster.append(["a", "b", "c"], to: input)
        cluster.truncate(input, before: 1)
        let broker = SimulatedBroker(cluster, transactionalID: "a")
        try broker.subscribe(to: "in")
        var inbox = Inbox()
        #expect(try broker.poll(into: &inbox, wait: .zero) == .assigned([0, 1]))
        try broker.start([StartOffset(input, at: offset)], isPaused: false)
        let error = try #require(refusal { _ = try broker.poll(into: &inbox, wait: .zero) })
        #expect(error.code == "_AUTO_OFFSET_RESET")
        #expect(error.remedy == .stop)
        try broker.start([StartOffset(input, at: 1)], isPaused: false)
        #expect(try broker.poll(into: &inbox, wait: .zero) == nil)
        #expect(inbox.recordCount == 2)
    }

    @Test func aFullInboxEndsThePoll() throws {
        let cluster = SimulatedCluster.small()
        cluster.append((0..<50).map { _ in String(repeating: "x", count: 100) }, to: input)
        let broker = SimulatedBroker(cluster, transactionalID: "a")
        try broker.subscribe(to: "in")
        var inbox = Inbox(byteLimit: 1)
        _ = try broker.poll(into: &inbox, wait: .zero)
        try broker.start([StartOffset(input, at: 0)], isPaused: false)
        _ = try broker.poll(into: &inbox, wait: .zero)
        #expect(inbox.recordCount == 1)
    }

    @Test func whatIsDeliveredIsWhatWasAppended() throws {
        let cluster = SimulatedCluster.small()
        let headers = [RecordHeader("h", [1]), RecordHeader("h", nil)]
        cluster.append(to: input, key: [1], value: nil, headers: headers, timestamp: 9)
        let broker = SimulatedBroker(cluster, transactionalID: "a")
        try broker.subscribe(to: "in")
        var inbox = Inbox()
        _ = try broker.poll(into: &inbox, wait: .zero)
        try broker.start([StartOffset(input, at: 0)], isPaused: false)
        _ = try broker.poll(into: &inbox, wait: .zero)
        var expected = Inbox()
        let place = expected.place(of: input)
        [UInt8](arrayLiteral: 1).withUnsafeBytes { key in
            expected.append(
                at: place, offset: 0, timestamp: 9, isAppendTime: false, key: key, value: nil, headers: headers)
        }
        let arrived = inbox.arrivals[try #require(inbox.partitions[input])]
        #expect(arrived.batch.bytes == expected.arrivals[place].batch.bytes)
        #expect(arrived.batch.records == expected.arrivals[place].batch.records)
    }
}
