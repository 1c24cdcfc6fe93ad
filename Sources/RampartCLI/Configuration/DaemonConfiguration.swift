import Engine
import Kafka

/// Everything that `rampart run` can be told beside the pipeline.
struct DaemonConfiguration {
    var cluster: ClusterConfiguration
    var instance: String
    var workers: Int
    /// Where this instance keeps its checkpoints.
    var dataDirectory: String
    var assignment: KafkaConfiguration.AssignmentStrategy
    var hasStaticMembership: Bool
    var transactionTimeout: Duration
    var replication: Int
    var worker: WorkerSettings
    var shutdownTimeout: Duration
    /// Nil for ever.
    var startTimeout: Duration?
    var watchesFile: Bool
    var log: LogSettings

    /// Takes the values of all keys; everything that is wrong is said at once.
    init(_ values: ConfigurationValues) throws {
        var values = values
        cluster = ClusterConfiguration(&values)
        instance = values.name(ConfigurationKeys.instance) ?? ""
        workers = values.count(ConfigurationKeys.workers) ?? 1
        let instances = values.count(ConfigurationKeys.instances) ?? 1
        if instances > 1, values.origin(of: ConfigurationKeys.instance) == nil {
            values.refuse(
                "there are \(instances) instances, so each needs a name of its own: give this one `instance`, since two of "
                    + "one name would fence each other")
        }
        dataDirectory = values.text(ConfigurationKeys.dataDirectory) ?? ""
        assignment =
            values.choice(ConfigurationKeys.assignment, KafkaConfiguration.AssignmentStrategy.self)
            ?? .cooperativeSticky
        hasStaticMembership = values.boolean(ConfigurationKeys.staticMembership)
        transactionTimeout = .milliseconds(values.duration(ConfigurationKeys.transactionTimeout) ?? 0)
        replication = values.count(ConfigurationKeys.replication) ?? -1
        worker = Self.worker(&values)
        shutdownTimeout = .milliseconds(values.duration(ConfigurationKeys.shutdownTimeout) ?? 0)
        startTimeout = values.duration(ConfigurationKeys.startTimeout).map { .milliseconds($0) }
        watchesFile = values.boolean(ConfigurationKeys.watch)
        log = LogSettings(&values)
        guard values.problems.isEmpty else { throw Failure.unusable(values.problems.joined(separator: "\n")) }
    }

    private static func worker(_ values: inout ConfigurationValues) -> WorkerSettings {
        var settings = WorkerSettings()
        settings.commitInterval = values.duration(ConfigurationKeys.commitInterval) ?? settings.commitInterval
        settings.checkpointInterval =
            values.duration(ConfigurationKeys.checkpointInterval) ?? settings.checkpointInterval
        settings.idleAfter = values.duration(ConfigurationKeys.idleAfter)
        settings.retryBackoff = values.duration(ConfigurationKeys.retryBackoff) ?? settings.retryBackoff
        settings.revocationTimeout = values.duration(ConfigurationKeys.revocationTimeout) ?? settings.revocationTimeout
        settings.commandInterval = values.duration(ConfigurationKeys.commandInterval) ?? settings.commandInterval
        settings.stagedBytesMax = values.size(ConfigurationKeys.stagedBytesMax) ?? settings.stagedBytesMax
        settings.outboxBytesMax = values.size(ConfigurationKeys.outboxBytesMax) ?? settings.outboxBytesMax
        settings.createsTopics = values.boolean(ConfigurationKeys.createTopics)
        return settings
    }

    /// The configuration of a worker's clients.
    func kafka(application: String, worker: Int) -> KafkaConfiguration {
        let client = "\(instance)\(ClusterConfiguration.separator)\(worker)"
        var configuration = cluster.kafka(application: application, client: client)
        configuration.assignment = assignment
        configuration.transactionTimeout = transactionTimeout
        configuration.topicReplication = replication
        // Note: A name within the group, and so within the application; Kafka's clients allow no other signs here.
        if hasStaticMembership { configuration.groupInstance = "\(application)-\(instance)-\(worker)" }
        return configuration
    }
}
