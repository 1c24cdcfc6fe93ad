import ArgumentParser
import Foundation

/// The flags for the cluster and the application, which all commands that speak to Kafka share.
struct ClusterOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A file with any of these settings, in YAML or JSON.", valueName: "file"))
    var config: String?

    @Option(help: help(ConfigurationKeys.brokers)) var brokers: String?
    @Option(help: help(ConfigurationKeys.application)) var application: String?
    @Option(help: help(ConfigurationKeys.group)) var group: String?
    @Option(help: help(ConfigurationKeys.securityProtocol)) var securityProtocol: String?
    @Option(help: help(ConfigurationKeys.saslMechanism)) var saslMechanism: String?
    @Option(help: help(ConfigurationKeys.saslUsername)) var saslUsername: String?
    @Option(help: help(ConfigurationKeys.saslPasswordFile)) var saslPasswordFile: String?
    @Option(help: help(ConfigurationKeys.sslAuthorityFile)) var sslCaFile: String?
    @Option(help: help(ConfigurationKeys.sslCertificateFile)) var sslCertificateFile: String?
    @Option(help: help(ConfigurationKeys.sslKeyFile)) var sslKeyFile: String?
    @Option(help: help(ConfigurationKeys.sslKeyPasswordFile)) var sslKeyPasswordFile: String?
    @Option(help: help(ConfigurationKeys.ledgerKeyFile)) var ledgerKeyFile: String?
    @Option(help: help(ConfigurationKeys.requestTimeout)) var requestTimeout: String?

    @Option(
        name: .customLong("kafka"),
        help: ArgumentHelp("A property of the client library, librdkafka; may repeat.", valueName: "name=value"))
    var properties: [String] = []

    /// The values that were given, by key.
    var values: [String: String] {
        Self.collect([
            (ConfigurationKeys.brokers, brokers), (ConfigurationKeys.application, application),
            (ConfigurationKeys.group, group), (ConfigurationKeys.securityProtocol, securityProtocol),
            (ConfigurationKeys.saslMechanism, saslMechanism), (ConfigurationKeys.saslUsername, saslUsername),
            (ConfigurationKeys.saslPasswordFile, saslPasswordFile), (ConfigurationKeys.sslAuthorityFile, sslCaFile),
            (ConfigurationKeys.sslCertificateFile, sslCertificateFile), (ConfigurationKeys.sslKeyFile, sslKeyFile),
            (ConfigurationKeys.sslKeyPasswordFile, sslKeyPasswordFile),
            (ConfigurationKeys.ledgerKeyFile, ledgerKeyFile), (ConfigurationKeys.requestTimeout, requestTimeout),
        ])
    }

    static func collect(_ pairs: [(ConfigurationKey, String?)]) -> [String: String] {
        var values: [String: String] = [:]
        for (key, value) in pairs { values[key.name] = value }
        return values
    }

    /// Flags before the environment before the file.
    func layered(with more: [String: String] = [:]) throws -> ConfigurationValues {
        let values = try ConfigurationValues(
            flags: self.values.merging(more) { _, new in new }, properties: properties, file: config,
            environment: ProcessInfo.processInfo.environment)
        for warning in values.warnings { Console.error("warning: \(warning)") }
        return values
    }
}

/// The flags for the daemon's own work.
struct DaemonOptions: ParsableArguments {
    @Option(help: help(ConfigurationKeys.instances)) var instances: String?
    @Option(help: help(ConfigurationKeys.instance)) var instance: String?
    @Option(help: help(ConfigurationKeys.workers)) var workers: String?
    @Option(help: help(ConfigurationKeys.dataDirectory)) var dataDir: String?
    @Option(help: help(ConfigurationKeys.assignment)) var assignment: String?
    @Option(help: help(ConfigurationKeys.staticMembership)) var staticMembership: String?
    @Option(help: help(ConfigurationKeys.commitInterval)) var commitInterval: String?
    @Option(help: help(ConfigurationKeys.checkpointInterval)) var checkpointInterval: String?
    @Option(help: help(ConfigurationKeys.idleAfter)) var idleAfter: String?
    @Option(help: help(ConfigurationKeys.shutdownTimeout)) var shutdownTimeout: String?
    @Option(help: help(ConfigurationKeys.startTimeout)) var startTimeout: String?
    @Option(help: help(ConfigurationKeys.retryBackoff)) var retryBackoff: String?
    @Option(help: help(ConfigurationKeys.revocationTimeout)) var revocationTimeout: String?
    @Option(help: help(ConfigurationKeys.transactionTimeout)) var transactionTimeout: String?
    @Option(help: help(ConfigurationKeys.commandInterval)) var commandInterval: String?
    @Option(help: help(ConfigurationKeys.stagedBytesMax)) var stagedBytesMax: String?
    @Option(help: help(ConfigurationKeys.outboxBytesMax)) var outboxBytesMax: String?
    @Option(help: help(ConfigurationKeys.createTopics)) var createTopics: String?
    @Option(help: help(ConfigurationKeys.replication)) var replication: String?
    @Option(help: help(ConfigurationKeys.logLevel)) var logLevel: String?
    @Option(help: help(ConfigurationKeys.logFormat)) var logFormat: String?
    @Flag(help: "Load the pipeline file again when it changes, as SIGHUP does.") var watch = false

    /// The values that were given, by key.
    var values: [String: String] {
        ClusterOptions.collect([
            (ConfigurationKeys.instances, instances), (ConfigurationKeys.instance, instance),
            (ConfigurationKeys.workers, workers), (ConfigurationKeys.dataDirectory, dataDir),
            (ConfigurationKeys.assignment, assignment), (ConfigurationKeys.staticMembership, staticMembership),
            (ConfigurationKeys.commitInterval, commitInterval),
            (ConfigurationKeys.checkpointInterval, checkpointInterval), (ConfigurationKeys.idleAfter, idleAfter),
            (ConfigurationKeys.shutdownTimeout, shutdownTimeout), (ConfigurationKeys.startTimeout, startTimeout),
            (ConfigurationKeys.retryBackoff, retryBackoff), (ConfigurationKeys.revocationTimeout, revocationTimeout),
            (ConfigurationKeys.transactionTimeout, transactionTimeout),
            (ConfigurationKeys.commandInterval, commandInterval), (ConfigurationKeys.stagedBytesMax, stagedBytesMax),
            (ConfigurationKeys.outboxBytesMax, outboxBytesMax), (ConfigurationKeys.createTopics, createTopics),
            (ConfigurationKeys.replication, replication), (ConfigurationKeys.logLevel, logLevel),
            (ConfigurationKeys.logFormat, logFormat), (ConfigurationKeys.watch, watch ? "true" : nil),
        ])
    }
}

/// What the help says of a flag: the summary, the values and the default of its key.
private func help(_ key: ConfigurationKey) -> ArgumentHelp {
    let summary = key.summary.prefix(1).uppercased() + key.summary.dropFirst()
    let fallback = key.fallback.map { " (default: \($0))" } ?? ""
    switch key.kind {
    case .text: return ArgumentHelp("\(summary).\(fallback)", valueName: "text")
    case .path: return ArgumentHelp("\(summary).\(fallback)", valueName: "path")
    case .duration: return ArgumentHelp("\(summary).\(fallback)", valueName: "time")
    case .size: return ArgumentHelp("\(summary).\(fallback)", valueName: "size")
    case .count: return ArgumentHelp("\(summary).\(fallback)", valueName: "number")
    case .choice, .boolean, .secret: return ArgumentHelp("\(summary): \(key.values).\(fallback)", valueName: "word")
    }
}
