/// The credits that people may still decide about, each as it stands (R29, R31).
struct CreditTable: Sendable {
    private let memory: ClaimMemory
    private var credits: [String: Credit] = [:]
    private var queue = NumberedQueue<(id: String, periodEnd: EventTime)>()

    init(_ memory: ClaimMemory) { self.memory = memory }

    subscript(id: String) -> Credit? { credits[id] }

    /// Adds a credit; slots come in their order.
    mutating func add(_ credit: Credit) {
        credits[credit.id] = credit
        queue.append((credit.id, credit.periodEnd))
    }

    /// Puts a credit in another state in place of itself.
    mutating func replace(_ credit: Credit) { credits[credit.id] = credit }

    /// Forgets credits after their lines, and hands them to `body`.
    mutating func forget(at time: EventTime, _ body: (String) -> Void) {
        while let first = queue.first, memory.isOver(first.periodEnd, at: time) {
            queue.removeFirst()
            guard credits[first.id]?.periodEnd == first.periodEnd else { continue }
            credits[first.id] = nil
            body(first.id)
        }
    }
}
