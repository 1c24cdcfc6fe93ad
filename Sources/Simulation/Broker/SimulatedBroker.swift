public import Engine

/// A failure that a test has asked for.
private struct ScriptedFailure {
    let kind: CallKind
    let isAfterEffect: Bool
    let error: BrokerError
}

/// One worker's clients of a simulated cluster: a consumer in the group, and a transactional producer.
///
/// No call waits. What would wait in a real client fails at once with the remedy `retry`, and the harness lets time pass
/// before the worker tries again. Misuse of the port is a defect of the engine, and traps.
public final class SimulatedBroker: Broker {
    /// Its number, by which trace, assignments and offset changes name it.
    public let number: Int
    /// Called before each call; where it returns true, the worker crashes instead.
    public var beforeCall: ((CallKind) -> Bool)?
    /// Called after each call took effect; where it returns true, the worker crashes before it hears of it.
    public var afterCall: ((CallKind) -> Bool)?
    /// How many calls there were.
    public private(set) var callCount = 0
    /// Whether it has crashed.
    public private(set) var isCrashed = false
    private var isClosed = false
    private var failures: [ScriptedFailure] = []

    let cluster: SimulatedCluster
    let instance: String?
    var random: Random
    var membership = ClientMembership()
    var fetches: [Fetch] = []
    var producer: ClientProducer

    /// Creates the clients of a worker; `instanceID` makes it a static member of the group (KIP-345).
    public init(_ cluster: SimulatedCluster, transactionalID: String, instanceID: String? = nil) {
        self.cluster = cluster
        number = cluster.clientCount
        cluster.clientCount += 1
        instance = instanceID
        random = cluster.random.fork("client \(number)")
        producer = ClientProducer(transaction: cluster.transactionIndex(of: transactionalID))
    }

    /// Kills the worker. What it has left at the brokers stays until it is fenced or times out.
    public func crash() {
        guard !isCrashed else { return }
        isCrashed = true
        cluster.note("crash", client: number)
    }

    /// Crashes the worker at its n-th call from now, the next one being 1: before the call, or after its effect.
    public func crash(atCall count: Int, afterEffect: Bool) {
        let last = callCount + count
        let isDue = { [unowned self] (_: CallKind) in callCount >= last }
        if afterEffect { afterCall = isDue } else { beforeCall = isDue }
    }

    /// Makes the next call of a kind fail, before or after its effect; by default as if no answer came in time.
    public func fail(next kind: CallKind, afterEffect: Bool, with error: BrokerError? = nil) {
        failures.append(ScriptedFailure(kind: kind, isAfterEffect: afterEffect, error: error ?? .timedOut))
    }

    // MARK: Topics

    public func partitionCount(of topic: String) throws(BrokerError) -> Int? {
        try call(.partitionCount) { () throws(BrokerError) in cluster.topics[topic]?.spec.partitions }
    }

    public func createTopics(_ topics: [TopicSpec]) throws(BrokerError) {
        try call(.createTopics) { () throws(BrokerError) in
            for topic in topics { cluster.createTopic(topic) }
        }
    }

    public func logRange(of partition: TopicPartition) throws(BrokerError) -> Range<Int64> {
        try call(.logRange, partition) { () throws(BrokerError) in
            let log = cluster.logs[try log(of: partition)]
            return log.start..<log.end
        }
    }

    public func read(
        _ partition: TopicPartition, from offset: Int64, wait: Duration
    ) throws(BrokerError) -> (records: [StoredRecord], next: Int64) {
        try call(.read, partition, offset) { () throws(BrokerError) in
            let log = cluster.logs[try log(of: partition)]
            guard offset >= log.start && offset <= log.end else {
                throw .outOfRange(partition, offset, log.start..<log.end)
            }
            // A fetch that is late returns with nothing once `wait` is over.
            if cluster.faults.fetchDelay(at: cluster.now) > 0 { return ([], offset) }
            return readRecords(log, from: offset)
        }
    }

    private func readRecords(_ log: PartitionLog, from offset: Int64) -> (records: [StoredRecord], next: Int64) {
        let limit = log.stableEnd
        guard offset < limit else { return ([], offset) }
        var records: [StoredRecord] = []
        var next = log.nextVisible(from: offset, limit: limit)
        let count = random.range(1...cluster.settings.readRecordsMax)
        while next < limit, records.count < count {
            records.append(log.entries[log.index(of: next)].record)
            next = log.nextVisible(from: next + 1, limit: limit)
        }
        // What lies behind the last record of a response is not known before the next one.
        if let last = records.last, random.chance(1, in: 2) { next = last.offset + 1 }
        return (records, next)
    }

    // MARK: Leaving

    public func close() {
        if isCrashed { return }
        precondition(!isClosed, "closed twice")
        callCount += 1
        if beforeCall?(.close) == true { return crash() }
        cluster.note("close", client: number)
        isClosed = true
        // A static member does not say goodbye: it may be back before its session is over.
        if let member = membership.member, instance == nil { cluster.leave(member) }
    }

    // MARK: Helpers

    /// Everything that is common to all calls: crashes and faults before and after the effect, trace and heartbeat.
    func call<Result>(
        _ kind: CallKind, _ partition: TopicPartition? = nil, _ number: Int64 = 0,
        _ effect: () throws(BrokerError) -> Result
    ) throws(BrokerError) -> Result {
        if isCrashed { throw .crashed }
        precondition(!isClosed, "\(kind) after close")
        callCount += 1
        if beforeCall?(kind) == true {
            crash()
            throw .crashed
        }
        cluster.note(kind.rawValue, client: self.number, partition, number)
        do throws(BrokerError) {
            beat(kind)
            try reach(kind)
            let result = try effect()
            try answer(kind)
            return result
        } catch {
            cluster.note(error.code, client: self.number)
            throw error
        }
    }

    /// What the client's own thread does beside a call: heartbeats, and the answer to a join.
    private func beat(_ kind: CallKind) {
        guard cluster.outage == nil, let member = membership.member else { return }
        cluster.heartbeat(member, isPoll: kind == .poll)
        if isBehind, cluster.faults.tellsGenerationEarly() { hearGeneration() }
    }

    /// What can go wrong before a call takes effect.
    private func reach(_ kind: CallKind) throws(BrokerError) {
        if let outage = cluster.outage {
            if outage.isWholeBroker, !kind.isLocal { throw .brokerDown }
            if kind.needsCoordinator { throw .coordinatorUnavailable }
        }
        try failAsScripted(kind, isAfterEffect: false)
        if cluster.faults.failsCall(at: cluster.now) { throw .timedOut }
    }

    /// What can go wrong once it has.
    private func answer(_ kind: CallKind) throws(BrokerError) {
        if afterCall?(kind) == true {
            crash()
            throw .crashed
        }
        try failAsScripted(kind, isAfterEffect: true)
        if kind.isRepeatable, cluster.faults.losesAnswer(at: cluster.now) {
            throw kind == .sendOffsets ? .offsetsTimedOut : .timedOut
        }
    }

    private func failAsScripted(_ kind: CallKind, isAfterEffect: Bool) throws(BrokerError) {
        let place = failures.firstIndex { $0.kind == kind && $0.isAfterEffect == isAfterEffect }
        if let place { throw failures.remove(at: place).error }
    }

    func log(of partition: TopicPartition) throws(BrokerError) -> Int {
        guard let index = cluster.indices[partition] else { throw .unknownTopic(partition.topic) }
        return index
    }
}
