internal import Pipelines

/// One attempt to commit everything that a worker's tasks have done, in one transaction.
///
/// The order of the phases is what makes it exactly once: outputs, promises and decisions first, then the offsets that
/// cover them, and one commit over all of it. Each `advance` makes one call.
struct Commit {
    /// What is done next.
    enum Phase: Hashable {
        case begin
        case produce
        case sendOffsets
        case commit
        case abort
        /// It is committed.
        case succeeded
        /// It is aborted, and everything is still to be committed.
        case failed
    }

    private(set) var phase = Phase.begin
    /// Why it is being aborted.
    private(set) var abortReason: BrokerError?
    let tasks: [Int]
    private let records: [OutboundRecord]
    private let offsets: [TopicPartition: CommittedOffset]

    init(tasks: [Int], records: [OutboundRecord], offsets: [TopicPartition: CommittedOffset]) {
        self.tasks = tasks
        self.records = records
        self.offsets = offsets
    }

    var recordCount: Int { records.count }
    /// Whether aborting is still possible: once the commit was asked for, only the broker knows.
    var canAbort: Bool { phase == .begin || phase == .produce || phase == .sendOffsets }

    /// Makes the next call. An error with the remedy `abort` is taken care of here; others are thrown.
    mutating func advance(_ broker: any Broker) throws(BrokerError) {
        do {
            switch phase {
            case .begin:
                try broker.beginTransaction()
                phase = .produce
            case .produce:
                try broker.produce(records)
                phase = offsets.isEmpty ? .commit : .sendOffsets
            case .sendOffsets:
                try broker.sendOffsets(offsets)
                phase = .commit
            case .commit:
                try broker.commitTransaction()
                phase = .succeeded
            case .abort:
                try broker.abortTransaction()
                phase = .failed
            case .succeeded, .failed:
                break
            }
        } catch {
            guard error.remedy == .abort, phase != .abort else { throw error }
            abort(error)
        }
    }

    /// Gives the attempt up.
    mutating func abort(_ reason: BrokerError) {
        abortReason = reason
        phase = phase == .begin ? .failed : .abort
    }
}
