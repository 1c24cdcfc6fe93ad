/// How Java clients choose a partition: 32-bit MurmurHash2 of the key, sign bit off, modulo their number.
enum KeyPartitioner {
    /// The partition of a key.
    static func partition(of key: [UInt8], count: Int) -> Int { Int(hash(key) & 0x7fff_ffff) % count }

    /// MurmurHash2 with the seed that Kafka uses.
    static func hash(_ bytes: [UInt8]) -> UInt32 {
        let factor: UInt32 = 0x5bd1_e995
        var hash = 0x9747_b28c ^ UInt32(truncatingIfNeeded: bytes.count)
        var index = 0
        while index + 4 <= bytes.count {
            var word = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[index + $1]) << (8 * UInt32($1)) }
            word &*= factor
            word ^= word >> 24
            word &*= factor
            hash = hash &* factor ^ word
            index += 4
        }
        if index < bytes.count {
            for rest in 0..<bytes.count - index { hash ^= UInt32(bytes[index + rest]) << (8 * UInt32(rest)) }
            hash &*= factor
        }
        hash ^= hash >> 13
        hash &*= factor
        return hash ^ hash >> 15
    }
}
