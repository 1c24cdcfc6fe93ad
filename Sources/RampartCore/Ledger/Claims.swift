/// The lines that exist, each by its id, as long as they are remembered (R31).
struct Claims: Sendable {
    /// What is known of a line.
    struct Claim: Sendable {
        /// The pane end at which it was claimed.
        var paneEnd: EventTime
        /// Its place among the prior lines; nil where this run has claimed it.
        var prior: Int32?
    }

    private let memory: ClaimMemory
    private var claims: [String: Claim] = [:]
    private var queue = NumberedQueue<(lineID: String, paneEnd: EventTime)>()

    init(_ memory: ClaimMemory) { self.memory = memory }

    var count: Int { claims.count }

    /// Whether a line is remembered at all.
    func contains(_ lineID: String) -> Bool { claims[lineID] != nil }

    /// The line of a charge that is found at a pane end.
    func find(_ lineID: String, of charge: Charge, at paneEnd: EventTime) -> Claim? {
        guard let claim = claims[lineID] else { return nil }
        return claim.prior != nil || memory.covers(charge, since: claim.paneEnd, at: paneEnd) ? claim : nil
    }

    /// Remembers a line; pane ends come in their order.
    mutating func add(_ lineID: String, at paneEnd: EventTime) {
        claims[lineID] = Claim(paneEnd: paneEnd, prior: nil)
        queue.append((lineID, paneEnd))
    }

    /// Remembers a line of an earlier run as long as this one lasts.
    mutating func add(_ lineID: String, prior: Int) {
        claims[lineID] = Claim(paneEnd: .distantFuture, prior: Int32(prior))
    }

    /// Forgets the lines that count for no charge any more, and hands them to `body`.
    mutating func forget(at time: EventTime, _ body: (String) -> Void) {
        while let first = queue.first, memory.isOver(first.paneEnd, at: time) {
            queue.removeFirst()
            guard claims[first.lineID]?.paneEnd == first.paneEnd else { continue }
            claims[first.lineID] = nil
            body(first.lineID)
        }
    }
}
