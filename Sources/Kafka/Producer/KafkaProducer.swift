internal import CRdkafka
public import Engine
public import Logging

/// A producer without transactions, for filling topics in demonstrations and tests.
public final class KafkaProducer {
    private let handle: ClientHandle
    private let events: OpaquePointer
    private var sender: RecordSender?
    private let timeout: Duration
    private var failure: BrokerError?

    /// Creates a producer; the group and the transactional id of the configuration are not used.
    public init(
        _ configuration: KafkaConfiguration, logger: Logger = Logger(label: "rampart.kafka")
    ) throws(BrokerError) {
        handle = try ClientHandle(
            RD_KAFKA_PRODUCER, .producer, try configuration.plainProducer(), events: RD_KAFKA_EVENT_DR,
            hooks: ClientHooks(logger: logger))
        events = rd_kafka_queue_get_main(handle.pointer)
        sender = RecordSender(handle.pointer)
        timeout = configuration.requestTimeout
    }

    deinit {
        sender = nil
        rd_kafka_purge(handle.pointer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
        rd_kafka_queue_destroy(events)
    }

    /// Hands a record over, waiting for room; `timestamp` is in milliseconds since 1970, nil for that of the call.
    public func produce(_ record: OutboundRecord, timestamp: Int64? = nil) throws(BrokerError) {
        let deadline = ContinuousClock.now + timeout
        while true {
            let code = sender?.send(record, timestamp: timestamp) ?? RD_KAFKA_RESP_ERR__DESTROY
            if code == RD_KAFKA_RESP_ERR_NO_ERROR { return }
            guard code == RD_KAFKA_RESP_ERR__QUEUE_FULL, ContinuousClock.now < deadline else {
                throw BrokerError(code, while: "producing to \(record.topic)")
            }
            try serve(wait: 10)
        }
    }

    /// Waits until everything is acknowledged; throws what became of the first record that was not.
    public func flush() throws(BrokerError) {
        let deadline = ContinuousClock.now + timeout
        while rd_kafka_outq_len(handle.pointer) > 0 {
            guard ContinuousClock.now < deadline else {
                throw BrokerError(RD_KAFKA_RESP_ERR__TIMED_OUT, while: "flushing")
            }
            _ = rd_kafka_flush(handle.pointer, 0)
            try serve(wait: 10)
        }
        try serve(wait: 0)
        defer { failure = nil }
        if let failure { throw failure }
    }

    private func serve(wait: Int32) throws(BrokerError) {
        var wait = wait
        while let event = rd_kafka_queue_poll(events, wait) {
            defer { rd_kafka_event_destroy(event) }
            wait = 0
            guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_DR else {
                try handle.handle(event)
                continue
            }
            while let message = rd_kafka_event_message_next(event) {
                guard message.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR, failure == nil else { continue }
                let topic = String(cString: rd_kafka_topic_name(message.pointee.rkt))
                failure = BrokerError(message.pointee.err, while: "producing to \(topic)")
            }
        }
    }
}
