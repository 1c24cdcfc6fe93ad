/// The credits that people may still decide about, each as it stands (R29, R31).
struct CreditTable: Sendable {
    private let horizon: EventSpan
    private var credits: [String: Credit] = [:]
    private var queue = NumberedQueue<(id: String, periodEnd: EventTime)>()

    init(horizon: EventSpan) { self.horizon = horizon }

    subscript(id: String) -> Credit? { credits[id] }

    /// Adds a credit; slots come in their order.
    mutating func add(_ credit: Credit) {
        credits[credit.id] = credit
        queue.append((credit.id, credit.periodEnd))
    }

    /// Puts a credit in another state in place of itself.
    mutating func replace(_ credit: Credit) { credits[credit.id] = credit }

    /// Forgets the credits whose slots ended longer ago than the horizon, and hands them to `body`.
    mutating func forget(at time: EventTime, _ body: (String) -> Void) {
        while let first = queue.first, time - first.periodEnd > horizon {
            queue.removeFirst()
            credits[first.id] = nil
            body(first.id)
        }
    }
}
