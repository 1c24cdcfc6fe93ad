/// What the transaction coordinator knows of one transactional id (KIP-98).
struct TransactionState {
    /// Where the id's transaction is. `ongoing` can go to either prepared phase, a prepared phase only to `empty`.
    enum Phase: Hashable {
        case empty
        case ongoing
        /// The decision is durable: it will be committed, whatever happens.
        case preparedCommit
        case preparedAbort
    }

    /// A marker that is still to be written.
    struct Marker {
        let due: Int64
        /// The index of the partition's log; nil for the group's offsets.
        let log: Int?
    }

    let id: String
    var phase = Phase.empty
    /// The epoch of the producer that has the id; -1 before the first.
    var epoch = -1
    var openedAt: Int64 = 0
    var partitions: [Int] = []
    var hasOffsets = false
    var markers: [Marker] = []

    var markersDue: Int64 {
        markers.isEmpty ? .max : markers.reduce(Int64.max) { min($0, $1.due) }
    }

    func timeoutDue(_ timeout: Int64) -> Int64 { phase == .ongoing ? openedAt + timeout : .max }
}
