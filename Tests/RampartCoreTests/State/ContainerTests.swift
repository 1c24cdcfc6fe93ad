import Testing

@testable import RampartCore

@Suite struct NumberedQueueTests {
    /// The queue against an array that never forgets, through thousands of random appends and removals.
    @Test func keepsNumbersWhileElementsComeAndGo() {
        var random = SplitMix64(seed: 1)
        var queue = NumberedQueue<Int>()
        var all: [Int] = []
        var removed = 0
        for step in 0..<20_000 {
            if Int.random(in: 0..<5, using: &random) < (step / 2000 % 2 == 0 ? 3 : 1) || removed == all.count {
                #expect(queue.append(step) == all.count)
                all.append(step)
            } else {
                #expect(queue.first == all[removed])
                queue.removeFirst()
                removed += 1
            }
            #expect(queue.firstNumber == removed && queue.nextNumber == all.count)
            #expect(queue.count == all.count - removed)
            if let number = (removed..<all.count).randomElement(using: &random) {
                #expect(queue[number] == all[number])
            }
        }
    }

    @Test func givesMemoryBack() {
        var queue = NumberedQueue<Int>()
        for number in 0..<100_000 {
            queue.append(number)
            if number >= 100 { queue.removeFirst() }
        }
        #expect(queue.count == 100)
        #expect(queue.byteCount < 100_000)
    }
}

@Suite struct HashIndexTests {
    /// The index against a dictionary, with hashes so few that chains of collisions form, wrap and are broken up.
    @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6, 7, 8])
    func findsWhatADictionaryFinds(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var index = HashIndex()
        var model: [Int: UInt64] = [:]
        var live: [Int] = []
        let hashes = (0..<12).map { _ in random.next() | (seed % 2 == 0 ? 0x3F : 0) }
        for place in 0..<3000 {
            let hash = hashes.randomElement(using: &random) ?? 0
            index.insert(hash, place: place)
            model[place] = hash
            live.append(place)
            if Bool.random(using: &random), let chosen = live.indices.randomElement(using: &random) {
                let gone = live.remove(at: chosen)
                index.remove(model[gone] ?? 0, place: gone)
                model[gone] = nil
                #expect(index.find(hash, where: { $0 == gone }) == nil)
            }
        }
        #expect(index.count == model.count)
        for (place, hash) in model { #expect(index.find(hash, where: { $0 == place }) == place) }
    }

    @Test func findsNothingInAnEmptyIndex() {
        #expect(HashIndex().find(1, where: { _ in true }) == nil)
    }
}

@Suite struct DedupeTableTests {
    private func key(_ value: UInt64) -> Digest { Digest(high: value, low: value &* 0x9E37_79B9_7F4A_7C15) }
    private func time(_ milliseconds: Int64) -> EventTime { EventTime(milliseconds: milliseconds) }

    @Test func thereIsRoomForSoMany() {
        var table = DedupeTable()
        func admit(_ value: UInt64, at milliseconds: Int64) -> DedupeTable.Verdict {
            table.admit(
                key(value), digest: key(value), at: time(milliseconds), horizon: EventSpan.seconds(1), keysMax: 2)
        }
        #expect(admit(1, at: 0) == .accepted)
        #expect(admit(2, at: 1) == .accepted)
        #expect(admit(3, at: 1) == .acceptedUnremembered)
        #expect(admit(3, at: 1) == .acceptedUnremembered)
        #expect(admit(1, at: 1000) == .duplicate)
        // The first is past its horizon and makes room.
        #expect(admit(3, at: 1001) == .accepted)
        #expect(admit(3, at: 1001) == .duplicate)
        #expect(admit(4, at: 1001) == .acceptedUnremembered)
        #expect(table.count == 2)
    }

    @Test func tellsDuplicateFromConflict() {
        var table = DedupeTable()
        let horizon = EventSpan.seconds(1)
        #expect(table.admit(key(1), digest: key(10), at: time(0), horizon: horizon, keysMax: 9) == .accepted)
        #expect(table.admit(key(1), digest: key(10), at: time(5), horizon: horizon, keysMax: 9) == .duplicate)
        #expect(table.admit(key(1), digest: key(11), at: time(5), horizon: horizon, keysMax: 9) == .conflict)
        #expect(table.admit(key(2), digest: key(10), at: time(5), horizon: horizon, keysMax: 9) == .accepted)
    }

    @Test func horizonIsInclusiveAndIsNotProlongedByCopies() {
        var table = DedupeTable()
        let horizon = EventSpan.seconds(1)
        #expect(table.admit(key(1), digest: key(1), at: time(0), horizon: horizon, keysMax: 9) == .accepted)
        #expect(table.admit(key(1), digest: key(1), at: time(999), horizon: horizon, keysMax: 9) == .duplicate)
        #expect(table.admit(key(1), digest: key(1), at: time(1000), horizon: horizon, keysMax: 9) == .duplicate)
        #expect(table.admit(key(1), digest: key(1), at: time(1001), horizon: horizon, keysMax: 9) == .accepted)
        #expect(table.admit(key(1), digest: key(2), at: time(2001), horizon: horizon, keysMax: 9) == .conflict)
    }

    /// Memory follows the horizon and not the log.
    @Test func forgetsWithTime() {
        var table = DedupeTable()
        for number in 0..<200_000 {
            let verdict = table.admit(
                key(UInt64(number)), digest: key(0), at: time(Int64(number)), horizon: EventSpan(milliseconds: 500),
                keysMax: 501)
            #expect(verdict == .accepted)
        }
        #expect(table.byteCount < 200_000)
    }
}
