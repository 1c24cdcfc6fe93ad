import Engine
import RampartCore
import Testing

@testable import Kafka

/// The table by which a record finds its partition.
@Suite struct StartedPartitionsTests {
    private let first = OpaquePointer(bitPattern: 0x1000)!
    private let second = OpaquePointer(bitPattern: 0x2000)!

    private func slot(_ started: inout StartedPartitions, _ topic: OpaquePointer, _ number: Int32, _ name: String)
        -> Int?
    { started.slot(topic: topic, number: number) { name } }

    private func taken(_ started: inout StartedPartitions, _ offsets: [Int64]) -> [Int64] {
        offsets.filter { started.advance(0, past: $0) }
    }

    @Test func recordsFindTheirPartitionsByTopicAndNumber() {
        var started = StartedPartitions()
        started.start([0, 1].map { StartOffset(TopicPartition("a", $0), at: 5) }, isPaused: false)
        started.start([StartOffset(TopicPartition("b", 1), at: 9)], isPaused: false)
        var found = [slot(&started, first, 1, "a"), slot(&started, second, 1, "b")]
        #expect(found == [1, 2])
        found = [slot(&started, first, 1, "not asked for again"), slot(&started, first, 7, "a")]
        #expect(found == [1, nil])
        let stopped = started.stop([TopicPartition("a", 0), TopicPartition("c", 0)])
        #expect(stopped == [TopicPartition("a", 0)])
        // A handle that was given back may be used for another topic.
        found = [slot(&started, first, 1, "b"), slot(&started, second, 1, "a")]
        #expect(found == [1, 0])
    }

    @Test func recordsBeforeThePositionAndOfPausedPartitionsAreDropped() {
        var started = StartedPartitions()
        let partition = TopicPartition("a", 0)
        started.start([StartOffset(partition, at: 5)], isPaused: false)
        var offsets = taken(&started, [4, 5, 5, 9])
        #expect(offsets == [5, 9])
        var changed = started.setPaused(true, [partition, TopicPartition("b", 0)])
        #expect(changed == [partition])
        changed = started.setPaused(true, [partition])
        #expect(changed.isEmpty)
        offsets = taken(&started, [10])
        #expect(offsets.isEmpty)
        changed = started.setPaused(false, [partition])
        #expect(changed == [partition])
        offsets = taken(&started, [10])
        #expect(offsets == [10])
        started.advance(0, toEnd: 20)
        started.advance(0, toEnd: 3)
        #expect(started.all.map(\.offsetNext) == [20])
    }

    @Test func partitionsCanBeStartedAnew() {
        var started = StartedPartitions()
        let partition = TopicPartition("a", 0)
        started.start([StartOffset(partition, at: 5), StartOffset(partition, at: 6)], isPaused: true)
        started.start([StartOffset(partition, at: 2)], isPaused: false)
        #expect(started.all.map(\.offsetNext) == [2])
        let offsets = taken(&started, [1, 2])
        #expect(offsets == [2])
    }

    @Test func placesFollowTheInbox() {
        var started = StartedPartitions()
        started.start([StartOffset(TopicPartition("a", 0), at: 0)], isPaused: false)
        var one = Inbox()
        var other = Inbox()
        _ = other.place(of: TopicPartition("b", 0))
        var places = [started.place(of: 0, in: &one)]
        started.forgetPlaces()
        places += [started.place(of: 0, in: &other), started.place(of: 0, in: &other)]
        #expect(places == [0, 1, 1])
    }
}
