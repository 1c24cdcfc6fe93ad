import ArgumentParser
import Foundation
import Kafka

/// Produces clicks as they happen.
struct PaceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "pace", abstract: "Produce clicks at a fixed rate.")

    @Option(help: "The cluster.") var brokers: String
    @Option(help: "Clicks a second.") var rate = 20_000
    @Option(help: "For how long.") var seconds: Int
    @Option(help: "Seconds to wait first.") var after: UInt32 = 0

    func run() throws {
        sleep(after)
        let producer = try KafkaProducer(Bench.configuration(brokers: brokers, application: "pace"))
        let clicks = Clicks(start: Usage.now, rate: Double(rate) / Double(Bench.partitions))
        let end = clicks.start + Int64(seconds) * 1000
        var next = 0
        while clicks.time(of: next) < end {
            while clicks.time(of: next) <= Usage.now {
                for partition in 0..<Bench.partitions { try producer.produce(clicks.record(next, of: partition)) }
                next += 1
            }
            usleep(1000)
        }
        try producer.flush()
        // How far the pacer itself fell behind counts as latency of the daemon's otherwise.
        Bench.report("pacer_behind_ms", Double(Usage.now - end))
    }
}
