import Engine
import Kafka

/// Sees from outside whether transactions with records are open: readers stand still before the end of the log.
final class OpenTransactions {
    private let broker: KafkaBroker
    private var positions: [TopicPartition: Int64] = [:]

    /// Looks at the given partitions, which nobody may write to during a look.
    init(_ configuration: KafkaConfiguration, in partitions: [TopicPartition]) throws {
        broker = try KafkaBroker(configuration)
        for partition in partitions { positions[partition] = 0 }
    }

    deinit { broker.close() }

    /// Whether there is one now.
    func exist() -> Bool {
        for (partition, position) in positions {
            // Before the daemon's first start there is no such partition.
            guard let end = try? broker.logRange(of: partition).upperBound else { continue }
            var position = position
            var attempts = 0
            while position < end, attempts < 3 {
                let next = (try? broker.read(partition, from: position, wait: .milliseconds(10)))?.next ?? position
                attempts = next > position ? 0 : attempts + 1
                position = next
            }
            positions[partition] = position
            if position < end { return true }
        }
        return false
    }
}
