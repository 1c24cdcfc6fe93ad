import ArgumentParser
import Engine
import Pipelines
import RampartCore
import Storage

/// `rampart state`: how far an application has come.
struct StateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state",
        abstract: "Show the tasks of an application: committed offsets, lag, watermarks and checkpoints.",
        discussion: """
            Asks Kafka what the group has committed, and looks at the checkpoints of this machine. Nothing is changed, and
            the daemon may run.

              rampart state pipelines/marketplace.yaml --brokers kafka:9092
            """)

    @Argument(help: "The pipeline file.", completion: .pipelineFile)
    var pipeline: String

    @Option(help: ArgumentHelp("The daemon's folder for checkpoints.", valueName: "path"))
    var dataDir: String?

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    @OptionGroup(title: "Cluster") var cluster: ClusterOptions

    func run() throws {
        let application = try Application(pipeline, cluster, client: "state")
        let state = try ApplicationState(application)
        let folders = try checkpointFolders(application)
        if json {
            Console.output(state.json(checkpoints: folders))
        } else {
            for line in state.table + Self.table(folders) { Console.output(line) }
        }
    }

    /// The checkpoints of each instance that keeps some here.
    private func checkpointFolders(_ application: Application) throws -> [(String, [CheckpointListing.Entry])] {
        var values = try cluster.layered(with: dataDir.map { [ConfigurationKeys.dataDirectory.name: $0] } ?? [:])
        let folder = "\(values.text(ConfigurationKeys.dataDirectory) ?? "")/\(application.topics.application)"
        return Folders.names(in: folder).sorted().compactMap { name in
            guard let listing = try? CheckpointListing(folder: "\(folder)/\(name)") else { return nil }
            return ("\(folder)/\(name)", listing.entries)
        }
    }

    private static func table(_ folders: [(folder: String, entries: [CheckpointListing.Entry])]) -> [String] {
        guard !folders.isEmpty else { return ["", "No checkpoints here"] }
        return folders.flatMap { folder, entries in
            var table = Table(.left, .left, .right, .left)
            for entry in entries {
                table.add(
                    "task \(entry.task)", "generation \(entry.generation)", "\(entry.byteCount.grouped) bytes",
                    EventTime(milliseconds: entry.modified).text)
            }
            return ["", "Checkpoints in \(folder)"] + (entries.isEmpty ? ["  none"] : table.lines)
        }
    }
}
