/// The only source of chance in a simulation: xoshiro256\*\*, seeded by SplitMix64 (Blackman and Vigna, 2018).
///
/// All choices are made from integers, so that a seed means the same on every machine. A stream is forked by name from
/// the seed and not from the state, so that a draw more in one place changes nothing in another.
public struct Random: Sendable {
    /// The number from which everything is drawn.
    public let seed: UInt64
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// Starts a stream.
    public init(seed: UInt64) {
        self.seed = seed
        var mixer = seed
        state = (
            Self.splitMix(&mixer), Self.splitMix(&mixer), Self.splitMix(&mixer), Self.splitMix(&mixer)
        )
    }

    /// The seed that a text names: a decimal number, or the forty hexadecimal digits of a commit.
    public static func seed(of text: String) -> UInt64? {
        guard text.utf8.count == 40 else { return UInt64(text) }
        var mixer: UInt64 = 0
        for byte in text.utf8 {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            mixer = (mixer ^ UInt64(digit)) &* 0x0000_0100_0000_01b3
        }
        return splitMix(&mixer)
    }

    /// A stream of its own, which depends on this one's seed and the name alone.
    public func fork(_ name: String) -> Random {
        var mixer = seed ^ 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { mixer = (mixer ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return Random(seed: Self.splitMix(&mixer))
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        let result = Self.rotate(state.1 &* 5, by: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = Self.rotate(state.3, by: 45)
        return result
    }

    /// A number from 0 up to, but not including, `bound`.
    public mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "nothing lies below \(bound)")
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// True in `count` of `total` cases.
    public mutating func chance(_ count: Int, in total: Int) -> Bool { below(total) < count }

    /// True as often as the ratio says; draws nothing where it says never.
    public mutating func chance(_ ratio: Ratio) -> Bool { ratio.count > 0 && chance(ratio.count, in: ratio.total) }

    /// A number of a range, its ends included.
    public mutating func range(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

    /// A number of a range, its ends included.
    public mutating func range(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound + Int64(below(Int(range.upperBound - range.lowerBound) + 1))
    }

    /// One of some values.
    public mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

    /// Puts values into a drawn order.
    public mutating func shuffle<Value>(_ values: inout [Value]) {
        var end = values.count
        while end > 1 {
            values.swapAt(end - 1, below(end))
            end -= 1
        }
    }

    private static func splitMix(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    private static func rotate(_ value: UInt64, by count: UInt64) -> UInt64 {
        value << count | value >> (64 - count)
    }
}

/// A probability without floating point.
public struct Ratio: Hashable, Sendable {
    /// In how many cases.
    public var count: Int
    /// Of how many.
    public var total: Int

    /// Names a probability.
    public init(_ count: Int, in total: Int) {
        precondition(total > 0 && count >= 0 && count <= total, "\(count) in \(total) is no probability")
        self.count = count
        self.total = total
    }

    /// In no case.
    public static let never = Ratio(0, in: 1)
    /// In every case.
    public static let always = Ratio(1, in: 1)
}
