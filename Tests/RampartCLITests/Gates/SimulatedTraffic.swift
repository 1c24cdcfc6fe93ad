import Engine
import Foundation
import Kafka
import Simulation
import Synchronization

/// A marketplace that produces as long as it is let, at the time of day: the simulation's workload on a real cluster.
final class SimulatedTraffic: Sendable {
    private struct State {
        var isStopped = false
        var wantsRest = false
        var isAtRest = false
        var count = 0
        var failure: String?
        var isOver = false
    }

    /// Microseconds between the moments at which something is produced.
    private static let pace: UInt32 = 5_000

    private let configuration: KafkaConfiguration
    private let seed: UInt64
    private let state = Mutex(State())

    init(configuration: KafkaConfiguration, seed: UInt64) {
        self.configuration = configuration
        self.seed = seed
    }

    func start() {
        let thread = Thread { self.run() }
        thread.name = "traffic"
        thread.start()
    }

    /// Makes a pause, once everything that was produced is acknowledged.
    func pause() {
        state.withLock { $0.wantsRest = true }
        while !state.withLock({ $0.isAtRest || $0.isOver }) { usleep(10_000) }
    }

    func resume() { state.withLock { $0.wantsRest = false } }

    /// Ends it, if it still runs.
    func end() {
        state.withLock { $0.isStopped = true }
        while !state.withLock({ $0.isOver }) { usleep(10_000) }
    }

    /// Ends it; returns the number of records, all of which are acknowledged.
    func stop() throws -> Int {
        end()
        let (count, failure) = state.withLock { ($0.count, $0.failure) }
        if let failure { throw Failure(description: failure) }
        return count
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private func rests() -> Bool {
        let rests = state.withLock { state in
            state.isAtRest = state.wantsRest
            return state.isAtRest
        }
        if rests { usleep(Self.pace) }
        return rests
    }

    private func run() {
        do {
            let producer = try KafkaProducer(configuration)
            var workload = Workload(Random(seed: seed))
            while !state.withLock({ $0.isStopped }) {
                if rests() { continue }
                let now = Int64(Date().timeIntervalSince1970 * 1000)
                let records = workload.records(at: now)
                for record in records {
                    try producer.produce(OutboundRecord(topic: record.topic, key: record.key, value: record.value))
                }
                try producer.flush()
                state.withLock { $0.count += records.count }
                usleep(Self.pace)
            }
        } catch {
            state.withLock { $0.failure = "the traffic broke off: \(error)" }
        }
        state.withLock { $0.isOver = true }
    }
}
