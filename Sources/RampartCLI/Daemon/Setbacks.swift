import Engine

/// What has gone wrong with a worker again and again: how long it waits before it begins anew, and what it says.
struct Setbacks {
    /// The first delay in milliseconds.
    static let firstDelay: Int64 = 1000
    /// The longest delay in milliseconds.
    static let longestDelay: Int64 = 30_000

    private var delay = Self.firstDelay
    private var fences = 0
    private var wasFenced = false

    /// Takes a failure; returns the milliseconds to wait, which grow until something is committed.
    mutating func note(_ error: DaemonError) -> Int64 {
        wasFenced = error.message.contains("FENCED") || error.message.contains("PRODUCER_EPOCH")
        if wasFenced { fences += 1 }
        defer { delay = min(delay * 2, Self.longestDelay) }
        return delay
    }

    /// Notes that the worker got somewhere.
    mutating func noteCommit() { delay = Self.firstDelay }

    /// Whether it will not end by itself: who is fenced once was too slow, who is fenced twice has a rival.
    var needPerson: Bool { wasFenced && fences > 1 }

    /// Why a fenced worker may be fenced again.
    var advice: String {
        guard wasFenced else { return "" }
        return
            ". Another worker took this one's transactional id: two daemons of one instance name fence each other for "
            + "ever, so give each its own with --instance, and say --instances"
    }
}
