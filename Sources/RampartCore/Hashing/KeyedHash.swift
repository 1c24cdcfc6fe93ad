/// A fast hash of bytes or words to 64 or 128 bits, keyed by a seed: multiply to 128 bits, fold the halves.
///
/// Every input word meets a secret word before it is multiplied. A product loses its other factor only where one
/// is zero, and who does not know the seed cannot choose an input that makes one zero.
///
/// Note: Use a seed that is kept secret for every in-memory table, whose keys anyone may have written. `stable` is
/// for what must be the same in every run (key groups, digests); its collisions can be engineered, so no table may
/// rely on it for its speed. Neither is a proof that two strings are equal.
public struct KeyedHash: Sendable {
    /// The secret words, one for each place of an input word.
    @usableFromInline let secrets: (UInt64, UInt64, UInt64, UInt64, UInt64)

    /// Derives the secret words from a seed.
    @inlinable
    public init(seed: UInt64) {
        var generator = seed
        secrets = (
            Self.nextSecret(&generator), Self.nextSecret(&generator), Self.nextSecret(&generator),
            Self.nextSecret(&generator), Self.nextSecret(&generator)
        )
    }

    /// The hash with a fixed, public seed, the same in every run and on every machine.
    public static let stable = KeyedHash(seed: 0x52_61_6D_70_61_72_74_01)

    /// The 64-bit hash of bytes.
    @inlinable
    public func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var state = secrets.0
        let tail = Self.words(of: bytes) { first, second in
            state = Self.fold(first ^ secrets.1, second ^ state)
        }
        let folded = Self.fold(tail.first ^ secrets.1, tail.second ^ state)
        return Self.fold(folded ^ secrets.2, UInt64(truncatingIfNeeded: bytes.count) ^ secrets.3)
    }

    /// The 64-bit hash of bytes, which costs a copy where the collection is not contiguous.
    @inlinable
    public func hash(_ bytes: some Collection<UInt8>) -> UInt64 {
        bytes.withContiguousStorageIfAvailable { hash(UnsafeRawBufferPointer($0)) }
            ?? ContiguousArray(bytes).withUnsafeBytes { hash($0) }
    }

    /// The 64-bit hash of two words, such as a hash and a slot.
    @inlinable
    public func hash(_ first: UInt64, _ second: UInt64) -> UInt64 {
        let folded = Self.fold(first ^ secrets.1, second ^ secrets.0)
        return Self.fold(folded ^ secrets.2, secrets.3)
    }

    /// The 128-bit hash of bytes.
    @inlinable
    public func fingerprint(_ bytes: UnsafeRawBufferPointer) -> Digest {
        var fingerprint = Fingerprint(key: self)
        fingerprint.combine(bytes)
        return fingerprint.digest
    }

    /// The halves of the 128-bit product, folded into one word.
    @inlinable @inline(__always)
    static func fold(_ first: UInt64, _ second: UInt64) -> UInt64 {
        let product = first.multipliedFullWidth(by: second)
        return product.high ^ product.low
    }

    /// Gives `body` all but the last 1 to 16 bytes as pairs of words, and returns those as a pair.
    ///
    /// The last words of 16 bytes or more overlap those before; of fewer, each other or nothing. That loses nothing,
    /// since the hashes take in the number of bytes too.
    @inlinable @inline(__always)
    static func words(
        of bytes: UnsafeRawBufferPointer, _ body: (UInt64, UInt64) -> Void
    ) -> (first: UInt64, second: UInt64) {
        let count = bytes.count
        guard count > 16 else { return shortWords(of: bytes) }
        var offset = 0
        while count - offset > 16 {
            body(word(bytes, offset), word(bytes, offset + 8))
            offset += 16
        }
        return (word(bytes, count - 16), word(bytes, count - 8))
    }

    /// The bytes of at most two words, as two words.
    @inlinable @inline(__always)
    static func shortWords(of bytes: UnsafeRawBufferPointer) -> (first: UInt64, second: UInt64) {
        let count = bytes.count
        if count >= 8 { return (word(bytes, 0), word(bytes, count - 8)) }
        if count >= 4 { return (UInt64(halfWord(bytes, 0)), UInt64(halfWord(bytes, count - 4))) }
        guard count > 0 else { return (0, 0) }
        let packed = UInt64(bytes[0]) << 16 | UInt64(bytes[count / 2]) << 8 | UInt64(bytes[count - 1])
        return (packed, 0)
    }

    @inlinable @inline(__always)
    static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    @inlinable @inline(__always)
    static func halfWord(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// The next word of a splitmix64 sequence, made odd so that none is zero.
    @inlinable
    static func nextSecret(_ generator: inout UInt64) -> UInt64 {
        generator &+= 0x9E37_79B9_7F4A_7C15
        var word = generator
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return (word ^ word >> 31) | 1
    }
}

/// A 128-bit hash of words and byte strings that are added one after the other: two lanes with secrets of their own.
public struct Fingerprint: Sendable {
    @usableFromInline let key: KeyedHash
    @usableFromInline var first: UInt64
    @usableFromInline var second: UInt64

    /// Starts the fingerprint of nothing.
    @inlinable
    public init(key: KeyedHash) {
        self.key = key
        self.first = key.secrets.0
        self.second = key.secrets.4
    }

    /// Adds two words.
    @inlinable @inline(__always)
    public mutating func combine(_ a: UInt64, _ b: UInt64) {
        first = KeyedHash.fold(a ^ key.secrets.1, b ^ first)
        second = KeyedHash.fold(b ^ key.secrets.2, a ^ second)
    }

    /// Adds bytes behind a tag and their number, so that the border between two strings matters.
    @inlinable
    public mutating func combine(_ bytes: UnsafeRawBufferPointer, tag: UInt64 = 0) {
        combine(UInt64(truncatingIfNeeded: bytes.count), tag)
        guard !bytes.isEmpty else { return }
        let tail = KeyedHash.words(of: bytes) { combine($0, $1) }
        combine(tail.first, tail.second)
    }

    /// The hash of all that was added.
    @inlinable
    public var digest: Digest {
        Digest(
            high: KeyedHash.fold(first ^ key.secrets.2, key.secrets.3),
            low: KeyedHash.fold(second ^ key.secrets.1, key.secrets.3))
    }
}
