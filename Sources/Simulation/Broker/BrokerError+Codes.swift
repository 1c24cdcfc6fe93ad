import Engine

/// What a cluster refuses, by the names that librdkafka gives it.
extension BrokerError {
    static let fenced = BrokerError(
        .rejoin, code: "_FENCED", message: "a newer producer has this transactional id, or the transaction timed out")
    static let fencedInstance = BrokerError(
        .rejoin, code: "FENCED_INSTANCE_ID", message: "a newer member has this group.instance.id")
    static let fencedInstanceOffsets = BrokerError(
        .abort, code: "FENCED_INSTANCE_ID", message: "offsets refused: a newer member has this group.instance.id")
    static let illegalGeneration = BrokerError(
        .abort, code: "ILLEGAL_GENERATION", message: "offsets refused: the group is in a newer generation")
    static let unknownMember = BrokerError(
        .abort, code: "UNKNOWN_MEMBER_ID", message: "offsets refused: the group does not know this member")
    static let concurrentTransactions = BrokerError(
        .retry, code: "CONCURRENT_TRANSACTIONS", message: "the markers of the previous transaction are being written")
    static let unstableOffsets = BrokerError(
        .retry, code: "UNSTABLE_OFFSET_COMMIT", message: "an open transaction is about to change these offsets")
    static let coordinatorUnavailable = BrokerError(
        .retry, code: "COORDINATOR_NOT_AVAILABLE", message: "the coordinator is moving")
    static let brokerDown = BrokerError(.retry, code: "_TRANSPORT", message: "the broker does not answer")
    static let timedOut = BrokerError(
        .retry, code: "_TIMED_OUT", message: "no answer in time; whether the call took effect is not known")
    /// A client that does not know whether its offsets were taken can only abort.
    static let offsetsTimedOut = BrokerError(
        .abort, code: "_TIMED_OUT", message: "no answer in time to the offsets of the transaction")
    static let undelivered = BrokerError(
        .abort, code: "_MSG_TIMED_OUT", message: "records of the transaction were not delivered")
    static let crashed = BrokerError(.rejoin, code: "CRASHED", message: "the worker that had this client has crashed")

    static func unknownTopic(_ topic: String) -> BrokerError {
        BrokerError(.retry, code: "UNKNOWN_TOPIC_OR_PART", message: "there is no such partition of topic \(topic)")
    }

    static func tooLarge(_ record: OutboundRecord) -> BrokerError {
        BrokerError(
            .stop, code: "MSG_SIZE_TOO_LARGE", message: "a record for topic \(record.topic) is larger than the limit")
    }

    static func metadataTooLarge(_ partition: TopicPartition) -> BrokerError {
        BrokerError(
            .stop, code: "OFFSET_METADATA_TOO_LARGE", message: "what is to be written beside an offset of \(partition)")
    }

    static func keyless(_ topic: String) -> BrokerError {
        BrokerError(.stop, code: "INVALID_RECORD", message: "topic \(topic) is compacted, and a record has no key")
    }

    static func outOfRange(_ partition: TopicPartition, _ offset: Int64, _ range: Range<Int64>) -> BrokerError {
        BrokerError(
            .stop, code: "_AUTO_OFFSET_RESET",
            message:
                "offset \(offset) of \(partition) is out of the log's range \(range.lowerBound)-\(range.upperBound)")
    }
}
