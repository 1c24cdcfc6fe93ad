import ArgumentParser
import Engine
import Foundation
import Kafka
import Logging
import Pipelines
import RampartCore
import Storage

/// `rampart run`: the daemon beside Kafka.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a pipeline on Kafka: consume its topics, and produce alerts and credits exactly once.",
        discussion: """
            Consumes the topics of the pipeline's sources, and commits outputs and offsets together.

              rampart run pipelines/marketplace.yaml --brokers kafka:9092

            Every setting can be a flag, a variable (RAMPART_BROKERS) or a key of the file named by --config; flags go
            before variables, and these before the file. Secrets come from files or from variables, never from flags.
            SIGTERM and Ctrl-C commit, checkpoint and leave; a second time ends at once. SIGHUP loads the pipeline file
            again. docs/CONFIGURATION.md describes every setting.

            Without Kafka, a demonstration with made-up traffic:

              rampart run pipelines/marketplace.yaml --embedded --for 60s

            Exit codes: 0 stopped as asked, 1 failed while running, 2 unusable arguments, settings or pipeline.
            """)

    @Argument(help: "The pipeline file.", completion: .pipelineFile)
    var pipeline: String

    @Option(
        name: .customLong("set"), help: ArgumentHelp("Set a threshold; may repeat.", valueName: "stage.name=value"))
    var settings: [String] = []

    @OptionGroup(title: "Demonstration") var embedded: EmbeddedOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterOptions
    @OptionGroup(title: "Daemon") var daemon: DaemonOptions

    func run() throws {
        let configuration = try DaemonConfiguration(cluster.layered(with: daemon.values))
        let pipeline = try PipelineFile.load(path: pipeline, settings: settings, isQuiet: false)
        Interruption.watch()
        Interruption.watchHangup()
        if embedded.embedded {
            var demonstration = try EmbeddedRun(command: self, pipeline: pipeline, configuration: configuration)
            try demonstration.run()
        } else {
            try runOnKafka(pipeline, configuration)
        }
    }

    private func runOnKafka(_ pipeline: Pipeline, _ configuration: DaemonConfiguration) throws {
        let logger = configuration.log.logger("rampart")
        let kafkaLogger = configuration.log.logger("rampart.kafka", atMost: .warning)
        let topics = try topics(of: pipeline, configuration)
        try check(configuration.kafka(application: topics.application, worker: 0), kafkaLogger)
        let store = try openStore(configuration, application: topics.application)
        let plan = WorkerPlan(
            topics: topics, instance: configuration.instance, settings: configuration.worker, overrides: overrides,
            commandKey: configuration.cluster.ledgerKey, store: store, logger: logger,
            pipeline: CurrentPipeline(pipeline),
            makeBroker: { worker throws(BrokerError) in
                try KafkaBroker(
                    configuration.kafka(application: topics.application, worker: worker), logger: kafkaLogger)
            })
        logger.info(
            "running \(pipeline.topology.family), revision \(pipeline.topology.revision), as \(topics.application)",
            metadata: [
                "brokers": "\(configuration.cluster.brokers)", "instance": "\(configuration.instance)",
                "workers": "\(configuration.workers)",
                "topics": "\(topics.inputs.map(\.topic).joined(separator: ","))",
            ])
        RetentionCheck(
            topics: topics.inputs.map(\.topic), checkpointInterval: configuration.worker.checkpointInterval,
            kafka: configuration.cluster.kafka(application: topics.application, client: "retention"), logger: logger
        ).start()
        var daemon = Daemon(plan: plan, reloader: reloader(topics), configuration: configuration)
        do {
            try daemon.run()
        } catch let failure as Failure {
            // Said in the log, whose form programs can read.
            logger.error("\(failure.message)")
            throw Failure(code: failure.code, message: "")
        }
        logger.info("stopped; everything that was read is committed")
    }

    /// Makes a client, which connects to nothing yet, so that wrong settings are told from what fails later.
    private func check(_ configuration: KafkaConfiguration, _ logger: Logger) throws {
        do throws(BrokerError) {
            try KafkaBroker(configuration, logger: logger).close()
        } catch {
            throw Failure.unusable(error.message)
        }
    }

    /// The topics of the pipeline, under the application's name.
    func topics(of pipeline: Pipeline, _ configuration: DaemonConfiguration) throws -> DaemonTopics {
        do throws(DaemonError) {
            return try DaemonTopics(pipeline, application: configuration.cluster.application)
        } catch {
            throw Failure.unusable("\(self.pipeline): \(error.message)")
        }
    }

    /// The thresholds of the command line, which `PipelineFile` has checked.
    var overrides: [ThresholdOverride] { settings.compactMap { ThresholdOverride(argument: $0) } }

    func reloader(_ topics: DaemonTopics) -> PipelineReloader {
        PipelineReloader(path: pipeline, settings: settings, topics: topics)
    }

    private func openStore(_ configuration: DaemonConfiguration, application: String) throws -> SharedCheckpointStore {
        let folder = "\(configuration.dataDirectory)/\(application)"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            return try SharedCheckpointStore(folder: folder, instance: configuration.instance)
        } catch let error as StorageError {
            throw Failure.unusable(error.description)
        } catch {
            throw Failure.unusable(
                "\(folder): the folder for checkpoints cannot be made: \(error.localizedDescription)")
        }
    }
}
