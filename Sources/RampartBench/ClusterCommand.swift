import ArgumentParser
import Engine
import Foundation
import Kafka

/// Hosts a mock cluster with topics for some applications until its input ends.
struct ClusterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "cluster", abstract: "Host a mock cluster.")

    @Option(help: "Clicks to put into each partition first.") var preload = 0
    @Option(help: "How many applications can run on it, each once.") var applications = 1

    func run() throws {
        let cluster = try MockCluster()
        try cluster.createTopic(Bench.inputTopic, partitions: Bench.partitions)
        for number in 1...applications {
            let topics = try DaemonTopics(Bench.pipeline(), application: "bench-\(number)")
            for topic in topics.specifications(tasks: Bench.partitions) {
                try cluster.createTopic(topic.name, partitions: topic.partitions)
            }
        }
        try fill(cluster)
        print(cluster.bootstrapServers)
        fflush(nil)
        withExtendedLifetime(cluster) { while readLine() != nil {} }
    }

    private func fill(_ cluster: MockCluster) throws {
        guard preload > 0 else { return }
        let producer = try KafkaProducer(
            Bench.configuration(brokers: cluster.bootstrapServers, application: "preload"))
        let clicks = Clicks(start: 1_767_225_600_000, rate: 20_000 / Double(Bench.partitions))
        for number in 0..<preload {
            for partition in 0..<Bench.partitions { try producer.produce(clicks.record(number, of: partition)) }
        }
        try producer.flush()
    }
}
