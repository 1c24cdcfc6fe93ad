import RampartCore
import Testing

/// Fields that are computed from columns: what they come to, and why there is none.
@Suite struct ExpressionFieldTests {
    private typealias Column = RecordExpression.Column

    private static func column(_ name: String, _ kind: Column.Kind, fallback: String? = nil) -> Column {
        Column(path: Path([name]), fallback: fallback.map { Array($0.utf8) }, kind: kind)
    }

    /// A click whose `cost` is `n * price`, read as `reading`.
    private static func fixture(
        _ instructions: [Program.Instruction] = [.column(0), .column(1), .multiply],
        columns: [Column] = [column("n", .integer), column("price", .money)], strings: [String] = [],
        field: Field = .cost, reading: FieldMapping.Reading = .units, fallback: String? = nil,
        format: Source.Format = .json
    ) -> DecodingFixture {
        let program = Program(instructions: instructions, strings: strings.map { Array($0.utf8) })
        let computed = FieldMapping(
            field: field, path: nil, fallback: fallback.map { Array($0.utf8) }, reading: reading,
            expression: RecordExpression(program: program, columns: columns))
        var fields = [
            FieldMapping(field: .merchantID, path: Path(["m"]), reading: .string(prefix: nil)),
            FieldMapping(field: .currency, path: nil, fallback: Array("GBP".utf8), reading: .currency),
        ]
        fields.removeAll { $0.field == field }
        return DecodingFixture(
            sources: [DecodingFixture.clicks(fields + [computed], format: format, identity: nil)], layout: [field])
    }

