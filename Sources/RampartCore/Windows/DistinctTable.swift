/// How often each member of each key is in the window: exact distinct counts in constant time.
///
/// A member is not stored: its bytes are those of the newest event that has it, which is in the window as long as the
/// member is.
struct DistinctTable: Sendable {
    private struct Member: Sendable {
        var hash: UInt64
        /// Number of the newest event with this member.
        var newest: Int
        var slot: Int32
        var measure: Int32
        var count: Int32
    }

    private var index = HashIndex()
    private var members: ContiguousArray<Member> = []
    private var vacant: ContiguousArray<Int32> = []

    /// Bytes held.
    var byteCount: Int { index.byteCount + members.capacity * MemoryLayout<Member>.stride }

    /// Adds an event's member; returns whether it is new to the window.
    mutating func enter(
        _ hash: UInt64, slot: Int, measure: Int, event: Int, isSame: (Int) -> Bool
    ) -> Bool {
        if let place = find(hash, slot: slot, measure: measure, isSame: isSame) {
            members[place].count += 1
            members[place].newest = event
            return false
        }
        let member = Member(hash: hash, newest: event, slot: Int32(slot), measure: Int32(measure), count: 1)
        if let place = vacant.popLast() {
            members[Int(place)] = member
            index.insert(hash, place: Int(place))
        } else {
            members.append(member)
            index.insert(hash, place: members.count - 1)
        }
        return true
    }

    /// Takes an event's member out; returns whether it was the last in the window.
    mutating func leave(_ hash: UInt64, slot: Int, measure: Int, isSame: (Int) -> Bool) -> Bool {
        guard let place = find(hash, slot: slot, measure: measure, isSame: isSame) else {
            preconditionFailure("What leaves has entered.")
        }
        members[place].count -= 1
        guard members[place].count == 0 else { return false }
        index.remove(hash, place: place)
        vacant.append(Int32(place))
        return true
    }

    private func find(_ hash: UInt64, slot: Int, measure: Int, isSame: (Int) -> Bool) -> Int? {
        index.find(hash) { place in
            let member = members[place]
            return member.slot == Int32(slot) && member.measure == Int32(measure) && isSame(member.newest)
        }
    }
}
