/// A call of the `Broker` port, for crash points and the trace.
public enum CallKind: String, CaseIterable, Hashable, Sendable {
    case partitionCount, createTopics, logRange
    case subscribe, poll, start, stop, pause, resume, committed
    case read
    case initTransactions, beginTransaction, produce, sendOffsets, commitTransaction, abortTransaction
    case close

    /// Whether a fault may hide that the call took effect, since the caller can make it again without harm.
    ///
    /// Not `produce`: after `retry` none of its records has been taken. Calls that change nothing gain nothing by it.
    var isRepeatable: Bool {
        switch self {
        case .createTopics, .subscribe, .initTransactions, .sendOffsets, .commitTransaction, .abortTransaction: true
        default: false
        }
    }

    /// Whether it needs the group's or the transaction's coordinator.
    var needsCoordinator: Bool {
        switch self {
        case .subscribe, .committed, .initTransactions, .sendOffsets, .commitTransaction, .abortTransaction: true
        default: false
        }
    }

    /// Whether the client answers it without asking a broker.
    var isLocal: Bool {
        switch self {
        case .start, .stop, .pause, .resume, .beginTransaction, .produce, .poll, .close: true
        default: false
        }
    }
}
