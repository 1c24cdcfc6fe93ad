import ArgumentParser
import Engine
import Kafka

/// Consumes clicks and looks at none of them.
struct DiscardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "discard", abstract: "Consume and drop.")

    @Option(help: "The cluster.") var brokers: String
    @Option(help: "The number of clicks.") var events: Int

    func run() throws {
        let consumer = try DiscardingConsumer(
            Bench.configuration(brokers: brokers, application: "discard"),
            from: Bench.partitionNames.map { StartOffset($0, at: 0) })
        let began = Usage.processor
        let count = consumer.discard(events)
        let used = Usage.processor - began
        guard count >= events else { throw ValidationError("only \(count) records came") }
        Bench.report("cpu_us_per_event", used * 1e6 / Double(count))
    }
}
