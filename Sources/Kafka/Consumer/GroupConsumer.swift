internal import CRdkafka
internal import Engine
internal import RampartCore

/// The consumer in the group: batches are built from single events of its queue.
///
/// The library's own batch calls lose records across a rebalance before 2.1, and a rebalance comes as an event, so
/// that nothing happens but in a call of the worker's.
final class GroupConsumer {
    let handle: ClientHandle
    private let queue: OpaquePointer
    private let isCooperative: Bool
    private let timeout: Int32
    private var started = StartedPartitions()
    private var lead: String?
    private var awaited: Answer?
    private var isOpen = true
    /// Who this member was when a change of the group was last polled.
    ///
    /// Note: Not asked when it is needed. The library joins anew in its own thread, and what is sent for tasks that are lost
    /// would go out under a membership that is good again.
    private var member: GroupMetadata?
    /// What the library was told to rest, which it may remember when a partition comes back.
    private var resting: Set<TopicPartition> = []

    /// What the group waits for.
    private enum Answer {
        case start
        case stop
    }

    init(_ configuration: KafkaConfiguration, hooks: ClientHooks) throws(BrokerError) {
        let events = RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_FETCH | RD_KAFKA_EVENT_OFFSET_COMMIT
        handle = try ClientHandle(
            RD_KAFKA_CONSUMER, .consumer, try configuration.groupConsumer(), events: events, hooks: hooks)
        rd_kafka_poll_set_consumer(handle.pointer)
        queue = rd_kafka_queue_get_consumer(handle.pointer)
        isCooperative = configuration.assignment == .cooperativeSticky
        timeout = configuration.requestTimeout.milliseconds
    }

    deinit {
        answerLastChange()
        rd_kafka_queue_destroy(queue)
    }

    // MARK: The group

    func subscribe(to topic: String) throws(BrokerError) {
        lead = topic
        let list = PartitionList()
        // Note: -1 stands for all partitions.
        list.append(TopicPartition(topic, -1))
        try check(rd_kafka_subscribe(handle.pointer, list.pointer), "subscribing to \(topic)")
    }

    /// The generation of the last change that was polled; -1 before, and once its place was lost.
    var generation: Int {
        switch member {
        case .none: -1
        case .some(let member): member.generation
        }
    }

    /// Does something as the member that this was when it last heard of a change.
    func asMember(_ body: (borrowing GroupMetadata) throws(BrokerError) -> Void) throws(BrokerError) {
        switch member {
        case .some(let member) where member.generation >= 0: try body(member)
        default:
            throw BrokerError(.abort, code: "UNKNOWN_MEMBER_ID", message: "this member has no place in the group")
        }
    }

    func poll(into inbox: inout Inbox, wait: Duration) throws(BrokerError) -> GroupChange? {
        precondition(awaited == nil, "a change of the group was not answered")
        started.forgetPlaces()
        var timeout = wait.milliseconds
        while !inbox.isFull, let event = rd_kafka_queue_poll(queue, timeout) {
            defer { rd_kafka_event_destroy(event) }
            timeout = 0
            switch rd_kafka_event_type(event) {
            case RD_KAFKA_EVENT_FETCH: take(event, into: &inbox)
            case RD_KAFKA_EVENT_REBALANCE: return change(in: event)
            case RD_KAFKA_EVENT_ERROR: try handleError(event, into: &inbox)
            default: try handle.handle(event)
            }
        }
        return nil
    }

    // MARK: Fetching

    func start(_ starts: [StartOffset], isPaused: Bool) throws(BrokerError) {
        // Note: to the library, offsets below zero mean other things than places.
        for start in starts where start.offset < 0 {
            throw BrokerError(
                RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, while: "starting \(start.partition) at \(start.offset)")
        }
        awaited = nil
        let partitions = starts.map(\.partition)
        let known = Set(started.entries.keys)
        started.start(starts, isPaused: isPaused)
        if isCooperative {
            try assign(incrementally: starts, known: known)
            if isPaused { try setPaused(true, partitions) }
        } else {
            try assignAll()
        }
        // Note: to resume a partition that does not rest would have it fetched twice.
        if !isPaused { try setPaused(false, partitions.filter { resting.contains($0) }) }
    }

