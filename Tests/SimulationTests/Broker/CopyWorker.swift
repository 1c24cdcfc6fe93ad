import Engine
import RampartCore
import Simulation

/// The smallest engine that copies `in` to `out` exactly once: it shows that the cluster lets a correct one through.
///
/// A step is one duty, which makes one or two calls. Whatever is refused is handled by its remedy alone.
final class CopyWorker {
    /// What a deliberately broken copy does wrong.
    enum Defect: CaseIterable {
        /// Commits records and offsets in transactions of their own.
        case offsetsApart
        /// Goes on after an aborted transaction as if it had been committed.
        case forgetsTheAborted
        /// Starts at the position it last had itself, and not where the group left off.
        case trustsItsMemory
        /// Gives partitions up first, and commits what it copied of them afterwards.
        case givesUpBeforeItCommits
    }

    private enum Duty {
        case initTransactions, subscribe, begin, poll, produce, sendOffsets, commit, abort, rewind, forget
        case answer(GroupChange)
    }

    private let cluster: SimulatedCluster
    private let id: String
    private let isStatic: Bool
    private let defect: Defect?
    private(set) var broker: SimulatedBroker
    /// Whether another one has its name by now, so that this one does not come back once it is fenced.
    var isReplaced = false
    private var duties: [Duty] = []
    private var held: [Int] = []
    private var memory: [Int: Int64] = [:]
    private var inbox = Inbox()
    private var records: [OutboundRecord] = []
    private var offsets: [TopicPartition: CommittedOffset] = [:]

    init(_ cluster: SimulatedCluster, _ id: String, isStatic: Bool, defect: Defect?) {
        self.cluster = cluster
        self.id = id
        self.isStatic = isStatic
        self.defect = defect
        broker = SimulatedBroker(cluster, transactionalID: id, instanceID: isStatic ? id : nil)
        restart()
    }

    func step() {
        if isReplaced && broker.isCrashed { return }
        if duties.isEmpty { duties = records.count < 10 ? [.poll] : transaction }
        let duty = duties.removeFirst()
        do throws(BrokerError) { try perform(duty) } catch {
            switch error.remedy {
            case .retry: duties.insert(duty, at: 0)
            case .abort: duties = [.abort, .begin] + answers + [defect == .forgetsTheAborted ? .forget : .rewind]
            case .rejoin: if isReplaced { broker.crash() } else { restart() }
            case .stop: preconditionFailure("\(error)")
            }
        }
    }

    /// Begins anew, as a process that was started again.
    private func restart() {
        broker.close()
        broker = SimulatedBroker(cluster, transactionalID: id, instanceID: isStatic ? id : nil)
        duties = [.initTransactions, .begin, .subscribe]
        inbox = Inbox()
        held = []
        forget()
    }

    private var transaction: [Duty] {
        defect == .offsetsApart
            ? [.produce, .commit, .begin, .sendOffsets, .commit, .begin, .forget]
            : [.produce, .sendOffsets, .commit, .begin, .forget]
    }

    /// The changes of the group that are still to be answered.
    private var answers: [Duty] {
        duties.filter { if case .answer = $0 { true } else { false } }
    }

    private func perform(_ duty: Duty) throws(BrokerError) {
        switch duty {
        case .initTransactions: try broker.initTransactions()
        case .subscribe: try broker.subscribe(to: "in")
        case .begin: try broker.beginTransaction()
        case .poll: try poll()
        case .produce: try broker.produce(records)
        case .sendOffsets: if !offsets.isEmpty { try broker.sendOffsets(offsets) }
        case .commit: try broker.commitTransaction()
        case .abort: try broker.abortTransaction()
        case .forget: forget()
        case .rewind:
            forget()
            try start(held)
        case .answer(let change): try answer(change)
        }
    }

    private func poll() throws(BrokerError) {
        let change = try broker.poll(into: &inbox, wait: .zero)
        take()
        switch change {
        case nil: break
        case .assigned: duties = [.answer(change!)]
        case .revoked(_, let isLost):
            if isLost {
                duties = [.abort, .begin, .answer(change!), .rewind]
            } else if defect == .givesUpBeforeItCommits {
                duties = [.answer(change!)] + transaction
            } else {
                duties = transaction + [.answer(change!)]
            }
        }
    }

    private func take() {
        for (partition, place) in inbox.partitions.sorted(by: { $0.key < $1.key }) {
            for record in inbox.arrivals[place].batch.records {
                let target = TopicPartition("out", partition.partition)
                records.append(.text("\(record.position)", to: target))
                offsets[partition] = CommittedOffset(offsetNext: Int64(record.position) + 1, metadata: "")
                memory[partition.partition] = Int64(record.position) + 1
            }
        }
        inbox.removeAll()
    }

    private func answer(_ change: GroupChange) throws(BrokerError) {
        switch change {
        case .assigned(let added):
            try start(added)
            held += added
        case .revoked(let removed, _):
            try broker.stop(removed.map { TopicPartition("in", $0) })
            held.removeAll(where: removed.contains)
        }
    }

    private func start(_ partitions: [Int]) throws(BrokerError) {
        let partitions = partitions.map { TopicPartition("in", $0) }
        let committed = try broker.committed(partitions)
        let starts = partitions.map { partition in
            let remembered = defect == .trustsItsMemory ? memory[partition.partition] : nil
            return StartOffset(partition, at: remembered ?? committed[partition]?.offsetNext ?? 0)
        }
        try broker.start(starts, isPaused: false)
    }

    private func forget() {
        records = []
        offsets = [:]
    }
}
