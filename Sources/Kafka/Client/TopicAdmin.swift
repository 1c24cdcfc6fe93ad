internal import CRdkafka
internal import Engine

/// What can be asked of the cluster about topics, with any handle.
struct TopicAdmin {
    let handle: OpaquePointer
    let timeout: Int32

    /// The number of partitions of a topic; nil where there is no such topic.
    func partitionCount(of topic: String) throws(BrokerError) -> Int? {
        guard let local = rd_kafka_topic_new(handle, topic, nil) else {
            throw BrokerError(rd_kafka_last_error(), while: "looking up \(topic)")
        }
        defer { rd_kafka_topic_destroy(local) }
        var answer: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(handle, 0, local, &answer, timeout)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let answer else {
            throw BrokerError(code, while: "looking up \(topic)")
        }
        defer { rd_kafka_metadata_destroy(answer) }
        guard answer.pointee.topic_cnt > 0 else { return nil }
        let found = answer.pointee.topics[0]
        switch found.err {
        case RD_KAFKA_RESP_ERR_NO_ERROR: return Int(found.partition_cnt)
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART: return nil
        default: throw BrokerError(found.err, while: "looking up \(topic)")
        }
    }

    /// The offsets that a partition keeps, as far as this handle's isolation level lets it see.
    func logRange(of partition: TopicPartition) throws(BrokerError) -> Range<Int64> {
        var low: Int64 = 0
        var high: Int64 = 0
        let number = Int32(clamping: partition.partition)
        let code = rd_kafka_query_watermark_offsets(handle, partition.topic, number, &low, &high, timeout)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw BrokerError(code, while: "looking up \(partition)") }
        return low..<max(low, high)
    }

    /// Creates the topics that do not exist yet.
    func create(_ topics: [TopicSpec], replication: Int) throws(BrokerError) {
        guard !topics.isEmpty else { return }
        var wanted: [OpaquePointer?] = []
        defer { for topic in wanted { rd_kafka_NewTopic_destroy(topic) } }
        for topic in topics { wanted.append(try description(of: topic, replication: replication)) }
        let options = rd_kafka_AdminOptions_new(handle, RD_KAFKA_ADMIN_OP_CREATETOPICS)
        defer { rd_kafka_AdminOptions_destroy(options) }
        // Note: the cluster's own time-out, after which it goes on creating the topic and we stop waiting.
        rd_kafka_AdminOptions_set_request_timeout(options, timeout, nil, 0)
        rd_kafka_AdminOptions_set_operation_timeout(options, timeout, nil, 0)
        let queue = rd_kafka_queue_new(handle)
        defer { rd_kafka_queue_destroy(queue) }
        rd_kafka_CreateTopics(handle, &wanted, wanted.count, options, queue)
        guard let event = rd_kafka_queue_poll(queue, timeout &+ 1_000) else {
            throw BrokerError(RD_KAFKA_RESP_ERR__TIMED_OUT, while: "creating topics")
        }
        defer { rd_kafka_event_destroy(event) }
        try check(event)
    }

    private func check(_ event: OpaquePointer) throws(BrokerError) {
        let code = rd_kafka_event_error(event)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            let text = rd_kafka_event_error_string(event).map { String(cString: $0) }
            throw BrokerError(code, while: "creating topics", detail: text)
        }
        var count = 0
        guard let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
        else { return }
        for index in 0..<count {
            let result = results[index]
            let code = rd_kafka_topic_result_error(result)
            if code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS { continue }
            let text = rd_kafka_topic_result_error_string(result).map { String(cString: $0) }
            let name = rd_kafka_topic_result_name(result).map { String(cString: $0) } ?? "a topic"
            throw BrokerError(code, while: "creating \(name)", detail: text)
        }
    }

    private func description(of topic: TopicSpec, replication: Int) throws(BrokerError) -> OpaquePointer {
        var reason = [CChar](repeating: 0, count: Limits.errorTextBytes)
        let description = rd_kafka_NewTopic_new(
            topic.name, Int32(clamping: topic.partitions), Int32(clamping: replication), &reason, reason.count)
        guard let description else {
            throw BrokerError(
                .stop, code: "_INVALID_ARG", message: "creating \(topic.name): \(String(nulTerminated: reason))")
        }
        rd_kafka_NewTopic_set_config(description, "cleanup.policy", topic.isCompacted ? "compact" : "delete")
        if let retention = topic.retentionMilliseconds {
            rd_kafka_NewTopic_set_config(description, "retention.ms", String(retention))
        }
        return description
    }
}
