import RampartCore
import Testing

@Suite struct CSVTests {
    /// A record as the obvious parser below sees it.
    struct Record: Equatable {
        var position: Int
        var raw: [UInt8]
        var fault: RecordBatch.Fault?
    }

    private func records(_ batch: RecordBatch) -> [Record] {
        batch.records.map { Record(position: $0.position, raw: Array(batch.bytes[$0.range]), fault: $0.fault) }
    }

    private func read(_ text: String) -> [Record] { records(split(Array(text.utf8), format: .csv) { _ in .max }) }

    private func record(_ position: Int, _ raw: String, _ fault: RecordBatch.Fault? = nil) -> Record {
        Record(position: position, raw: Array(raw.utf8), fault: fault)
    }

    @Test func records() {
        #expect(read("") == [])
        #expect(read("a,b") == [])
        #expect(read("a,b\n1,2\r\n\n,\n\"x\",\"\"") == [record(2, "1,2"), record(4, ","), record(5, "\"x\",\"\"")])
        #expect(read("\n\na,b\n1,2") == [record(4, "1,2")])
        #expect(read("\u{FEFF}\"a\",b\n1,2\r") == [record(2, "1,2")])
        #expect(read("a,b\n\"1\n\r\n2\",\"\"\"\n\"\n3,4") == [record(2, "\"1\n\r\n2\",\"\"\"\n\""), record(6, "3,4")])
        #expect(read("\"a\nb\",c\n1,2\n3") == [record(3, "1,2"), record(4, "3", .columnCount(found: 1))])
    }

