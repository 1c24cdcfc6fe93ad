/// Where a record stood in the logs: the order of dead letters and late events (R35).
public struct RecordPlace: Comparable, Hashable, Sendable {
    /// Index of the record's source in the topology; nil where it was never known.
    public var source: Int?
    /// The partition: in replay the index of its log among the logs of the run.
    public var partition: Int
    /// The record's number in its partition: in a log that of its first line, from 1.
    public var position: Int

    /// Creates a place.
    public init(source: Int?, partition: Int, position: Int) {
        self.source = source
        self.partition = partition
        self.position = position
    }

    /// The order in which they are written.
    public static func < (left: RecordPlace, right: RecordPlace) -> Bool {
        (left.source ?? -1, left.partition, left.position) < (right.source ?? -1, right.partition, right.position)
    }
}

/// A record that could not become an event: a row of `dead-letters.ndjson`.
public struct DeadLetter: Hashable, Sendable {
    /// Why it was set aside.
    public var reason: DeadLetterReason
    /// What was found, for a person.
    public var detail: String
    /// Where it stood.
    public var place: RecordPlace
    /// Its bytes.
    public var raw: RawRecord
    /// What came with it, where it was a message.
    public var origin: RecordOrigin?

    /// Creates a dead letter.
    public init(
        reason: DeadLetterReason, detail: String, place: RecordPlace, raw: RawRecord, origin: RecordOrigin? = nil
    ) {
        self.reason = reason
        self.detail = detail
        self.place = place
        self.raw = raw
        self.origin = origin
    }
}

/// An event behind its own partition's watermark (R9): a row of `late.ndjson`.
public struct LateEvent: Hashable, Sendable {
    /// Where its record stood.
    public var place: RecordPlace
    /// When it happened.
    public var time: EventTime
    /// The watermark of its partition when it was read.
    public var watermark: EventTime
    /// Its id, where its source maps one.
    public var eventID: String?
    /// The merchant, where it names one.
    public var merchantID: String?
    /// The bytes of its record.
    public var raw: RawRecord
    /// What came with it, where it was a message.
    public var origin: RecordOrigin?

    /// Creates a late event.
    public init(
        place: RecordPlace, time: EventTime, watermark: EventTime, eventID: String?, merchantID: String?,
        raw: RawRecord, origin: RecordOrigin? = nil
    ) {
        self.place = place
        self.time = time
        self.watermark = watermark
        self.eventID = eventID
        self.merchantID = merchantID
        self.raw = raw
        self.origin = origin
    }
}

/// The bytes of a record as they are kept beside it: all of them, or the first ones with a digest of all.
public struct RawRecord: Hashable, Sendable {
    /// The first bytes, at most `Limits.deadLetterBytes`.
    public let prefix: [UInt8]
    /// Number of bytes of the whole record.
    public let byteCount: Int
    /// SHA-256 of the whole record; nil where `prefix` is all of it.
    public let digest: [UInt8]?

    /// Keeps a record whose bytes are all at hand.
    public init(_ record: some Collection<UInt8>) {
        self.byteCount = record.count
        self.prefix = Array(record.prefix(Limits.deadLetterBytes))
        self.digest = record.count > Limits.deadLetterBytes ? SHA256.digest(record) : nil
    }

    /// Keeps a record of which only the first bytes, the length and the SHA-256 are still at hand.
    public init(prefix: some Collection<UInt8>, byteCount: Int, digest: [UInt8]) {
        self.byteCount = byteCount
        self.prefix = Array(prefix.prefix(Limits.deadLetterBytes))
        self.digest = byteCount > self.prefix.count ? digest : nil
    }

    /// Writes `raw`, or `raw_base64` where the bytes are not UTF-8; and of a shortened record its length and digest.
    func writeMembers(to json: inout JSONWriter) {
        // A cut may fall inside a character; the digest tells of the whole record, so its first bytes may go.
        let kept = digest == nil ? prefix[...] : prefix.dropLast(Self.openCharacterLength(at: prefix))
        if let text = String(validating: kept, as: UTF8.self) {
            json.member("raw", text)
        } else {
            json.member("raw_base64", Base64.text(prefix))
        }
        if let digest {
            json.member("raw_bytes", byteCount)
            json.member("raw_sha256", Hexadecimal.text(digest))
        }
    }

    /// The number of bytes at the end that begin a character and do not finish it.
    private static func openCharacterLength(at bytes: [UInt8]) -> Int {
        for length in 1...3 where length <= bytes.count {
            let byte = bytes[bytes.count - length]
            if byte & 0xC0 == 0x80 { continue }
            let needed = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return needed > length ? length : 0
        }
        return 0
    }
}

/// Base 64 of RFC 4648, with padding.
enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The text of some bytes.
    static func text(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            bits <<= UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                let padded = place > group.count
                text.append(padded ? UInt8(ascii: "=") : alphabet[Int(bits >> UInt32(18 - 6 * place) & 0x3F)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
