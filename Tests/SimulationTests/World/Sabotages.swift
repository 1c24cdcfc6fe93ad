import Engine
import Simulation

/// Commits the offsets first and the records that they cover in a transaction of their own behind them.
final class CommitsBeforeFlush: ForwardingBroker {
    private var held: [OutboundRecord] = []
    private var isOffsetsCommitted = false

    override func produce(_ records: [OutboundRecord]) throws(BrokerError) { held = records }

    override func commitTransaction() throws(BrokerError) {
        if !isOffsetsCommitted { try super.commitTransaction() }
        isOffsetsCommitted = true
        do throws(BrokerError) {
            try super.beginTransaction()
            try super.produce(held)
            try super.commitTransaction()
        } catch {
            // Whoever commits in this order has nothing left with which to try again.
            throw BrokerError(.rejoin, code: error.code, message: error.message)
        }
        isOffsetsCommitted = false
    }
}

/// Does not read promises back, so that they are derived anew from facts.
final class ForgetsPromises: ForwardingBroker {
    override func read(
        _ partition: TopicPartition, from offset: Int64, wait: Duration
    ) throws(BrokerError) -> (records: [StoredRecord], next: Int64) {
        let read = try super.read(partition, from: offset, wait: wait)
        return partition.topic.hasSuffix(".changelog") ? ([], read.next) : read
    }
}

/// Promises idle partitions past by the wall clock and writes nothing down.
final class PromisesInSecret: ForwardingBroker {
    override func produce(_ records: [OutboundRecord]) throws(BrokerError) {
        try super.produce(
            records.filter { record in
                guard record.topic.hasSuffix(".control"), let value = record.value,
                    case .promise? = ControlRecord(bytes: value)?.decision
                else { return true }
                return false
            })
    }
}

/// Hands out checkpoints whose state is ahead of the offsets that they claim.
final class RunsAhead: CheckpointStore {
    private let inner: any CheckpointStore

    init(_ inner: any CheckpointStore) { self.inner = inner }

    func save(_ checkpoint: Checkpoint) throws { try inner.save(checkpoint) }

    func newestCheckpoint(of task: Int, where fits: (Checkpoint) throws -> Bool) throws -> Checkpoint? {
        var kept: [Checkpoint] = []
        _ = try inner.newestCheckpoint(of: task) { checkpoint in
            kept.append(checkpoint)
            return false
        }
        guard var ahead = kept.first else { return nil }
        if kept.count > 1 { ahead.offsets = kept[1].offsets }
        return try fits(ahead) ? ahead : nil
    }

    func removeAll(of task: Int) throws { try inner.removeAll(of: task) }
}