    /// A bad record is its first line alone, and reading goes on with the next.
    @Test func strayQuotesSwallowNothing() {
        #expect(
            read("a,b\n1,\"2\n3,4\n5,6\n") == [record(2, "1,\"2", .invalidCSV), record(3, "3,4"), record(4, "5,6")])
        #expect(
            read("a,b\n1,\"2\n3,4\n5,\"6\n7,8") == [
                record(2, "1,\"2", .invalidCSV), record(3, "3,4"), record(4, "5,\"6", .invalidCSV), record(5, "7,8"),
            ])
        #expect(read("a,b\n\"1\"x,2\n3,4") == [record(2, "\"1\"x,2", .invalidCSV), record(3, "3,4")])
        #expect(
            read("a,b\n\"1\n2\",3,4\n5,6") == [
                record(2, "\"1", .columnCount(found: 3)), record(3, "2\",3,4", .columnCount(found: 3)),
                record(4, "5,6"),
            ])
        #expect(read("a,b\n1,2,\"x\n3,4") == [record(2, "1,2,\"x", .columnCount(found: 3)), record(3, "3,4")])
        #expect(read("a,b\n1\"2,3\"\n") == [record(2, "1\"2,3\"")])
    }

    /// The longest record may have several lines, and one byte more gives up the first of them.
    @Test func recordsOverSeveralLinesHaveALimit() {
        let half = String(repeating: "x", count: Limits.recordBytes / 2 - 2)
        let longest = "\"\(half)\n\(half)\","
        #expect(longest.utf8.count == Limits.recordBytes)
        #expect(read("a,b\n\(longest)\n1,2") == [record(2, longest), record(4, "1,2")])
        #expect(
            read("a,b\n\(longest)y\n1,2") == [
                record(2, "\"\(half)", .invalidCSV), record(3, "\(half)\",y"), record(4, "1,2"),
            ])
    }

    @Test func aLineThatIsTooLongEndsAnOpenRecord() {
        let long = String(repeating: "x", count: Limits.recordBytes + 1)
        let batch = split(Array("a,b\n1,\"2\n3,4\n\(long)\n5,6".utf8), format: .csv) { _ in .max }
        #expect(batch.records.map(\.fault) == [.invalidCSV, nil, .tooLong(index: 0), nil])
        #expect(batch.records.map(\.position) == [2, 3, 4, 5])
    }

    /// Lines that are open at their end whether or not they began inside quotes: each is read again at most as often
    /// as there are columns.
    @Test func manyStrayQuotesAreNotQuadratic() {
        let lines = 20_000
        let text = "a,b,c\n" + String(repeating: "a\",\",\n", count: lines)
        let found = read(text)
        #expect(found.count > lines / 4)
        #expect(found.contains { $0.fault != nil })
    }

    @Test func agreesWithTheObviousParser() {
        var random = SplitMix64(seed: 26)
        let alphabet = Array("x,\"\n\r".utf8)
        let weights = [3, 4, 5, 3, 1]
        let letters = zip(alphabet, weights).flatMap { Array(repeating: $0, count: $1) }
        var faults = 0
        for _ in 0..<4000 {
            let columns = Int.random(in: 1...3, using: &random)
            let body = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? 0
            }
            let header = Array(["a", "a,b", "a,b,c"][columns - 1].utf8) + [UInt8(ascii: "\n")]
            let found = records(split(header + body, format: .csv) { _ in Int.random(in: 1...50, using: &random) })
            let expected = Self.obvious(body, columns: columns)
            faults += expected.count { $0.fault != nil }
            if found != expected { Issue.record("\(String(decoding: body, as: UTF8.self).debugDescription)") }
        }
        #expect(faults > 1000)
    }

    // MARK: - The obvious parser

    /// Tries every record from every line, over more and more lines, from the start each time.
    private static func obvious(_ body: [UInt8], columns: Int) -> [Record] {
        var lines = body.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Array($0) }
        if lines.last == [] { lines.removeLast() }
        var records: [Record] = []
        var first = 0
        while first < lines.count {
            let start = first
            first += 1
            guard !withoutReturn(lines[start]).isEmpty else { continue }
            var fault: RecordBatch.Fault? = .invalidCSV
            var raw = withoutReturn(lines[start])
            tries: for last in start..<lines.count {
                let joined = withoutReturn(Array(lines[start...last].joined(separator: [UInt8(ascii: "\n")])))
                switch cells(joined) {
                case .open(let cells) where cells >= columns: fault = .columnCount(found: cells + 1)
                case .open: continue tries
                case .invalid: fault = .invalidCSV
                case .complete(let cells) where cells.count != columns: fault = .columnCount(found: cells.count)
                case .complete:
                    (fault, raw) = (nil, joined)
                    first = last + 1
                }
                break
            }
            records.append(Record(position: start + 2, raw: raw, fault: fault))
        }
        return records
    }

    enum Cells {
        case complete([[UInt8]])
        case open(Int)
        case invalid
    }

    static func cells(_ text: [UInt8]) -> Cells {
        var (cells, cell): ([[UInt8]], [UInt8]) = ([], [])
        var rest = text[...]
        while true {
            if rest.first == UInt8(ascii: "\"") {
                rest.removeFirst()
                while true {
                    guard let byte = rest.popFirst() else { return .open(cells.count) }
                    if byte == UInt8(ascii: "\"") {
                        guard rest.first == UInt8(ascii: "\"") else { break }
                        rest.removeFirst()
                    }
                    cell.append(byte)
                }
                if let next = rest.first, next != UInt8(ascii: ",") { return .invalid }
            } else {
                while let byte = rest.first, byte != UInt8(ascii: ",") {
                    cell.append(byte)
                    rest.removeFirst()
                }
            }
            cells.append(cell)
            cell = []
            if rest.popFirst() == nil { return .complete(cells) }
        }
    }

    private static func withoutReturn(_ line: [UInt8]) -> [UInt8] {
        line.last == UInt8(ascii: "\r") ? Array(line.dropLast()) : line
    }
}

@Suite struct CSVDecodingTests {
    private func fixture(layout: [Field] = [.merchantID, .adID, .cost, .currency]) -> DecodingFixture {
        DecodingFixture(sources: [DecodingFixture.clicks(format: .csv)], layout: layout)
    }

    private static let header = "ts,merchant_id,ad_id,event_id,cost,currency\n"

