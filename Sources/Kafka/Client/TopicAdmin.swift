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
        let low = try offset(of: partition, at: RD_KAFKA_OFFSET_BEGINNING)
        let high = try offset(of: partition, at: RD_KAFKA_OFFSET_END)
        return low..<max(low, high)
    }

    /// Note: not the library's question for both at once, which has a time-out and does not keep to it: once a leader that
    /// was known has gone away, it waits until that comes back (2.0.2).
    private func offset(of partition: TopicPartition, at end: Int32) throws(BrokerError) -> Int64 {
        let list = PartitionList(capacity: 1)
        list.append(partition, offset: Int64(end))
        var code = rd_kafka_offsets_for_times(handle, list.pointer, timeout)
        if code == RD_KAFKA_RESP_ERR_NO_ERROR, let element = list.elements.first {
            if element.err == RD_KAFKA_RESP_ERR_NO_ERROR, element.offset >= 0 { return element.offset }
            // An element that was not touched is one that nobody has answered for.
            code = element.err == RD_KAFKA_RESP_ERR_NO_ERROR ? RD_KAFKA_RESP_ERR__TIMED_OUT : element.err
        }
        throw BrokerError(code, while: "looking up \(partition)")
    }

    /// How many milliseconds a topic keeps its records; nil where that is without end or not said.
    func retention(of topic: String) throws(BrokerError) -> Int64? {
        var resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic)
        defer { rd_kafka_ConfigResource_destroy(resource) }
        let event = try answer(to: RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, "reading the retention of \(topic)") {
            rd_kafka_DescribeConfigs(handle, &resource, 1, $0, $1)
        }
        defer { rd_kafka_event_destroy(event) }
        var count = 0
        guard
            let resources = rd_kafka_DescribeConfigs_result_resources(
                rd_kafka_event_DescribeConfigs_result(event), &count), count > 0
        else { return nil }
        let code = rd_kafka_ConfigResource_error(resources[0])
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw BrokerError(code, while: "reading the retention of \(topic)")
        }
        let entries = rd_kafka_ConfigResource_configs(resources[0], &count)
        for index in 0..<count {
            guard let entry = entries?[index], String(cString: rd_kafka_ConfigEntry_name(entry)) == "retention.ms",
                let value = rd_kafka_ConfigEntry_value(entry), let found = Int64(String(cString: value))
            else { continue }
            return found < 0 ? nil : found
        }
        return nil
    }

    /// Creates topics; one that another has created meanwhile stays as it is.
    func create(_ topics: [TopicSpec], replication: Int) throws(BrokerError) {
        guard !topics.isEmpty else { return }
        var wanted: [OpaquePointer?] = []
        defer { for topic in wanted { rd_kafka_NewTopic_destroy(topic) } }
        for topic in topics { wanted.append(try description(of: topic, replication: replication)) }
        let event = try answer(to: RD_KAFKA_ADMIN_OP_CREATETOPICS, "creating topics") { options, queue in
            // Note: the cluster's own time-out, after which it goes on creating the topic and we stop waiting.
            rd_kafka_AdminOptions_set_operation_timeout(options, timeout, nil, 0)
            rd_kafka_CreateTopics(handle, &wanted, wanted.count, options, queue)
        }
        defer { rd_kafka_event_destroy(event) }
        try check(event)
    }

    /// Asks the cluster something, and waits for the answer, which is the caller's to destroy.
    private func answer(
        to operation: rd_kafka_admin_op_t, _ action: String, _ ask: (_ options: OpaquePointer?, OpaquePointer?) -> Void
    ) throws(BrokerError) -> OpaquePointer {
        let options = rd_kafka_AdminOptions_new(handle, operation)
        defer { rd_kafka_AdminOptions_destroy(options) }
        rd_kafka_AdminOptions_set_request_timeout(options, timeout, nil, 0)
        let queue = rd_kafka_queue_new(handle)
        defer { rd_kafka_queue_destroy(queue) }
        ask(options, queue)
        guard let event = rd_kafka_queue_poll(queue, timeout &+ 1_000) else {
            throw BrokerError(RD_KAFKA_RESP_ERR__TIMED_OUT, while: action)
        }
        let code = rd_kafka_event_error(event)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            defer { rd_kafka_event_destroy(event) }
            let text = rd_kafka_event_error_string(event).map { String(cString: $0) }
            throw BrokerError(code, while: action, detail: text)
        }
        return event
    }

    private func check(_ event: OpaquePointer) throws(BrokerError) {
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
