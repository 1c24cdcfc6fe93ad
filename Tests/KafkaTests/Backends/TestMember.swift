import Engine
import RampartCore
import Testing

/// A member of a group that answers every change as a worker does, and keeps what it was given.
final class TestMember {
    let broker: any Broker
    let topics: [String]
    /// Where the group has come to, shared by its members as offsets committed at every poll would be.
    let progress: Progress
    var inbox: Inbox
    private(set) var changes: [GroupChange] = []
    private(set) var owned: Set<Int> = []
    private(set) var generations: [Int] = []
    private(set) var records: [TopicPartition: [Arrival]] = [:]
    private(set) var ends: [TopicPartition: Int64] = [:]

    /// What arrived.
    struct Arrival: Hashable {
        var offset: Int64
        var value: String
    }

    /// The offset of the first record of each partition that no member was given yet.
    final class Progress {
        var offsetsNext: [TopicPartition: Int64] = [:]
    }

    /// The first topic is the lead.
    init(_ broker: any Broker, topics: [String], progress: Progress = Progress(), byteLimit: Int = 1 << 20) {
        self.broker = broker
        self.topics = topics
        self.progress = progress
        inbox = Inbox(byteLimit: byteLimit)
    }

    func join() throws { try broker.subscribe(to: topics[0]) }

    /// Notes that the broker was closed.
    func leave() { owned = [] }

    /// One poll.
    func poll(wait: Duration = .milliseconds(50)) throws {
        inbox.removeAll()
        let change = try broker.poll(into: &inbox, wait: wait)
        try collect()
        guard let change else { return }
        changes.append(change)
        generations.append(broker.groupGeneration)
        switch change {
        case .assigned(let numbers):
            owned.formUnion(numbers)
            let partitions = followers(of: numbers)
            try broker.start(
                partitions.map { StartOffset($0, at: progress.offsetsNext[$0] ?? 0) }, isPaused: false)
        case .revoked(let numbers, _):
            owned.subtract(numbers)
            try broker.stop(followers(of: numbers))
        }
    }

    private func followers(of numbers: [Int]) -> [TopicPartition] {
        topics.flatMap { topic in numbers.map { TopicPartition(topic, $0) } }
    }

    private func collect() throws {
        for (partition, place) in inbox.partitions {
            let arrivals = inbox.arrivals[place]
            for record in arrivals.batch.records {
                let arrival = Arrival(
                    offset: Int64(record.position),
                    value: String(decoding: arrivals.batch.bytes[record.range], as: UTF8.self))
                #expect(owned.contains(partition.partition), "a record of \(partition), which this member has not")
                records[partition, default: []].append(arrival)
                progress.offsetsNext[partition] = arrival.offset + 1
            }
            if let end = arrivals.endOffset {
                ends[partition] = end
            } else if !arrivals.batch.records.isEmpty {
                ends[partition] = nil
            }
        }
    }
}

/// Polls all members in turn until something holds; fails the test if it does not in time.
func poll(
    _ members: TestMember..., within limit: Duration = .seconds(90),
    sourceLocation: SourceLocation = #_sourceLocation, until condition: () throws -> Bool
) throws {
    try wait(
        within: limit, sourceLocation: sourceLocation, until: condition,
        doing: { for member in members { try member.poll() } })
}

/// Repeats a step until something holds; fails the test if it does not in time.
func wait(
    within limit: Duration = .seconds(90), sourceLocation: SourceLocation = #_sourceLocation,
    until condition: () throws -> Bool, doing step: () throws -> Void
) throws {
    let deadline = ContinuousClock.now + limit
    while try !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record("it did not come to that in time", sourceLocation: sourceLocation)
            throw DidNotHappen()
        }
        try step()
    }
}

/// Polls until a change of the group comes.
func nextChange(
    of broker: any Broker, _ inbox: inout Inbox, sourceLocation: SourceLocation = #_sourceLocation
) throws -> GroupChange {
    var change: GroupChange?
    try wait(
        sourceLocation: sourceLocation, until: { change != nil },
        doing: { change = try broker.poll(into: &inbox, wait: .milliseconds(100)) })
    return change!
}

/// Polls until so many records are there.
func fill(
    _ inbox: inout Inbox, with count: Int, from broker: any Broker, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    try wait(
        sourceLocation: sourceLocation, until: { inbox.recordCount >= count },
        doing: { _ = try broker.poll(into: &inbox, wait: .milliseconds(100)) })
}

/// What a test waited for did not come.
struct DidNotHappen: Error {}

/// Makes a call as a worker does: again after `retry`.
func insist(_ call: () throws(BrokerError) -> Void, sourceLocation: SourceLocation = #_sourceLocation) throws {
    for _ in 0..<40 {
        guard let error = failure(of: call) else { return }
        guard error.remedy == .retry else { throw error }
    }
    Issue.record("the call never came to an end", sourceLocation: sourceLocation)
}

/// What a call failed with.
func failure(of call: () throws(BrokerError) -> Void) -> BrokerError? {
    do { try call() } catch { return error }
    return nil
}

/// Records with numbered values for one partition.
func numbered(_ range: Range<Int>, _ topic: String, _ partition: Int) -> [OutboundRecord] {
    range.map { OutboundRecord(topic: topic, partition: partition, key: nil, value: Array("v\($0)".utf8)) }
}