    @Test func cellsBecomeFields() {
        let (_, outcomes, events) = fixture().decode(Array((Self.header + "5,m-1,\"a \"\"b\"\",\nc\",e,007,CNY").utf8))
        #expect(outcomes.map(\.result) == [.event])
        #expect(outcomes[0].time == EventTime(milliseconds: 5))
        #expect(events.text(0) == "m-1")
        #expect(events.text(1) == "a \"b\",\nc")
        #expect(events.integer(2, row: 0) == 7)
        #expect(events.identity() == "e")
    }

    /// What a cell says is the same event as what a JSON member says.
    @Test func digestsAgreeWithJSON() {
        let json = #"{"event_id":"e","ts":5,"merchant_id":"m","ad_id":"a\"","cost":7,"currency":"CNY"}"#
        let first = DecodingFixture().decode(one: json).events
        let second = fixture().decode(Array((Self.header + "5,m,\"a\"\"\",e,7,CNY\n").utf8)).events
        #expect(first.headers[0].digest == second.headers[0].digest)
        #expect(first.headers[0].partitionHash == second.headers[0].partitionHash)
    }

    @Test(
        arguments: [
            ("5,m,a,e,7,CNY", nil), ("5,m,,e,,", nil), ("5,m,a,e,-7,CNY", .negativeMoney),
            ("5,,a,e,7,CNY", .missingField),
            ("5,m,a,,7,CNY", .missingField), (",m,a,e,7,CNY", .missingField), ("5,m,a,e,7,", .missingCurrency),
            ("5,m,a,e,7.0,CNY", .notAnInteger), ("5,m,a,e,7e0,CNY", .notAnInteger), ("5,m,a,e,7e,CNY", .wrongType),
            ("5,m,a,e,x,CNY", .wrongType), ("5,m,a,e, 7,CNY", .wrongType), ("5,m,a,e,7,XTS", .unknownCurrency),
            ("5,m,a,e,99999999999999999999,CNY", .numberOutOfRange), ("x,m,a,e,7,CNY", .invalidTimestamp),
            ("-1,m,a,e,7,CNY", .timestampOutOfRange), ("5,m,a,e,7", .columnCount), ("5,m,a,e,7,CNY,", .columnCount),
            ("5,\"m\"m,a,e,7,CNY", .invalidCSV), ("5,\"\",a,e,7,CNY", .missingField), ("5,\"m,a,e,7,CNY", .invalidCSV),
        ] as [(String, DeadLetterReason?)])
    func reasons(row: String, reason: DeadLetterReason?) {
        let (_, outcomes, events) = fixture().decode(Array((Self.header + row + "\n").utf8))
        #expect(outcomes.map(\.reason) == [reason])
        #expect(events.isEmpty == (reason != nil))
    }

    @Test func invalidUTF8() {
        let bytes = Array(Self.header.utf8) + Array("5,m,".utf8) + [0xFF] + Array(",e,7,CNY".utf8)
        #expect(fixture().decode(bytes).outcomes.map(\.reason) == [.invalidUTF8])
    }

    @Test func columnsThatAreNotThere() {
        let (_, outcomes, events) = fixture().decode(Array("merchant_id,ts,event_id,x\nm,5,e,y".utf8))
        #expect(outcomes.map(\.result) == [.event])
        #expect(events.headers[0].present == 1)
        #expect(fixture().decode(Array("ts,x\n5,y".utf8)).outcomes.map(\.reason) == [.missingField])
    }

    @Test(
        arguments: [
            ("ts,merchant_id,x,x\n", nil), ("ts,ts,merchant_id\n", .duplicateColumn("ts")),
            ("\"ad_id\",ts,ad_id\n", .duplicateColumn("ad_id")), ("\"ts\n", .unreadable), ("ts,\"a\"b\n", .unreadable),
            ("", nil), ("\n\n", nil),
        ] as [(String, CSVHeaderError?)])
    func headers(text: String, error: CSVHeaderError?) {
        let fixture = fixture()
        let decoder = RecordDecoder(topology: fixture.topology, binding: .source(0), latest: .year2100)
        let records = split(Array(text.utf8), format: .csv) { _ in .max }
        #expect(decoder.headerError(in: records) == error)
    }
}