    func stop(_ partitions: [TopicPartition]) throws(BrokerError) {
        let isAnswer = awaited == .stop
        awaited = nil
        if isCooperative {
            let list = PartitionList(started.stop(partitions))
            try check(rd_kafka_incremental_unassign(handle.pointer, list.pointer), "giving partitions up")
            try awaitStops()
        } else if isAnswer {
            // Note: an eager group takes everything at each change, and would wait for ever if some were kept.
            _ = started.stop(Array(started.entries.keys))
            try check(rd_kafka_assign(handle.pointer, nil), "giving all partitions up")
            try awaitStops()
        } else {
            _ = started.stop(partitions)
            try assignAll()
        }
    }

    func pause(_ partitions: [TopicPartition]) throws(BrokerError) {
        try setPaused(true, started.setPaused(true, partitions))
    }

    func resume(_ partitions: [TopicPartition]) throws(BrokerError) {
        try setPaused(false, started.setPaused(false, partitions))
    }

    // MARK: Offsets

    func committed(_ partitions: [TopicPartition]) throws(BrokerError) -> [TopicPartition: CommittedOffset] {
        guard !partitions.isEmpty else { return [:] }
        let list = PartitionList(partitions)
        try check(rd_kafka_committed(handle.pointer, list.pointer, timeout), "reading what the group has committed")
        try list.throwErrors(while: "reading what the group has committed of")
        var committed: [TopicPartition: CommittedOffset] = [:]
        for element in list.elements where element.offset >= 0 {
            let metadata = UnsafeRawBufferPointer(start: element.metadata, count: Int(element.metadata_size))
            committed[TopicPartition(element)] = CommittedOffset(
                offsetNext: element.offset, metadata: String(decoding: metadata, as: UTF8.self))
        }
        return committed
    }

    /// Leaves the group; a static member stays in it until its session is over.
    func close() {
        guard isOpen else { return }
        isOpen = false
        _ = started.stop(Array(started.entries.keys))
        if let error = rd_kafka_consumer_close_queue(handle.pointer, queue) {
            handle.warn(of: BrokerError(taking: error, while: "leaving the group"))
            return
        }
        answerLastChange()
        let deadline = ContinuousClock.now + Limits.leaveTimeout
        while rd_kafka_consumer_closed(handle.pointer) == 0, ContinuousClock.now < deadline {
            guard let event = rd_kafka_queue_poll(queue, 100) else { continue }
            defer { rd_kafka_event_destroy(event) }
            // Note: a closing consumer takes this to mean everything, under either protocol.
            if rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE { rd_kafka_assign(handle.pointer, nil) }
        }
        if rd_kafka_consumer_closed(handle.pointer) == 0 {
            handle.warn(of: BrokerError(RD_KAFKA_RESP_ERR__TIMED_OUT, while: "leaving the group"))
        }
    }
}

// MARK: - Ending

extension GroupConsumer {
    /// Answers the change of the group that was not answered, if there is one, by taking nothing.
    ///
    /// Note: the library waits for it, and neither leaves the group nor lets the handle go before.
    private func answerLastChange() {
        while let event = rd_kafka_queue_poll(queue, 0) {
            if rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE { awaited = answer(to: event) }
            rd_kafka_event_destroy(event)
        }
        guard let awaited else { return }
        self.awaited = nil
        let isAssigned = awaited == .start
        if isOpen, isCooperative {
            let list = PartitionList(isAssigned ? [] : Array(started.entries.keys))
            let error =
                isAssigned
                ? rd_kafka_incremental_assign(handle.pointer, list.pointer)
                : rd_kafka_incremental_unassign(handle.pointer, list.pointer)
            if let error { handle.warn(of: BrokerError(taking: error, while: "giving the group up")) }
        } else {
            // Note: a closing consumer takes this to mean everything, under either protocol.
            rd_kafka_assign(handle.pointer, nil)
        }
    }
}

// MARK: - Events

extension GroupConsumer {
    private func take(_ event: OpaquePointer, into inbox: inout Inbox) {
        while let pointer = rd_kafka_event_message_next(event) {
            let topic = pointer.pointee.rkt!
            let slot = started.slot(topic: topic, number: pointer.pointee.partition) {
                String(cString: rd_kafka_topic_name(topic))
            }
            let message = KafkaMessage(pointer: pointer)
            guard let slot, started.advance(slot, past: message.offset) else { continue }
            let (timestamp, isAppendTime) = message.timestamp
            inbox.append(
                at: started.place(of: slot, in: &inbox), offset: message.offset, timestamp: timestamp,
                isAppendTime: isAppendTime, key: message.key, value: message.value, headers: message.headers)
        }
    }

