/// SHA-256 by its definition, and the ids made from it; shares no code with the core.
enum OracleHash {
    /// H of the ledger's rules: 32 hexadecimal digits.
    static func identifier(_ parts: [[UInt8]]) -> String {
        hexadecimal(sha256(parts.flatMap { lengthPrefixed($0) }).prefix(16))
    }

    /// H of parts that are text.
    static func identifier(_ parts: [String]) -> String { identifier(parts.map { Array($0.utf8) }) }

    /// A part behind its length as four bytes, big-endian.
    static func lengthPrefixed(_ bytes: [UInt8]) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: bytes.count >> (24 - 8 * $0)) } + bytes
    }

    /// Lower-case hexadecimal digits.
    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The SHA-256 digest of a message.
    static func sha256(_ message: [UInt8]) -> [UInt8] {
        var state = initialState
        let padding = [UInt8](repeating: 0, count: (119 - message.count % 64) % 64)
        let bitCount = UInt64(message.count) * 8
        let padded =
            message + [0x80] + padding + (0..<8).map { UInt8(truncatingIfNeeded: bitCount >> UInt64(56 - 8 * $0)) }
        for start in stride(from: 0, to: padded.count, by: 64) {
            compress(padded[start..<start + 64], into: &state)
        }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) } }
    }

    private static let initialState = firstPrimes(8).map { fractionalBits(ofRootOf: $0, cubic: false) }
    private static let constants: [UInt32] = firstPrimes(64).map { fractionalBits(ofRootOf: $0, cubic: true) }

    private static func compress(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
        var words = [UInt32](repeating: 0, count: 64)
        for index in 0..<64 {
            if index < 16 {
                let first = block.startIndex + index * 4
                words[index] = block[first..<first + 4].reduce(0) { $0 << 8 | UInt32($1) }
            } else {
                let near = words[index - 15]
                let far = words[index - 2]
                let small = rotated(near, 7) ^ rotated(near, 18) ^ near >> 3
                let large = rotated(far, 17) ^ rotated(far, 19) ^ far >> 10
                words[index] = words[index - 16] &+ small &+ words[index - 7] &+ large
            }
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for index in 0..<64 {
            let choice = e & f ^ ~e & g
            let majority = a & b ^ a & c ^ b & c
            let first =
                h &+ (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) &+ choice &+ constants[index] &+ words[index]
            let second = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) &+ majority
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
        }
        for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] = state[index] &+ word }
    }

    private static func rotated(_ word: UInt32, _ bits: UInt32) -> UInt32 { word >> bits | word << (32 - bits) }

    private static func firstPrimes(_ count: Int) -> [Int] {
        var primes: [Int] = []
        var candidate = 2
        while primes.count < count {
            if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
            candidate += 1
        }
        return primes
    }

    /// The first 32 bits of the fraction of a square or cube root, found by bisection in integers.
    private static func fractionalBits(ofRootOf prime: Int, cubic: Bool) -> UInt32 {
        let target = Int128(prime) << (cubic ? 96 : 64)
        var (low, high) = (Int128(0), Int128(1) << 40)
        while high - low > 1 {
            let middle = (low + high) / 2
            if (cubic ? middle * middle * middle : middle * middle) <= target { low = middle } else { high = middle }
        }
        return UInt32(truncatingIfNeeded: low)
    }
}
