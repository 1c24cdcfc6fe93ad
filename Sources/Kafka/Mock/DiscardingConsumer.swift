internal import CRdkafka
public import Engine
internal import Logging

/// A consumer that fetches as the daemon's does and looks at nothing: what the client library costs by itself.
public final class DiscardingConsumer {
    private let handle: ClientHandle
    private let queue: OpaquePointer

    /// Begins to fetch; the transactional id of the configuration is not used.
    public init(_ configuration: KafkaConfiguration, from starts: [StartOffset]) throws(BrokerError) {
        handle = try ClientHandle(
            RD_KAFKA_CONSUMER, .consumer, try configuration.groupConsumer(), events: RD_KAFKA_EVENT_FETCH,
            hooks: ClientHooks(logger: Logger(label: "rampart.kafka")))
        rd_kafka_poll_set_consumer(handle.pointer)
        queue = rd_kafka_queue_get_consumer(handle.pointer)
        let list = PartitionList(capacity: starts.count)
        for start in starts { list.append(start.partition, offset: start.offset) }
        let code = rd_kafka_assign(handle.pointer, list.pointer)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw BrokerError(code, while: "assigning partitions") }
    }

    deinit { rd_kafka_queue_destroy(queue) }

    /// Drops so many records, or fewer where none come for ten seconds; returns how many.
    public func discard(_ count: Int) -> Int {
        var discarded = 0
        while discarded < count, let event = rd_kafka_queue_poll(queue, 10_000) {
            if rd_kafka_event_type(event) == RD_KAFKA_EVENT_FETCH { discarded += rd_kafka_event_message_count(event) }
            rd_kafka_event_destroy(event)
        }
        return discarded
    }
}
