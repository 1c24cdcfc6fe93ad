/// Every key of the daemon's configuration, in the order of the reference.
enum ConfigurationKeys {
    /// All keys; `kafka` beside them holds properties of the client library.
    static let all: [ConfigurationKey] = connection + security + work + reporting

    /// The mapping of the file that holds properties of the client library.
    static let properties = "kafka"

    // MARK: - The cluster and the application

    static let connection = [brokers, application, group]

    static let brokers = ConfigurationKey(
        "brokers", .text, "localhost:9092", "some brokers of the cluster, as host:port,host:port")
    static let application = ConfigurationKey(
        "application", .text, nil, "the name of the daemon's own topics; the pipeline's name unless given")
    static let group = ConfigurationKey(
        "group", .text, nil, "the consumer group; the application's name unless given")

    // MARK: - Security

    static let security = [
        securityProtocol, saslMechanism, saslUsername, saslPasswordFile, saslPassword, sslAuthorityFile,
        sslCertificateFile, sslKeyFile, sslKeyPasswordFile, sslKeyPassword, ledgerKeyFile, ledgerKey,
    ]

    static let securityProtocol = ConfigurationKey(
        "security_protocol", .choice(["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"]), "plaintext",
        "what is spoken to the brokers")
    static let saslMechanism = ConfigurationKey(
        "sasl_mechanism", .choice(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]), nil,
        "how user and password are proved; needed by sasl_plaintext and sasl_ssl")
    static let saslUsername = ConfigurationKey("sasl_username", .text, nil, "the user")
    static let saslPasswordFile = ConfigurationKey(
        "sasl_password_file", .path, nil, "the file that holds the user's password")
    static let saslPassword = ConfigurationKey(
        "sasl_password", .secret, nil, "the user's password, where no file holds it")
    static let sslAuthorityFile = ConfigurationKey(
        "ssl_ca_file", .path, nil, "the certificates that are trusted, in PEM; those of the system unless given")
    static let sslCertificateFile = ConfigurationKey(
        "ssl_certificate_file", .path, nil, "the daemon's own certificate, in PEM")
    static let sslKeyFile = ConfigurationKey("ssl_key_file", .path, nil, "the key of that certificate, in PEM")
    static let sslKeyPasswordFile = ConfigurationKey(
        "ssl_key_password_file", .path, nil, "the file that holds what the key is encrypted with")
    static let sslKeyPassword = ConfigurationKey(
        "ssl_key_password", .secret, nil, "what the key is encrypted with, where no file holds it")
    static let ledgerKeyFile = ConfigurationKey(
        "ledger_key_file", .path, nil,
        "the file that holds the key by which commands are signed; all daemons and people of an application share it")
    static let ledgerKey = ConfigurationKey(
        "ledger_key", .secret, nil, "the key by which commands are signed, where no file holds it")

    // MARK: - The work

    static let work = [
        instances, instance, workers, dataDirectory, assignment, staticMembership, commitInterval, checkpointInterval,
        idleAfter, shutdownTimeout, startTimeout, retryBackoff, revocationTimeout, transactionTimeout, requestTimeout,
        commandInterval, stagedBytesMax, outboxBytesMax, createTopics, replication,
    ]

    static let instances = ConfigurationKey(
        "instances", .count(1...1000), "1", "how many daemons share the work; above 1 each needs its own `instance`")
    static let instance = ConfigurationKey(
        "instance", .text, "main", "this daemon's name, which no other living one of the application has")
    static let workers = ConfigurationKey(
        "workers", .count(1...64), "1", "threads of this daemon, each a member of the group")
    static let dataDirectory = ConfigurationKey(
        "data_dir", .path, "rampart-data", "the folder for checkpoints; each instance makes its own within")
    static let assignment = ConfigurationKey(
        "assignment", .choice(["cooperative-sticky", "range", "roundrobin"]), "cooperative-sticky",
        "how the group deals partitions out; all daemons must say the same")
    static let staticMembership = ConfigurationKey(
        "static_membership", .boolean, "false", "whether the group keeps a worker's partitions over its restart")
    static let commitInterval = ConfigurationKey(
        "commit_interval", .duration(10...60_000), "1s", "time between commits, and so the age of what is written")
    static let checkpointInterval = ConfigurationKey(
        "checkpoint_interval", .duration(1000...86_400_000), "5m",
        "time between checkpoints of a task; what came since the last is read again after a crash")
    static let idleAfter = ConfigurationKey(
        "idle_after", .duration(100...86_400_000), "1m",
        "time without records after which a partition no longer holds the others back")
    static let shutdownTimeout = ConfigurationKey(
        "shutdown_timeout", .duration(1000...3_600_000), "30s", "time to commit, checkpoint and leave after SIGTERM")
    static let startTimeout = ConfigurationKey(
        "start_timeout", .duration(1000...86_400_000), nil, "how long to try to reach Kafka; for ever unless given")
    static let retryBackoff = ConfigurationKey(
        "retry_backoff", .duration(10...60_000), "200ms", "time until a refused call is made again")
    static let revocationTimeout = ConfigurationKey(
        "revocation_timeout", .duration(1000...600_000), "20s", "time to commit tasks that the group wants back")
    static let transactionTimeout = ConfigurationKey(
        "transaction_timeout", .duration(10_000...900_000), "1m",
        "time after which the cluster aborts the transaction of a worker that died")
    static let requestTimeout = ConfigurationKey(
        "request_timeout", .duration(1000...300_000), "10s", "how long a call waits for the cluster")
    static let commandInterval = ConfigurationKey(
        "command_interval", .duration(100...60_000), "1s", "time between looks for reloads and people's decisions")
    static let stagedBytesMax = ConfigurationKey(
        "staged_bytes_max", .size(1 << 20...64 << 30), "256MiB",
        "staged events of a task above which partitions that are ahead pause")
    static let outboxBytesMax = ConfigurationKey(
        "outbox_bytes_max", .size(64 << 10...1 << 30), "32MiB", "outputs that wait above which a commit is made at once"
    )
    static let createTopics = ConfigurationKey(
        "create_topics", .boolean, "true", "whether missing topics of the daemon's own are created; inputs never are")
    static let replication = ConfigurationKey(
        "replication", .count(1...10), nil,
        "on how many brokers created topics are kept; the cluster's default unless given")

    // MARK: - What is said

    static let reporting = [watch, logLevel, logFormat]

    static let watch = ConfigurationKey(
        "watch", .boolean, "false", "whether the pipeline file is loaded again when it changes, as SIGHUP does")
    static let logLevel = ConfigurationKey(
        "log_level", .choice(["debug", "info", "warning", "error"]), "info", "the least important that is logged")
    static let logFormat = ConfigurationKey(
        "log_format", .choice(["auto", "text", "json"]), "auto",
        "text on a terminal and JSON lines elsewhere, or always one")
}
