/// Where the cluster is, who this worker is in it, and how the client library is set up.
public struct KafkaConfiguration: Hashable, Sendable {
    /// How the group deals the lead topic's partitions out.
    public enum AssignmentStrategy: String, CaseIterable, Sendable {
        /// Members keep what they have; only what moves is interrupted.
        case cooperativeSticky = "cooperative-sticky"
        /// Ranges of partitions; everything is interrupted at every change.
        case range
        /// One partition after the other; everything is interrupted at every change.
        case roundRobin = "roundrobin"
    }

    /// Some brokers of the cluster, as `host:port,host:port`.
    public var bootstrapServers: String
    /// The name of the consumer group.
    public var group: String
    /// The name under which this member's partitions are kept over a restart; nil for a member that comes and goes.
    public var groupInstance: String?
    /// The name under which this worker's transactions are fenced; no two living workers may share it.
    public var transactionalID: String
    /// The name under which the brokers log and limit this client.
    public var clientID = "rampart"
    /// How the group deals partitions out; all members must say the same.
    public var assignment = AssignmentStrategy.cooperativeSticky
    /// How the cluster is to be spoken to.
    public var security = KafkaSecurity()
    /// On how many brokers a created topic is kept; -1 for the cluster's default.
    public var topicReplication = -1
    /// How long a call may wait for the cluster.
    public var requestTimeout = Duration.seconds(10)
    /// After what time the cluster aborts a transaction of a worker that died.
    public var transactionTimeout = Duration.seconds(60)
    /// How often statistics are taken; nil for never.
    public var statisticsInterval: Duration?
    /// Further properties of the client library, by its own names.
    public var properties: [String: String] = [:]

    /// Whether the value of a property of the client library is a secret, by its name.
    public static func isSecret(property name: String) -> Bool { OwnedProperties.isSecret(name) }

    /// Creates a configuration with the defaults.
    public init(bootstrapServers: String, group: String, transactionalID: String) {
        self.bootstrapServers = bootstrapServers
        self.group = group
        self.transactionalID = transactionalID
    }
}

extension KafkaConfiguration: CustomStringConvertible, CustomReflectable {
    /// Names the cluster, the group and the worker; of further properties only the names, as values may be secret.
    public var description: String {
        let names = properties.keys.sorted().joined(separator: ",")
        return "\(bootstrapServers) group=\(group) transactional-id=\(transactionalID) properties=[\(names)]"
    }
    /// Shows no more than the description.
    public var customMirror: Mirror { Mirror(self, children: ["summary": description]) }
}
