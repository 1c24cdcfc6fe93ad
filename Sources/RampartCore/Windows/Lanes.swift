/// The running totals of a window's field measures: one lane for each key and currency.
///
/// Measures of fields that are no money share the lane of no currency. Nearly every key has one lane.
struct Lanes: Sendable {
    /// The end of a list of lanes.
    static let none: Int32 = -1
    /// The code of the lane for fields that are no money.
    static let noCurrency: UInt32 = 0

    /// The exact sum and number of the values in the window.
    struct Total: Sendable {
        var sum: Int128 = 0
        var count: Int64 = 0
    }

    /// Values that can still become the extreme, each better than those that come after.
    struct Extremes: Sendable {
        private var values: ContiguousArray<(number: Int, value: Int64)> = []
        private var removed = 0

        var first: Int64? { removed < values.count ? values[removed].value : nil }

        mutating func enter(_ value: Int64, number: Int, isMaximum: Bool) {
            while values.count > removed, let last = values.last, isMaximum ? last.value <= value : last.value >= value
            {
                values.removeLast()
            }
            values.append((number, value))
        }

        mutating func leave(number: Int) {
            guard removed < values.count, values[removed].number == number else { return }
            removed += 1
            if removed * 2 >= values.count {
                values.removeFirst(removed)
                removed = 0
            }
        }
    }

    private struct Lane: Sendable {
        var currency: UInt32
        var next: Int32
        /// Values in all totals; the lane is vacant at zero.
        var valueCount: Int64
    }

    private let totalCount: Int
    private let extremeCount: Int
    private var lanes: ContiguousArray<Lane> = []
    private var totals: ContiguousArray<Total> = []
    private var extremes: ContiguousArray<Extremes> = []
    private var vacant: ContiguousArray<Int32> = []

    init(totalCount: Int, extremeCount: Int) {
        self.totalCount = totalCount
        self.extremeCount = extremeCount
    }

    /// Bytes held.
    var byteCount: Int {
        lanes.capacity * MemoryLayout<Lane>.stride + totals.capacity * MemoryLayout<Total>.stride
            + extremes.capacity * MemoryLayout<Extremes>.stride
    }

    func currency(of lane: Int32) -> UInt32 { lanes[Int(lane)].currency }
    func next(after lane: Int32) -> Int32 { lanes[Int(lane)].next }
    func total(_ index: Int, of lane: Int32) -> Total { totals[Int(lane) * totalCount + index] }
    func extreme(_ index: Int, of lane: Int32) -> Int64? { extremes[Int(lane) * extremeCount + index].first }

    /// The lane of a currency in a key's list, if it has one.
    func find(_ currency: UInt32, in head: Int32) -> Int32? {
        var lane = head
        while lane != Self.none {
            if lanes[Int(lane)].currency == currency { return lane }
            lane = lanes[Int(lane)].next
        }
        return nil
    }

    /// Adds a value to a total.
    mutating func enter(_ value: Int64, total: Int, currency: UInt32, head: inout Int32) -> Int32 {
        let lane = find(currency, in: head) ?? add(currency, head: &head)
        lanes[Int(lane)].valueCount += 1
        totals[Int(lane) * totalCount + total].sum += Int128(value)
        totals[Int(lane) * totalCount + total].count += 1
        return lane
    }

    /// Notes a value that may become an extreme.
    mutating func enter(_ value: Int64, extreme: Int, lane: Int32, number: Int, isMaximum: Bool) {
        extremes[Int(lane) * extremeCount + extreme].enter(value, number: number, isMaximum: isMaximum)
    }

    /// Takes a value out of a total, and the lane out of the list when it was the last.
    mutating func leave(_ value: Int64, total: Int, extreme: Int?, currency: UInt32, number: Int, head: inout Int32) {
        guard let lane = find(currency, in: head) else { preconditionFailure("What leaves has entered.") }
        totals[Int(lane) * totalCount + total].sum -= Int128(value)
        totals[Int(lane) * totalCount + total].count -= 1
        if let extreme { extremes[Int(lane) * extremeCount + extreme].leave(number: number) }
        lanes[Int(lane)].valueCount -= 1
        if lanes[Int(lane)].valueCount == 0 { remove(lane, head: &head) }
    }

    private mutating func add(_ currency: UInt32, head: inout Int32) -> Int32 {
        if let lane = vacant.popLast() {
            lanes[Int(lane)] = Lane(currency: currency, next: head, valueCount: 0)
            head = lane
            return lane
        }
        lanes.append(Lane(currency: currency, next: head, valueCount: 0))
        for _ in 0..<totalCount { totals.append(Total()) }
        for _ in 0..<extremeCount { extremes.append(Extremes()) }
        head = Int32(lanes.count - 1)
        return head
    }

    private mutating func remove(_ lane: Int32, head: inout Int32) {
        let next = lanes[Int(lane)].next
        if head == lane {
            head = next
        } else {
            var previous = head
            while lanes[Int(previous)].next != lane { previous = lanes[Int(previous)].next }
            lanes[Int(previous)].next = next
        }
        vacant.append(lane)
    }
}
