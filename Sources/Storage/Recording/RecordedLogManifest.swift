public import Engine
public import RampartCore

/// What a recorded log says about itself: the file that makes a folder one.
public struct RecordedLogManifest: Hashable, Sendable {
    /// The version of the format that is written and read.
    public static let version = 1
    /// The file's name.
    public static let fileName = "recorded-log.json"

    /// What a topic was to the daemon.
    public enum Role: String, Codable, Hashable, Sendable {
        /// Events.
        case input
        /// What was decided outside of the log: promises of idle partitions, reloads, people's commands.
        case control
    }

    /// What is promised of one partition.
    public struct Partition: Hashable, Sendable {
        /// The partition.
        public var partition: TopicPartition
        /// What its topic was to the daemon.
        public var role: Role
        /// The offsets that were recorded; what has no record in it had none that could be read.
        public var covered: Range<Int64>
        /// The first offset that the daemon had not committed, where that was noted.
        public var committed: Int64?

        /// Creates an entry.
        public init(partition: TopicPartition, role: Role, covered: Range<Int64>, committed: Int64? = nil) {
            self.partition = partition
            self.role = role
            self.covered = covered
            self.committed = committed
        }
    }

    /// The family of the pipeline.
    public var pipeline: String
    /// The name of the application whose topics were recorded.
    public var application: String
    /// When recording began, where that was told.
    public var created: EventTime?
    /// The partitions by topic and number.
    public var partitions: [Partition]

    /// Creates a manifest.
    public init(pipeline: String, application: String, created: EventTime?, partitions: [Partition] = []) {
        self.pipeline = pipeline
        self.application = application
        self.created = created
        self.partitions = partitions
    }

    /// The entry of a partition, if it has one.
    public subscript(partition: TopicPartition) -> Partition? {
        partitions.first { $0.partition == partition }
    }
}
