/// The lines that exist, each by its id, remembered for the claim horizon (R31).
struct Claims: Sendable {
    /// What is known of a line.
    struct Claim: Sendable {
        /// The pane end at which it was claimed.
        var paneEnd: EventTime
        /// Its place among the prior lines; nil where this run has claimed it.
        var prior: Int32?
    }

    private let horizon: EventSpan
    private var claims: [String: Claim] = [:]
    private var queue = NumberedQueue<(lineID: String, paneEnd: EventTime)>()

    init(horizon: EventSpan) { self.horizon = horizon }

    var count: Int { claims.count }

    subscript(lineID: String) -> Claim? { claims[lineID] }

    /// Remembers a line; pane ends come in their order.
    mutating func add(_ lineID: String, at paneEnd: EventTime) {
        claims[lineID] = Claim(paneEnd: paneEnd, prior: nil)
        queue.append((lineID, paneEnd))
    }

    /// Remembers a line of an earlier run as long as this one lasts.
    mutating func add(_ lineID: String, prior: Int) {
        claims[lineID] = Claim(paneEnd: .distantFuture, prior: Int32(prior))
    }

    /// Forgets the lines whose charges are older than the horizon whatever comes, and hands them to `body`.
    mutating func forget(at time: EventTime, _ body: (String) -> Void) {
        while let first = queue.first, time - first.paneEnd > horizon {
            queue.removeFirst()
            claims[first.lineID] = nil
            body(first.lineID)
        }
    }
}
