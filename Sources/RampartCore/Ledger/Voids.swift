/// The charges that the billing system has taken back itself, as long as they are remembered (R31).
struct Voids: Sendable {
    private struct Key: Hashable, Sendable {
        var merchantID: String
        var chargeID: String
    }

    private let memory: ClaimMemory
    /// The pane end at which each void took effect last.
    private var effects: [Key: EventTime] = [:]
    private var queue = NumberedQueue<(key: Key, paneEnd: EventTime)>()

    init(_ memory: ClaimMemory) { self.memory = memory }

    /// Notes a void that takes effect in the pane that ends at `paneEnd`.
    mutating func add(merchantID: String, chargeID: String, at paneEnd: EventTime) {
        let key = Key(merchantID: merchantID, chargeID: chargeID)
        guard effects.updateValue(paneEnd, forKey: key) != paneEnd else { return }
        queue.append((key, paneEnd))
    }

    /// Whether a charge is voided, as seen at a pane end.
    func forbids(_ charge: Charge, at paneEnd: EventTime) -> Bool {
        guard !effects.isEmpty,
            let effect = effects[Key(merchantID: charge.merchantID, chargeID: charge.chargeID)]
        else { return false }
        return memory.covers(charge, since: effect, at: paneEnd)
    }

    /// Forgets what forbids nothing from a moment on.
    mutating func forget(at time: EventTime) {
        while let first = queue.first, memory.isOver(first.paneEnd, at: time) {
            queue.removeFirst()
            if effects[first.key] == first.paneEnd { effects[first.key] = nil }
        }
    }
}

extension Voids: SnapshotPart {
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(queue.count)
        for number in queue.firstNumber..<queue.nextNumber {
            snapshot.write(queue[number].key.merchantID)
            snapshot.write(queue[number].key.chargeID)
            snapshot.write(queue[number].paneEnd)
        }
    }

    mutating func restore(from snapshot: inout SnapshotReader, in context: SnapshotContext) throws(SnapshotError) {
        for _ in 0..<(try snapshot.readCount(atMost: snapshot.remaining)) {
            let merchantID = try snapshot.read(String.self)
            let chargeID = try snapshot.read(String.self)
            add(merchantID: merchantID, chargeID: chargeID, at: try snapshot.read(EventTime.self))
        }
    }

    func combine(into digest: inout Fingerprint) { digest.combine(UInt64(effects.count), UInt64(queue.count)) }
}
