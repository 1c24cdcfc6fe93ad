import Engine
import RampartCore
import Storage

/// A recorded log that can be played again and again as if it happened now.
///
/// Each round moves the times on by the log's length and gives new ids, so that it never ends and nothing in a later
/// round is a copy of something in an earlier one. Records that cannot be read are played as they are.
struct PlayedLog {
    /// The most bytes of a log, which is held in memory.
    static let bytesMax = 256 << 20
    /// A time that lies so far after all before it is a mistake of the record, and no time at which to play it.
    private static let leapMax: Int64 = 86_400_000

    /// A record, and where its time and its ids stand in it.
    struct Record {
        var bytes: [UInt8]
        /// When it is played, in the log's own time.
        var arrival: Int64
        var time: Int64?
        var timeDigits: Range<Int>?
        /// Where ids end, from the last to the first.
        var idEnds: [Int]
        var type: EventType?
        var merchant: [UInt8]?
    }

    let records: [Record]
    /// How far a round is after the one before it, in milliseconds: whole days, so that the hours of a day stay.
    let period: Int64

    /// Reads a log whole.
    init(path: String) throws {
        var bytes: [UInt8] = []
        for file in try LogFile.discover(path) {
            let reader = LogReader(file)
            while try reader.append(to: &bytes) > 0 {
                guard bytes.count <= Self.bytesMax else {
                    throw Failure.unusable("\(path): a log to be played has at most \(Self.bytesMax >> 20) MiB")
                }
            }
        }
        var records: [Record] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            var record = Self.read(Array(line))
            let last = records.last?.arrival
            if let time = record.time, last.map({ time - $0 <= Self.leapMax }) ?? true {
                record.arrival = max(time, last ?? time)
            } else {
                record.arrival = last ?? 0
            }
            records.append(record)
        }
        guard let first = records.first(where: { $0.time != nil }), let last = records.last else {
            throw Failure.unusable("\(path): there is no record with a `ts` in it")
        }
        self.records = records
        let day = EventSpan.days(1).milliseconds
        period = ((last.arrival - first.arrival) / day + 1) * day
    }

    /// The first record that is played some time after the first of all.
    func index(after skipped: Int64) -> Int {
        let start = (records.first { $0.time != nil }?.arrival ?? 0) + skipped
        return records.firstIndex { $0.arrival >= start } ?? 0
    }

    // MARK: - Reading

    private static func read(_ bytes: [UInt8]) -> Record {
        let digits = valueStart("ts", in: bytes).map { start in
            start..<(bytes[start...].firstIndex { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? bytes.count)
        }
        let time = digits.flatMap { Int64(String(decoding: bytes[$0], as: UTF8.self)) }
        let ids = ["event_id", "order_id", "review_id"].compactMap { text($0, in: bytes)?.upperBound }
        let type = text("type", in: bytes).flatMap { range in
            let name = String(decoding: bytes[range], as: UTF8.self)
            return EventType.allCases.first { $0.name == name }
        }
        return Record(
            bytes: bytes, arrival: 0, time: time, timeDigits: time == nil ? nil : digits, idEnds: ids.sorted(by: >),
            type: type, merchant: text("merchant_id", in: bytes).map { Array(bytes[$0]) })
    }

    /// Where the text of a member stands, without its quotes.
    private static func text(_ name: String, in bytes: [UInt8]) -> Range<Int>? {
        guard let start = valueStart(name, in: bytes), start < bytes.count, bytes[start] == UInt8(ascii: "\""),
            let end = bytes[(start + 1)...].firstIndex(of: UInt8(ascii: "\""))
        else { return nil }
        return start + 1..<end
    }

    private static func valueStart(_ name: String, in bytes: [UInt8]) -> Int? {
        let member = Array("\"\(name)\":".utf8)
        guard let range = bytes.firstRange(of: member) else { return nil }
        return bytes[range.upperBound...].firstIndex { $0 != UInt8(ascii: " ") }
    }
}

extension PlayedLog.Record {
    /// The record as it is played in a round: later by `shift` milliseconds, with ids of that round.
    func bytes(shift: Int64, round: Int) -> [UInt8] {
        guard let time, let timeDigits, let moved = time.addingWithin(shift) else { return bytes }
        var played = bytes
        let suffix = Array("-r\(round)".utf8)
        let places = idEnds.map { ($0..<$0, suffix) } + [(timeDigits, Array("\(moved)".utf8))]
        // From the last to the first, so that the places before keep theirs.
        for (range, text) in places.sorted(by: { $0.0.lowerBound > $1.0.lowerBound }) {
            played.replaceSubrange(range, with: text)
        }
        return played
    }
}

extension Int64 {
    /// The sum, where it is a number.
    fileprivate func addingWithin(_ other: Int64) -> Int64? {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? nil : sum
    }
}
