import Engine
import RampartCore
import Testing

extension BrokerTests {
    /// Everything together, as a worker does it.
    @Suite struct ExactlyOnceContract {
        /// Two workers copy records, each in transactions with its offsets; one comes later and one leaves.
        @Test(arguments: Backend.allCases)
        func copiesAreCompleteAndSingleOverRebalances(_ backend: Backend) throws {
            let fixture = try backend.fixture()
            guard fixture.divergences.isDisjoint(with: [.forgetsTransactionalOffsets, .showsUncommitted]) else {
                return
            }
            let names = Names()
            let topics = [names.topic("lead"), names.topic("follower")]
            for topic in topics { try fixture.createTopic(topic, partitions: 4) }
            try fixture.createTopic(names.topic("copy"), partitions: 1)
            var appended = 0
            func append(_ count: Int) throws {
                for topic in topics {
                    try fixture.append((0..<4).flatMap { numbered(appended..<appended + count, topic, $0) })
                }
                appended += count
            }
            func worker(_ name: String) throws -> CopyingWorker {
                try CopyingWorker(
                    try fixture.makeBroker(names.member(name)), topics: topics, output: names.topic("copy"))
            }

            try append(50)
            let first = try worker("a")
            try wait(until: { first.owned.count == 4 }, doing: first.step)
            let second = try worker("b")
            try wait(
                until: { first.owned.count == 2 && second.owned.count == 2 },
                doing: {
                    try append(3)
                    for worker in [first, second] { try worker.step() }
                })
            try append(10)
            for _ in 0..<5 { for worker in [first, second] { try worker.step() } }
            // What it has not committed is for the other one to do again.
            first.leave()
            let copies = TopicPartition(names.topic("copy"), 0)
            var found: [String] = []
            try wait(
                until: { found.count >= 8 * appended },
                doing: {
                    try second.step()
                    let records = try readAll(copies, second.broker)
                    found = records.compactMap { $0.value.map { String(decoding: $0, as: UTF8.self) } }
                })
            let expected = topics.flatMap { topic in
                (0..<4).flatMap { number in (0..<appended).map { "\(topic)[\(number)]v\($0)" } }
            }
            #expect(found.sorted() == expected.sorted())
            second.leave()
        }
    }
}

/// A worker of the simplest kind: its state is its offsets.
private final class CopyingWorker {
    let broker: any Broker
    private(set) var owned: Set<Int> = []
    private let topics: [String]
    private let output: String
    private var inbox = Inbox(byteLimit: 2_000)
    private var pending: [OutboundRecord] = []
    private var offsets: [TopicPartition: CommittedOffset] = [:]
    private var stepCount = 0

    init(_ broker: any Broker, topics: [String], output: String) throws {
        self.broker = broker
        self.topics = topics
        self.output = output
        try broker.initTransactions()
        try broker.subscribe(to: topics[0])
    }

    /// A poll; every third one is followed by a commit.
    func step() throws {
        inbox.removeAll()
        let change = try broker.poll(into: &inbox, wait: .milliseconds(50))
        take()
        stepCount += 1
        if stepCount.isMultiple(of: 3) || change != nil { try commit() }
        switch change {
        case nil: break
        case .assigned(let numbers):
            owned.formUnion(numbers)
            let partitions = followers(of: numbers)
            let committed = try broker.committed(partitions)
            try broker.start(
                partitions.map { StartOffset($0, at: committed[$0]?.offsetNext ?? 0) }, isPaused: false)
        case .revoked(let numbers, _):
            owned.subtract(numbers)
            try broker.stop(followers(of: numbers))
        }
    }

    /// Leaves with work that is not committed.
    func leave() { broker.close() }

    private func followers(of numbers: [Int]) -> [TopicPartition] {
        topics.flatMap { topic in numbers.map { TopicPartition(topic, $0) } }
    }

    private func take() {
        for (partition, place) in inbox.partitions {
            let batch = inbox.arrivals[place].batch
            for record in batch.records {
                let text = "\(partition)\(String(decoding: batch.bytes[record.range], as: UTF8.self))"
                pending.append(OutboundRecord(topic: output, partition: 0, key: nil, value: Array(text.utf8)))
                offsets[partition] = CommittedOffset(offsetNext: Int64(record.position) + 1, metadata: "")
            }
        }
    }

    private func commit() throws {
        guard !offsets.isEmpty else { return }
        try broker.beginTransaction()
        try broker.produce(pending)
        try broker.sendOffsets(offsets)
        try insist(broker.commitTransaction)
        pending = []
        offsets = [:]
    }
}
