import ArgumentParser
import Engine
import Kafka

/// Consumes clicks and looks at none of them.
struct DiscardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "discard", abstract: "Consume and drop.")

    @Option(help: "The cluster.") var brokers: String
    @Option(help: "The number of clicks.") var events: Int
    @Flag(help: "Consume through the adapter, which copies each record for a worker.") var copy = false
    @Option(help: "The group, where the adapter consumes.") var application = "discard"

    func run() throws {
        let began = Usage.processor
        let count = copy ? try copyAll() : try discardAll()
        let used = Usage.processor - began
        guard count >= events else { throw ValidationError("only \(count) records came") }
        Bench.report("cpu_us_per_event", used * 1e6 / Double(count))
    }

    private var configuration: KafkaConfiguration {
        Bench.configuration(brokers: brokers, application: application)
    }

    private func discardAll() throws -> Int {
        let consumer = try DiscardingConsumer(
            configuration, from: Bench.partitionNames.map { StartOffset($0, at: 0) })
        return consumer.discard(events)
    }

    private func copyAll() throws -> Int {
        let broker = try KafkaBroker(configuration)
        try broker.subscribe(to: Bench.inputTopic)
        var inbox = Inbox()
        var count = 0
        let deadline = Usage.elapsed + 60
        while count < events, Usage.elapsed < deadline {
            inbox.removeAll()
            let change = try broker.poll(into: &inbox, wait: .milliseconds(100))
            count += inbox.recordCount
            guard case .assigned(let numbers) = change else { continue }
            try broker.start(numbers.map { StartOffset(Bench.partitionNames[$0], at: 0) }, isPaused: false)
        }
        return count
    }
}
