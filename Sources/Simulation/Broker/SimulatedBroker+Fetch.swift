public import Engine

/// A partition that a client fetches.
struct Fetch {
    let log: Int
    var position: Int64
    var isPaused: Bool
    /// The last stable offset as of the newest response; it is behind the truth while responses are late.
    var view: Int64 = -1
    /// When the next response comes.
    var viewDue: Int64 = 0
    /// The position at which the end was noted last; it is noted once a position.
    var endNoted: Int64 = -1

    init(log: Int, position: Int64, isPaused: Bool) {
        self.log = log
        self.position = position
        self.isPaused = isPaused
    }
}

extension SimulatedBroker {
    /// Tells a change of the group, with or without the records that came before it; else delivers records.
    public func poll(into inbox: inout Inbox, wait: Duration) throws(BrokerError) -> GroupChange? {
        try call(.poll) { () throws(BrokerError) in
            try checkRanges()
            guard let change = try nextChange() else {
                fetch(into: &inbox)
                return nil
            }
            // Records that came before the change are delivered with it, those behind it are not.
            if random.chance(1, in: 2) { fetch(into: &inbox) }
            noteChange(change)
            return change
        }
    }

    /// Records behind the position stay in the log until `resume`.
    public func pause(_ partitions: [TopicPartition]) throws(BrokerError) {
        try call(.pause) { () throws(BrokerError) in try setPaused(true, partitions) }
    }

    /// Goes on at the position of `pause`.
    public func resume(_ partitions: [TopicPartition]) throws(BrokerError) {
        try call(.resume) { () throws(BrokerError) in try setPaused(false, partitions) }
    }

    private func setPaused(_ isPaused: Bool, _ partitions: [TopicPartition]) throws(BrokerError) {
        for partition in partitions {
            let log = try log(of: partition)
            guard let place = fetches.firstIndex(where: { $0.log == log }) else {
                preconditionFailure("pause or resume of \(partition), which was not started")
            }
            fetches[place].isPaused = isPaused
        }
    }

    private func noteChange(_ change: GroupChange) {
        switch change {
        case .assigned(let partitions): noteChange("assigned", partitions)
        case .revoked(let partitions, let isLost): noteChange(isLost ? "lost" : "revoked", partitions)
        }
    }

    private func noteChange(_ name: String, _ partitions: [Int]) {
        cluster.note(name, client: number, nil, Int64(partitions.count))
        guard let lead = membership.lead else { return }
        for partition in partitions {
            cluster.note(name, client: number, TopicPartition(lead, partition), Int64(membership.generation))
        }
    }

    /// `auto.offset.reset=error`: a position that the log does not have, or has no more, is an error.
    private func checkRanges() throws(BrokerError) {
        guard cluster.outage?.isWholeBroker != true else { return }
        for fetch in fetches where !fetch.isPaused {
            let log = cluster.logs[fetch.log]
            guard fetch.position >= log.start && fetch.position <= log.end else {
                throw .outOfRange(log.partition, fetch.position, log.start..<log.end)
            }
        }
    }

    /// Delivers some records of the partitions, which come in any order among themselves.
    private func fetch(into inbox: inout Inbox) {
        guard cluster.outage?.isWholeBroker != true else { return }
        var order = fetches.indices.filter { !fetches[$0].isPaused }
        guard !order.isEmpty else { return }
        random.shuffle(&order)
        var budget = random.range(1...cluster.settings.pollRecordsMax)
        for place in order where budget > 0 && !inbox.isFull {
            budget -= deliver(from: place, atMost: random.range(1...budget), into: &inbox)
        }
    }

    private func deliver(from place: Int, atMost count: Int, into inbox: inout Inbox) -> Int {
        var fetch = fetches[place]
        let log = cluster.logs[fetch.log]
        if fetch.viewDue <= cluster.now {
            fetch.view = log.stableEnd
            fetch.viewDue = cluster.now + cluster.faults.fetchDelay(at: cluster.now)
        }
        fetches[place] = fetch
        guard fetch.position <= fetch.view else { return 0 }
        let arrival = inbox.place(of: log.partition)
        var delivered = 0
        fetch.position = log.nextVisible(from: fetch.position, limit: fetch.view)
        while fetch.position < fetch.view, delivered < count, !inbox.isFull {
            inbox.append(log.entries[log.index(of: fetch.position)].record, at: arrival)
            delivered += 1
            fetch.position = log.nextVisible(from: fetch.position + 1, limit: fetch.view)
        }
        if fetch.position == fetch.view, fetch.endNoted != fetch.position {
            inbox.noteEnd(at: arrival, offset: fetch.position)
            fetch.endNoted = fetch.position
        }
        fetches[place] = fetch
        if delivered > 0 { cluster.note("delivered", client: number, log.partition, fetch.position) }
        return delivered
    }
}

extension Inbox {
    fileprivate mutating func append(_ record: StoredRecord, at place: Int) {
        record.key.withBytes { key in
            record.value.withBytes { value in
                append(
                    at: place, offset: record.offset, timestamp: record.timestamp, isAppendTime: record.isAppendTime,
                    key: key, value: value, headers: record.headers)
            }
        }
    }
}

extension [UInt8]? {
    fileprivate func withBytes(_ body: (UnsafeRawBufferPointer?) -> Void) {
        guard let self else { return body(nil) }
        self.withUnsafeBytes { body($0) }
    }
}
