/// An open-addressing table from 64-bit hashes to small integers, the places of things in somebody's arrays.
///
/// It stores no keys: whoever looks up says whether a place holds the thing meant, so that equal hashes are told
/// apart by comparing full values. Linear probing at a load of at most 5/8; removal closes the gap, so that there
/// are no tombstones and lookups stay short however long the table lives.
struct HashIndex: Sendable {
    private struct Entry: Sendable {
        var hash: UInt64
        var place: Int32
        static let vacant: Int32 = -1
    }

    private var entries: ContiguousArray<Entry> = []
    private var mask = 0
    private(set) var count = 0

    /// Bytes held.
    var byteCount: Int { entries.capacity * MemoryLayout<Entry>.stride }

    /// The place stored under a hash for which `matches` holds.
    func find(_ hash: UInt64, where matches: (Int) -> Bool) -> Int? {
        guard count > 0 else { return nil }
        var index = Int(truncatingIfNeeded: hash) & mask
        while entries[index].place != Entry.vacant {
            if entries[index].hash == hash, matches(Int(entries[index].place)) { return Int(entries[index].place) }
            index = (index + 1) & mask
        }
        return nil
    }

    /// Stores a place that is not in the table yet.
    mutating func insert(_ hash: UInt64, place: Int) {
        if (count + 1) * 8 > entries.count * 5 { grow() }
        put(Entry(hash: hash, place: Int32(place)))
        count += 1
    }

    /// Removes a place that is in the table.
    mutating func remove(_ hash: UInt64, place: Int) {
        var hole = Int(truncatingIfNeeded: hash) & mask
        while entries[hole].place != Int32(place) {
            precondition(entries[hole].place != Entry.vacant, "Only what was inserted can be removed.")
            hole = (hole + 1) & mask
        }
        count -= 1
        // Entries behind the hole move into it unless they already stand between their home and the hole.
        var next = (hole + 1) & mask
        while entries[next].place != Entry.vacant {
            let home = Int(truncatingIfNeeded: entries[next].hash) & mask
            if (next - home) & mask >= (next - hole) & mask {
                entries[hole] = entries[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        entries[hole].place = Entry.vacant
    }

    private mutating func put(_ entry: Entry) {
        var index = Int(truncatingIfNeeded: entry.hash) & mask
        while entries[index].place != Entry.vacant { index = (index + 1) & mask }
        entries[index] = entry
    }

    private mutating func grow() {
        let old = entries
        let capacity = max(16, old.count * 2)
        entries = ContiguousArray(repeating: Entry(hash: 0, place: Entry.vacant), count: capacity)
        mask = capacity - 1
        for entry in old where entry.place != Entry.vacant { put(entry) }
    }
}
