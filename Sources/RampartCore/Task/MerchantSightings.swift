/// The merchants whose events a task has read, for whoever sees to it that no two tasks have one in common.
///
/// What was seen just now is not told again: a small table of the last hashes is all that an event costs. Told twice
/// after all, a merchant does no harm.
struct MerchantSightings: Sendable {
    private static let placeCount = 1024

    private var last = ContiguousArray<UInt64>(repeating: 0, count: placeCount)
    private var fresh: [UInt64] = []

    /// Notes the hash of an event's merchant.
    mutating func note(_ hash: UInt64) {
        let place = Int(truncatingIfNeeded: hash >> 7) & (Self.placeCount - 1)
        guard last[place] != hash else { return }
        last[place] = hash
        fresh.append(hash)
    }

    /// The hashes that were noted since the last time.
    mutating func take() -> [UInt64] {
        defer { fresh.removeAll(keepingCapacity: true) }
        return fresh
    }
}
