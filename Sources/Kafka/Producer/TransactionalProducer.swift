internal import CRdkafka
internal import Engine

/// The producer that is fenced by its transactional id.
final class TransactionalProducer {
    let handle: ClientHandle
    private let events: OpaquePointer
    private var sender: RecordSender?
    private let timeout: Int32
    private var isInTransaction = false

    init(_ configuration: KafkaConfiguration, hooks: ClientHooks) throws(BrokerError) {
        handle = try ClientHandle(
            RD_KAFKA_PRODUCER, .producer, try configuration.transactionalProducer(), events: 0, hooks: hooks)
        events = rd_kafka_queue_get_main(handle.pointer)
        sender = RecordSender(handle.pointer)
        timeout = configuration.requestTimeout.milliseconds
    }

    deinit {
        sender = nil
        // Note: what was not committed will be aborted, so nothing is lost by not sending it.
        rd_kafka_purge(handle.pointer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
        rd_kafka_queue_destroy(events)
    }

    func initTransactions() throws(BrokerError) {
        try attempt("taking over the transactional id") { rd_kafka_init_transactions(handle.pointer, timeout) }
    }

    func begin() throws(BrokerError) {
        try attempt("opening a transaction") { rd_kafka_begin_transaction(handle.pointer) }
        isInTransaction = true
    }

    func commit() throws(BrokerError) {
        try attempt("committing") { rd_kafka_commit_transaction(handle.pointer, timeout) }
        isInTransaction = false
    }

    func abort() throws(BrokerError) {
        try attempt("aborting") { rd_kafka_abort_transaction(handle.pointer, timeout) }
        isInTransaction = false
    }

    /// Aborts what is open, if the cluster answers soon; readers of its topics would else wait for its time-out.
    ///
    /// Note: this must come before the handle's end even if nobody answers. A handle that goes while it is about to add
    /// partitions to its transaction takes the process with it (librdkafka 2.0.2, an assertion on `txn_req_cnt`); once
    /// the abort has begun, none are added any more.
    func close() {
        guard isInTransaction else { return }
        isInTransaction = false
        if let error = rd_kafka_abort_transaction(handle.pointer, Limits.abortTimeout.milliseconds) {
            handle.warn(of: BrokerError(taking: error, while: "aborting at the end"))
        }
    }

    /// Adds the offsets of a group's member to the transaction.
    func send(_ offsets: [TopicPartition: CommittedOffset], of member: borrowing GroupMetadata) throws(BrokerError) {
        let list = PartitionList(capacity: offsets.count)
        for (partition, offset) in offsets {
            list.append(partition, offset: offset.offsetNext, metadata: offset.metadata)
        }
        try attempt("adding offsets to the transaction") {
            rd_kafka_send_offsets_to_transaction(handle.pointer, list.pointer, member.pointer, timeout)
        }
    }

    /// Puts records into the queue, and waits where it is full; takes either none or all.
    func produce(_ records: [OutboundRecord]) throws(BrokerError) {
        try handle.serve(events)
        let deadline = ContinuousClock.now + .milliseconds(Int64(timeout))
        for (index, record) in records.enumerated() {
            while true {
                let code = sender?.send(record) ?? RD_KAFKA_RESP_ERR__DESTROY
                if code == RD_KAFKA_RESP_ERR_NO_ERROR { break }
                guard code == RD_KAFKA_RESP_ERR__QUEUE_FULL, ContinuousClock.now < deadline else {
                    throw refusal(of: record, code, isFirst: index == 0)
                }
                try waitForRoom()
            }
        }
    }

    /// Serves what came up.
    func serve() throws(BrokerError) { try handle.serve(events) }

    /// Makes a call of any handle, as all of them speak to the same cluster, and explains a failure.
    func attempt<Result>(_ call: () throws(BrokerError) -> Result) throws(BrokerError) -> Result {
        try handle.attempt(serving: events, call)
    }

    private func refusal(of record: OutboundRecord, _ code: rd_kafka_resp_err_t, isFirst: Bool) -> BrokerError {
        var error = BrokerError(code, while: "producing to \(record.topic)")
        // Note: `retry` would promise that none of the records has been taken.
        if error.remedy == .retry && !isFirst { error.remedy = .abort }
        return error
    }

    private func waitForRoom() throws(BrokerError) {
        guard let event = rd_kafka_queue_poll(events, 10) else { return }
        defer { rd_kafka_event_destroy(event) }
        try handle.handle(event)
    }

    private func attempt(_ action: String, _ call: () -> OpaquePointer?) throws(BrokerError) {
        try attempt { () throws(BrokerError) in
            if let error = call() { throw BrokerError(taking: error, while: action) }
        }
    }
}