    private func change(in event: OpaquePointer) -> GroupChange {
        var numbers: [Int] = []
        if let list = rd_kafka_event_topic_partition_list(event) {
            for element in UnsafeBufferPointer(start: list.pointee.elems, count: Int(list.pointee.cnt)) {
                let partition = TopicPartition(element)
                if partition.topic == lead { numbers.append(partition.partition) }
            }
        }
        numbers.sort()
        awaited = answer(to: event)
        guard awaited == .start else {
            // Note: under a cooperative protocol the group is in its next generation already, and refuses a last commit under
            // the former one. Whether the place was lost is asked afterwards, so that it cannot be the next place.
            let current = GroupMetadata(of: handle.pointer)
            let isLost = rd_kafka_assignment_lost(handle.pointer) != 0
            member = isLost ? nil : consume current
            return .revoked(numbers, isLost: isLost)
        }
        member = GroupMetadata(of: handle.pointer)
        return .assigned(numbers)
    }

    private func answer(to event: OpaquePointer) -> Answer {
        rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS ? .start : .stop
    }

    private func handleError(_ event: OpaquePointer, into inbox: inout Inbox) throws(BrokerError) {
        let code = rd_kafka_event_error(event)
        guard let element = rd_kafka_event_topic_partition(event) else { return try handle.handle(event) }
        defer { rd_kafka_topic_partition_destroy(element) }
        let partition = TopicPartition(element.pointee)
        guard let slot = started.entries[partition] else { return }
        if code == RD_KAFKA_RESP_ERR__PARTITION_EOF {
            started.advance(slot, toEnd: element.pointee.offset)
            inbox.noteEnd(at: started.place(of: slot, in: &inbox), offset: element.pointee.offset)
        } else {
            let text = rd_kafka_event_error_string(event).map { String(cString: $0) }
            let error = BrokerError(code, while: "fetching \(partition)", detail: text)
            guard error.remedy == .retry else { throw error }
            handle.warn(of: error)
        }
    }
}

// MARK: - Assigning

extension GroupConsumer {
    private func assign(incrementally starts: [StartOffset], known: Set<TopicPartition>) throws(BrokerError) {
        let moved = starts.map(\.partition).filter { known.contains($0) }
        if !moved.isEmpty {
            let list = PartitionList(moved)
            try check(rd_kafka_incremental_unassign(handle.pointer, list.pointer), "moving partitions")
            try awaitStops()
        }
        let list = PartitionList(capacity: starts.count)
        for start in starts { list.append(start.partition, offset: start.offset) }
        try check(rd_kafka_incremental_assign(handle.pointer, list.pointer), "starting partitions")
    }

    /// Note: it starts all partitions anew, so that each must be told where it was, and to rest if it did.
    private func assignAll() throws(BrokerError) {
        let entries = started.all
        let list = PartitionList(capacity: entries.count)
        for entry in entries { list.append(entry.partition, offset: entry.offsetNext) }
        try check(rd_kafka_assign(handle.pointer, list.pointer), "starting partitions")
        try awaitStops()
        try setPaused(true, entries.filter(\.isPaused).map(\.partition))
    }

    /// Waits until the next call finds stopped whatever the last one gave up.
    ///
    /// Note: the library's main thread stops a partition in two steps, the second one queued by the first; told to stop it
    /// again between them, the library ends the process. The first step is queued when the call returns, so that
    /// a question behind it is answered when the second is queued, which is before any next call.
    private func awaitStops() throws(BrokerError) {
        var list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
        try check(rd_kafka_assignment(handle.pointer, &list), "asking for the assignment")
        rd_kafka_topic_partition_list_destroy(list)
    }

    private func setPaused(_ isPaused: Bool, _ partitions: [TopicPartition]) throws(BrokerError) {
        guard !partitions.isEmpty else { return }
        let list = PartitionList(partitions)
        let action = isPaused ? "pausing" : "resuming"
        let code =
            isPaused
            ? rd_kafka_pause_partitions(handle.pointer, list.pointer)
            : rd_kafka_resume_partitions(handle.pointer, list.pointer)
        try check(code, action)
        try list.throwErrors(while: action)
        if isPaused { resting.formUnion(partitions) } else { resting.subtract(partitions) }
    }

    private func check(_ code: rd_kafka_resp_err_t, _ action: String) throws(BrokerError) {
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        throw BrokerError(code, while: action)
    }

    private func check(_ error: OpaquePointer?, _ action: String) throws(BrokerError) {
        guard let error else { return }
        throw BrokerError(taking: error, while: action)
    }
}
