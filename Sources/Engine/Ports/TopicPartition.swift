/// One partition of a topic.
public struct TopicPartition: Comparable, Hashable, Sendable {
    /// The topic.
    public var topic: String
    /// The number of the partition, from 0.
    public var partition: Int

    /// Names a partition.
    public init(_ topic: String, _ partition: Int) {
        self.topic = topic
        self.partition = partition
    }

    /// By topic in byte order, then by number.
    public static func < (left: TopicPartition, right: TopicPartition) -> Bool {
        left.topic == right.topic
            ? left.partition < right.partition : left.topic.utf8.lexicographicallyPrecedes(right.topic.utf8)
    }
}

extension TopicPartition: CustomStringConvertible {
    /// `topic[partition]`, for people.
    public var description: String { "\(topic)[\(partition)]" }
}