    private func outcome(_ members: String, _ fixture: DecodingFixture = fixture()) -> DecodedRecord {
        fixture.decode(one: #"{"ts":5,"m":"m",\#(members)}"#).outcome
    }

    private func cost(_ members: String, _ fixture: DecodingFixture = fixture()) -> Int64? {
        let (outcome, events) = fixture.decode(one: #"{"ts":5,"m":"m",\#(members)}"#)
        return outcome.result == .event && events.has(0, row: 0) ? events.integer(0, row: 0) : nil
    }

    @Test(
        arguments: [
            (#""n":3,"price":"1.25""#, 375), (#""n":0,"price":99"#, 0), (#""n":-3,"price":-1.25"#, 375),
            (#""n":1,"price":92233720368547758.07"#, .max), (#""price":0.10,"n":7"#, 70),
        ] as [(String, Int64)])
    func moneyIsExact(members: String, amount: Int64) { #expect(cost(members) == amount) }

    @Test(
        arguments: [
            (#""price":1"#, .missingField, "`n` is missing, null or empty. `cost` is computed from it."),
            (#""n":null,"price":1"#, .missingField, "`n` is missing, null or empty. `cost` is computed from it."),
            (
                #""n":"3","price":1"#, .wrongType,
                #"`n` is "3", which is not the kind of value that belongs there. `cost` is computed from it."#
            ),
            (
                #""n":1.5,"price":1"#, .notAnInteger,
                "`n` is 1.5, but a whole number belongs there. `cost` is computed from it."
            ),
            (
                #""n":1,"price":1.001"#, .tooManyDecimals,
                "`price` is 1.001, which has more decimal places than the scale of the source. `cost` is computed from it."
            ),
            (#""n":1,"n":1,"price":1"#, .duplicateKey, "`n` appears more than once. `cost` is computed from it."),
            (
                #""n":1,"price":{}"#, .wrongType,
                "`price` is {}, which is not the kind of value that belongs there. `cost` is computed from it."
            ),
            (
                #""n":9223372036854775808,"price":1"#, .numberOutOfRange,
                "`n` is 9223372036854775808, which is out of range. `cost` is computed from it."
            ),
            (
                #""n":2,"price":92233720368547758.07"#, .notComputable,
                "`cost` cannot be computed: a number leaves 64 bits, or is divided by zero."
            ),
            (#""n":-1,"price":1"#, .negativeMoney, #"`cost` is "-100", but money cannot be negative."#),
        ] as [(String, DeadLetterReason, String)])
    func withoutAValueTheRecordIsSetAside(members: String, reason: DeadLetterReason, detail: String) {
        let outcome = outcome(members)
        #expect(outcome.reason == reason && outcome.detail == detail, "\(outcome.detail)")
        // `ts` counts for the watermark whatever else is wrong (R7).
        #expect(outcome.time == EventTime(milliseconds: 5))
    }

    @Test func timeIsReadBeforeAnythingIsComputed() {
        let outcome = Self.fixture().decode(one: #"{"ts":-5,"m":"m","price":1}"#).outcome
        #expect(outcome.reason == .timestampOutOfRange && outcome.time == nil)
    }

    @Test func divisionByZeroIsNoValue() {
        let fixture = Self.fixture([.column(1), .column(0), .divide])
        #expect(cost(#""n":4,"price":10"#, fixture) == 250)
        #expect(outcome(#""n":0,"price":10"#, fixture).reason == .notComputable)
    }

    @Test func aDefaultStandsForWhatTheRecordLacksAndForNothingElse() {
        let fixture = Self.fixture(fallback: "42")
        #expect(cost(#""price":1"#, fixture) == 42)
        #expect(cost(#""n":2,"price":1"#, fixture) == 200)
        #expect(outcome(#""n":"x","price":1"#, fixture).reason == .wrongType)
        let columns = [Self.column("n", .integer, fallback: "7"), Self.column("price", .money)]
        #expect(cost(#""price":1"#, Self.fixture(columns: columns)) == 700)
    }

    @Test func theSideThatIsNotChosenMayHaveNoValue() {
        let chosen = Self.fixture([.hasColumn(0), .column(0), .integer(9), .conditional])
        #expect(cost(#""n":4"#, chosen) == 4)
        #expect(cost(#""x":4"#, chosen) == 9)
        let columns = [Self.column("b", .boolean), Self.column("n", .integer)]
        let byTruth = Self.fixture([.column(0), .column(1), .integer(9), .conditional], columns: columns)
        #expect(cost(#""b":true,"n":4"#, byTruth) == 4)
        #expect(cost(#""b":false,"n":"x""#, byTruth) == 9)
        #expect(outcome(#""b":true,"n":"x""#, byTruth).detail.hasPrefix("`n` is"))
        for truth in ["1", "\"true\"", "[]"] { #expect(outcome(#""b":\#(truth),"n":4"#, byTruth).reason == .wrongType) }
    }

    @Test(arguments: [
        (#""s":"ÄbC""#, "Äbc"), (#""s":"A\u0042""#, "ab"), (#""s":12"#, "12"), (#""t":"x""#, nil), (#""s":"""#, nil),
    ])
    func stringsAreCopiedAsTheyAreRead(members: String, expected: String?) {
        let fixture = Self.fixture(
            [.hasColumn(0), .column(0), .lowerAscii, .string(0), .conditional],
            columns: [Self.column("s", .string)], strings: [""], field: .adID, reading: .string(prefix: nil))
        let (outcome, events) = fixture.decode(one: #"{"ts":5,"m":"m",\#(members)}"#)
        #expect(outcome.result == .event)
        #expect((events.has(0, row: 0) ? events.text(0) : nil) == expected)
    }

    @Test func prefixLengthAndCurrencyAreCheckedAsOfACell() {
        func text(_ field: Field, _ reading: FieldMapping.Reading) -> DecodingFixture {
            Self.fixture([.column(0)], columns: [Self.column("s", .string)], field: field, reading: reading)
        }
        let (_, events) = text(.adID, .string(prefix: 2)).decode(one: #"{"ts":5,"m":"m","s":"é12"}"#)
        #expect(events.text(0) == "é1")
        let long = String(repeating: "x", count: Limits.identifierBytes)
        #expect(outcome(#""s":"\#(long)""#, text(.adID, .string(prefix: nil))).result == .event)
        #expect(outcome(#""s":"\#(long)x""#, text(.adID, .string(prefix: nil))).reason == .fieldTooLong)
        #expect(outcome(#""s":"EUR""#, text(.currency, .currency)).result == .event)
        #expect(
            outcome(#""s":"EUX""#, text(.currency, .currency)).detail.hasPrefix("`currency` is \"EUX\", which is not"))
        let rating = Self.fixture(
            [.column(0)], columns: [Self.column("n", .integer)], field: .rating,
            reading: .integer(minimum: 1, maximum: 5))
        #expect(outcome(#""n":5"#, rating).result == .event && outcome(#""n":6"#, rating).reason == .numberOutOfRange)
    }

    /// A CSV record and the JSON record of the same texts come to the same events.
    @Test func csvAndJSONAgree() {
        let columns = [Self.column("n", .integer), Self.column("price", .money)]
        let rows = ["3,1.25", "-1,1", "x,1", ",1", "1,1.001", "\"3\",\"1.25\"", "2,92233720368547758.07"]
        for row in rows {
            let csv = Self.fixture(columns: columns, format: .csv).decode(Array("ts,m,n,price\n5,m,\(row)\n".utf8))
            let cells = row.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { $0 != "\"" } }
            let n = Int(cells[0]).map(String.init) ?? (cells[0].isEmpty ? "null" : "\"\(cells[0])\"")
            let json = Self.fixture(columns: columns).decode(one: #"{"ts":5,"m":"m","n":\#(n),"price":"\#(cells[1])"}"#)
            #expect(csv.outcomes.count == 1 && csv.outcomes[0].reason == json.outcome.reason, "\(row)")
            #expect(
                csv.events.slots == json.events.slots
                    && csv.events.headers.map(\.digest) == json.events.headers.map(\.digest))
        }
    }

    @Test func recordsDoNotSeeEachOther() {
        let lines = [3, 0, 4].map { #"{"ts":5,"m":"m","n":\#($0 == 0 ? "null" : "\($0)"),"price":1}"# }
        let (_, outcomes, events) = Self.fixture().decode(Array(lines.joined(separator: "\n").utf8))
        #expect(outcomes.map(\.reason) == [nil, .missingField, nil])
        #expect((0..<2).map { events.integer(0, row: $0) } == [300, 400])
    }

    @Test func damagedRecordsNeverTrap() {
        let whole = Array(#"{"ts":5,"m":"m","n":3,"price":"1.25"}"#.utf8)
        for index in 1..<whole.count {
            for byte in UInt8.min...UInt8.max {
                var damaged = whole
                damaged[index] = byte
                _ = Self.fixture().decode(damaged)
            }
        }
    }
}
