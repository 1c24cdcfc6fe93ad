import Engine

/// Where a recorded log keeps a partition: blocks of records, and beside them an index that can be made anew.
struct PartitionFiles: Hashable, Sendable {
    /// The longest name of a topic in Kafka, which fits the name of a file.
    static let topicBytesMax = 249

    let partition: TopicPartition
    /// The folder of the partition's topic.
    let folder: String

    /// The place of a partition whose name was checked.
    init(of partition: TopicPartition, in log: String) {
        precondition(Self.canName(partition), "\(partition) cannot be a partition.")
        self.partition = partition
        self.folder = "\(log)/topics/\(partition.topic)"
    }

    /// The blocks, gzip members one after another.
    var records: String { "\(folder)/\(partition.partition).records.gz" }
    /// The headers of the blocks alone.
    var index: String { "\(folder)/\(partition.partition).index" }

    /// Whether a partition has a name that Kafka allows, and that therefore leads nowhere else in a path.
    static func canName(_ partition: TopicPartition) -> Bool {
        let topic = partition.topic.utf8
        return (1...topicBytesMax).contains(topic.count) && topic.allSatisfy(isAllowed)
            && partition.topic != "." && partition.topic != ".." && (0...Int(Int32.max)).contains(partition.partition)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
