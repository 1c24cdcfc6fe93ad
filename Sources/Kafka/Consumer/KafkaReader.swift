internal import CRdkafka
public import Engine
public import Logging

/// Reads partitions from given offsets without a group: records of committed transactions only.
///
/// A partition that was read stays open, with a queue of its own that the client fills ahead of the next read.
public final class KafkaReader {
    private let handle: ClientHandle
    private let events: OpaquePointer
    private var cursors: [TopicPartition: ReadCursor] = [:]
    private var readCount = 0

    /// Creates a reader; the group and the transactional id of the configuration are not used.
    public convenience init(
        _ configuration: KafkaConfiguration, logger: Logger = Logger(label: "rampart.kafka")
    ) throws(BrokerError) {
        try self.init(configuration, hooks: ClientHooks(logger: logger))
    }

    init(_ configuration: KafkaConfiguration, hooks: ClientHooks) throws(BrokerError) {
        handle = try ClientHandle(
            RD_KAFKA_CONSUMER, .reader, try configuration.reader(), events: RD_KAFKA_EVENT_FETCH, hooks: hooks)
        events = rd_kafka_queue_get_main(handle.pointer)
    }

    deinit {
        cursors.removeAll()
        rd_kafka_queue_destroy(events)
    }

    /// Reads some records of a partition from an offset on; `next` is where to go on.
    ///
    /// The call ends with the first records, at the partition's end, or when `wait` is over.
    public func read(
        _ partition: TopicPartition, from offset: Int64, wait: Duration
    ) throws(BrokerError) -> (records: [StoredRecord], next: Int64) {
        try handle.serve(events)
        let cursor = try cursor(of: partition, at: offset)
        do {
            let records = try cursor.read(wait: wait, serving: handle)
            return (records, cursor.offsetNext)
        } catch {
            // Note: after an error the library does not fetch the partition any more.
            cursors[partition] = nil
            throw error
        }
    }

    private func cursor(of partition: TopicPartition, at offset: Int64) throws(BrokerError) -> ReadCursor {
        readCount += 1
        if let cursor = cursors[partition], cursor.offsetNext == offset {
            cursor.lastRead = readCount
            return cursor
        }
        cursors[partition] = nil
        if cursors.count >= Limits.readerPartitions,
            let oldest = cursors.min(by: { $0.value.lastRead < $1.value.lastRead })
        {
            cursors[oldest.key] = nil
        }
        let cursor = try ReadCursor(partition, from: offset, with: handle)
        cursor.lastRead = readCount
        cursors[partition] = cursor
        return cursor
    }
}

/// A partition that is being read: the library's fetching of it, and the queue that this fills.
private final class ReadCursor {
    private(set) var offsetNext: Int64
    var lastRead = 0
    private let partition: TopicPartition
    private let topic: OpaquePointer
    private let queue: OpaquePointer

    init(_ partition: TopicPartition, from offset: Int64, with handle: ClientHandle) throws(BrokerError) {
        self.partition = partition
        offsetNext = offset
        guard let topic = rd_kafka_topic_new(handle.pointer, partition.topic, nil) else {
            throw BrokerError(rd_kafka_last_error(), while: "reading \(partition)")
        }
        self.topic = topic
        queue = rd_kafka_queue_new(handle.pointer)
        let number = Int32(clamping: partition.partition)
        guard rd_kafka_consume_start_queue(topic, number, max(0, offset), queue) == 0 else {
            throw BrokerError(rd_kafka_last_error(), while: "reading \(partition)")
        }
    }

    deinit {
        rd_kafka_consume_stop(topic, Int32(clamping: partition.partition))
        rd_kafka_queue_destroy(queue)
        rd_kafka_topic_destroy(topic)
    }

    func read(wait: Duration, serving handle: ClientHandle) throws(BrokerError) -> [StoredRecord] {
        var records: [StoredRecord] = []
        var byteCount = 0
        var timeout = wait.milliseconds
        while byteCount < Limits.readBytes, let event = rd_kafka_queue_poll(queue, timeout) {
            defer { rd_kafka_event_destroy(event) }
            timeout = 0
            guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_FETCH else {
                try handleOther(event, with: handle)
                continue
            }
            while let pointer = rd_kafka_event_message_next(event) {
                let message = KafkaMessage(pointer: pointer)
                guard message.offset >= offsetNext else { continue }
                records.append(message.stored)
                byteCount += (message.key?.count ?? 0) + (message.value?.count ?? 0)
                offsetNext = message.offset + 1
            }
        }
        return records
    }

    private func handleOther(_ event: OpaquePointer, with handle: ClientHandle) throws(BrokerError) {
        guard rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR,
            let element = rd_kafka_event_topic_partition(event)
        else { return try handle.handle(event) }
        defer { rd_kafka_topic_partition_destroy(element) }
        let code = rd_kafka_event_error(event)
        if code == RD_KAFKA_RESP_ERR__PARTITION_EOF {
            offsetNext = max(offsetNext, element.pointee.offset)
            return
        }
        let text = rd_kafka_event_error_string(event).map { String(cString: $0) }
        let error = BrokerError(code, while: "reading \(partition)", detail: text)
        guard error.remedy == .retry else { throw error }
        handle.warn(of: error)
    }
}
