public import Engine
internal import Foundation

/// What a handle of the client library counts about itself.
public struct KafkaStatistics: Hashable, Sendable {
    /// Which of a worker's handles it is.
    public enum Role: String, Sendable {
        /// The consumer in the group.
        case consumer
        /// The transactional producer.
        case producer
        /// The consumer outside of the group.
        case reader
    }

    /// Which of a worker's handles it is.
    public var role: Role
    /// Records received since the start.
    public var recordsReceived: Int64
    /// Bytes of records received since the start.
    public var recordBytesReceived: Int64
    /// Records sent since the start.
    public var recordsSent: Int64
    /// Bytes of records sent since the start.
    public var recordBytesSent: Int64
    /// Records that wait to be sent.
    public var recordsQueued: Int64
    /// Bytes that wait to be sent.
    public var recordBytesQueued: Int64
    /// Records that were fetched and wait to be polled.
    public var recordsFetched: Int64
    /// How many offsets each partition is behind its log's end, where both are known.
    public var lags: [TopicPartition: Int64]

    /// Reads the library's own form; nil where it is none.
    init?(_ role: Role, json: String) {
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(json.utf8)) else { return nil }
        self.role = role
        recordsReceived = document.received ?? 0
        recordBytesReceived = document.bytesReceived ?? 0
        recordsSent = document.sent ?? 0
        recordBytesSent = document.bytesSent ?? 0
        recordsQueued = document.queued ?? 0
        recordBytesQueued = document.bytesQueued ?? 0
        recordsFetched = 0
        lags = [:]
        for topic in (document.topics ?? [:]).values {
            for partition in topic.partitions.values where partition.partition >= 0 {
                recordsFetched += partition.fetched ?? 0
                // Note: the library's own `consumer_lag` counts from offsets committed by it, of which there are none.
                guard let end = partition.end, let next = partition.next, end >= 0, next >= 0 else {
                    continue
                }
                lags[TopicPartition(topic.topic, partition.partition)] = max(0, end - next)
            }
        }
    }

    /// What the library writes; the keys are its own.
    private struct Document: Decodable {
        struct Topic: Decodable {
            var topic: String
            var partitions: [String: Partition]
        }
        struct Partition: Decodable {
            var partition: Int
            var fetched: Int64?
            var end: Int64?
            var next: Int64?

            enum CodingKeys: String, CodingKey {
                case partition
                case fetched = "fetchq_cnt"
                case end = "hi_offset"
                case next = "app_offset"
            }
        }
        var received: Int64?
        var bytesReceived: Int64?
        var sent: Int64?
        var bytesSent: Int64?
        var queued: Int64?
        var bytesQueued: Int64?
        var topics: [String: Topic]?

        enum CodingKeys: String, CodingKey {
            case received = "rxmsgs"
            case bytesReceived = "rxmsg_bytes"
            case sent = "txmsgs"
            case bytesSent = "txmsg_bytes"
            case queued = "msg_cnt"
            case bytesQueued = "msg_size"
            case topics
        }
    }
}
