internal import CRdkafka
internal import Engine

/// A list of partitions as the library wants it.
///
/// Note: it must be given back before the handle that filled it; one list left over hangs `rd_kafka_destroy`.
struct PartitionList: ~Copyable {
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    /// Creates an empty list.
    init(capacity: Int = 0) { pointer = rd_kafka_topic_partition_list_new(Int32(clamping: capacity)) }

    /// Lists partitions.
    init(_ partitions: some Collection<TopicPartition>) {
        self.init(capacity: partitions.count)
        for partition in partitions { append(partition) }
    }

    deinit { rd_kafka_topic_partition_list_destroy(pointer) }

    /// The entries, to be looked at while the list lives.
    var elements: UnsafeMutableBufferPointer<rd_kafka_topic_partition_t> {
        UnsafeMutableBufferPointer(start: pointer.pointee.elems, count: Int(pointer.pointee.cnt))
    }

    /// Adds a partition.
    func append(_ partition: TopicPartition, offset: Int64? = nil, metadata: String? = nil) {
        let number = Int32(clamping: partition.partition)
        guard let element = rd_kafka_topic_partition_list_add(pointer, partition.topic, number) else { return }
        if let offset { element.pointee.offset = offset }
        guard var metadata, !metadata.isEmpty else { return }
        metadata.withUTF8 { bytes in
            // Note: the list frees it, so it must come from the library's own allocator.
            guard let copy = rd_kafka_mem_malloc(nil, bytes.count) else { return }
            copy.copyMemory(from: bytes.baseAddress!, byteCount: bytes.count)
            element.pointee.metadata = copy
            element.pointee.metadata_size = bytes.count
        }
    }

    /// Throws the first error that the library left in an entry.
    func throwErrors(while action: String) throws(BrokerError) {
        for element in elements where element.err != RD_KAFKA_RESP_ERR_NO_ERROR {
            throw BrokerError(element.err, while: "\(action) \(TopicPartition(element))")
        }
    }
}

extension TopicPartition {
    /// The partition of an entry.
    init(_ element: rd_kafka_topic_partition_t) {
        self.init(String(cString: element.topic), Int(element.partition))
    }
}
