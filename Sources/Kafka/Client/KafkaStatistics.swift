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
    /// How many records each partition is behind its log's end, where that is known.
    public var lags: [TopicPartition: Int64]

    /// Reads the library's own form; nil where it is none.
    init?(_ role: Role, json: String) {
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(json.utf8)) else { return nil }
        self.role = role
        recordsReceived = document.rxmsgs ?? 0
        recordBytesReceived = document.rxmsg_bytes ?? 0
        recordsSent = document.txmsgs ?? 0
        recordBytesSent = document.txmsg_bytes ?? 0
        recordsQueued = document.msg_cnt ?? 0
        recordBytesQueued = document.msg_size ?? 0
        recordsFetched = 0
        lags = [:]
        for topic in (document.topics ?? [:]).values {
            for partition in topic.partitions.values where partition.partition >= 0 {
                recordsFetched += partition.fetchq_cnt ?? 0
                guard let lag = partition.consumer_lag, lag >= 0 else { continue }
                lags[TopicPartition(topic.topic, partition.partition)] = lag
            }
        }
    }

    /// The names are the library's.
    private struct Document: Decodable {
        struct Topic: Decodable {
            var topic: String
            var partitions: [String: Partition]
        }
        struct Partition: Decodable {
            var partition: Int
            var fetchq_cnt: Int64?
            var consumer_lag: Int64?
        }
        var rxmsgs: Int64?
        var rxmsg_bytes: Int64?
        var txmsgs: Int64?
        var txmsg_bytes: Int64?
        var msg_cnt: Int64?
        var msg_size: Int64?
        var topics: [String: Topic]?
    }
}
