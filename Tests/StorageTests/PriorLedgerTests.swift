import Foundation
import Storage
import Testing

@testable import RampartCore

@Suite struct PriorLedgerTests {
    private static let id = "0123456789abcdef0123456789abcdef"

    private func row(_ change: [String: Any] = [:]) throws -> String {
        var row: [String: Any] = [
            "schema_version": 1, "line_id": Self.id, "charge_id": "c-1", "component": "click_cost",
            "reason": "invalid_click", "state": "posted", "merchant_id": "m-1", "ad_id": NSNull(),
            "amount_minor": 15, "currency": "GBP", "scale": 2, "ts": "2012-02-29T12:00:00.001Z",
            "alert_id": Self.id, "stage": "s", "pane_end": "2012-02-29T12:10:00.000Z",
        ]
        row.merge(change) { $1 }
        let data = try JSONSerialization.data(withJSONObject: row, options: .withoutEscapingSlashes)
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    /// Writes an output folder and gives its path.
    private func prior(
        _ temporary: TemporaryFolder, _ name: String = "out", rows: [String],
        summary: String? = #"{"schema_version":1,"pipeline":"marketplace","complete":true,"flushed":true,"read":3}"#
    ) throws -> String {
        try temporary.write(rows.joined().utf8, to: "\(name)/credit-lines.ndjson")
        if let summary { try temporary.write(summary.utf8, to: "\(name)/summary.json") }
        return "\(temporary.path)/\(name)"
    }

    private func read(_ folders: String...) throws(StorageError) -> [PriorLine] {
        try PriorLedger.read(folders: folders, family: "marketplace")
    }

    @Test func linesAreReadAsTheyWereWritten() throws {
        let temporary = try TemporaryFolder()
        let other = String(Self.id.reversed())
        let folder = try prior(
            temporary,
            rows: [
                row(),
                row(["line_id": other, "state": "held", "amount_minor": Int64.max, "scale": 6, "currency": "JPY"]),
            ])
        let lines = try read(folder)
        let first = PriorLine(
            lineID: Self.id, merchantID: "m-1", state: .posted, amount: 15, currency: Currency("GBP")!, scale: 2,
            chargeTime: EventTime(milliseconds: 1_330_516_800_001), component: "click_cost")
        var second = first
        second.lineID = other
        second.state = .held
        second.amount = .max
        second.scale = 6
        second.currency = Currency("JPY")!
        #expect(lines == [first, second])
    }

    @Test func whatTheEncoderWritesIsReadBack() throws {
        let temporary = try TemporaryFolder()
        var random = SplitMix(state: 1)
        let stage = Stage(
            name: "s", inputs: [], thresholds: [],
            kind: .transform(Filter(condition: Program(instructions: [.boolean(true)]))))
        let topology = Topology(
            family: "marketplace", revision: "r", layout: EventLayout(fields: []), sources: [], stages: [stage],
            evaluationOrder: [0], basePane: .minutes(1), ledger: LedgerPolicy())
        let path = "\(temporary.path)/out"
        let folder = try OutputFolder(path: path)
        var json = JSONWriter()
        var expected: [PriorLine] = []
        for index in 0..<200 {
            let time = EventTime(milliseconds: Int64.random(in: 0..<4_102_444_800_000, using: &random))
            let line = CreditLine(
                id: Identifier.make([[UInt8(index)]]), chargeID: "c", component: "click_cost", reason: "invalid_click",
                state: CreditLine.State.allCases[index % 4], merchantID: "m\n\u{2028}\"", adID: nil,
                amount: .random(in: 1...(.max), using: &random), currency: Currency("EUR")!, scale: index % 10,
                chargeTime: time, alertID: "a", stage: 0, keyBytes: [], paneEnd: time)
            OutputEncoder(topology: topology).write(line, to: &json)
            expected.append(
                PriorLine(
                    lineID: line.id, merchantID: line.merchantID, state: line.state, amount: line.amount,
                    currency: line.currency, scale: line.scale, chargeTime: line.chargeTime, component: line.component))
        }
        try folder.append(json.bytes, to: .creditLines)
        json.removeAll()
        Summary(topology: topology).write(to: &json)
        try folder.complete(summary: json.bytes)
        #expect(try read(path) == expected)
    }

    @Test func twoFoldersAgreeOnMoneyAndPostedWins() throws {
        let temporary = try TemporaryFolder()
        let posted = try prior(temporary, "posted", rows: [row()])
        let held = try prior(temporary, "held", rows: [row(["state": "held"])])
        let rejected = try prior(
            temporary, "rejected", rows: [row(["state": "rejected", "amount_minor": 150, "scale": 3])])
        #expect(try read(posted, held).map(\.state) == [.posted])
        #expect(try read(held, posted).map(\.state) == [.posted])
        #expect(try read(held, rejected).map(\.state) == [.rejected])
        #expect(try read(rejected, held).map(\.state) == [.held])
    }

    @Test(arguments: [["amount_minor": 16], ["currency": "EUR"], ["scale": 3]] as [[String: any Sendable]])
    func twoFoldersThatNameOtherMoneyAreAContradiction(change: [String: any Sendable]) throws {
        let temporary = try TemporaryFolder()
        let first = try prior(temporary, "first", rows: [row()])
        let second = try prior(temporary, "second", rows: [row(change)])
        let error = #expect(throws: StorageError.self) { try read(first, second) }
        #expect(error?.reason == .contradiction && error?.file == "\(second)/credit-lines.ndjson:1")
        #expect(error?.description.contains(Self.id) == true)
    }

    @Test func anotherFamilyIsNamedBesideOurs() throws {
        let temporary = try TemporaryFolder()
        let folder = try prior(
            temporary, rows: [], summary: #"{"schema_version":1,"pipeline":"retail","complete":true,"flushed":true}"#)
        let error = #expect(throws: StorageError.self) { try read(folder) }
        #expect(error?.reason == .otherFamily)
        #expect(error?.description.contains("'retail'") == true && error?.description.contains("'marketplace'") == true)
    }

    @Test(arguments: [
        nil, "", "{", "[]", #"{"schema_version":2,"pipeline":"marketplace","complete":true,"flushed":true}"#,
        #"{"schema_version":1,"pipeline":"marketplace","complete":false,"flushed":true}"#,
        #"{"schema_version":1,"pipeline":"marketplace","complete":true,"flushed":false}"#, #"{"schema_version":1}"#,
    ])
    func whatIsNotACompleteRunIsRefused(summary: String?) throws {
        let temporary = try TemporaryFolder()
        let folder = try prior(temporary, rows: [], summary: summary)
        let error = #expect(throws: StorageError.self) { try read(folder) }
        #expect(error?.reason == .incompletePrior && error?.file.hasPrefix(folder) == true)
    }

    @Test(
        arguments: [
            ["schema_version": 2], ["line_id": "abc"], ["amount_minor": 0], ["amount_minor": -1], ["amount_minor": 1.5],
            ["amount_minor": 1e19], ["currency": "gbp"], ["currency": "ZZZ"], ["scale": 10], ["scale": -1],
            ["state": "paid"], ["ts": "2012-02-30T12:00:00.000Z"], ["ts": "2012-02-29T12:00:00Z"],
            ["ts": "2012-02-29T24:00:00.000Z"], ["ts": "2012-02-29 12:00:00.000Z"], ["ts": ""], ["merchant_id": 5],
        ] as [[String: any Sendable]])
    func aBrokenRowIsNamed(change: [String: any Sendable]) throws {
        let temporary = try TemporaryFolder()
        let other = String(Self.id.reversed())
        let folder = try prior(temporary, rows: [row(["line_id": other]), row(change)])
        let error = #expect(throws: StorageError.self) { try read(folder) }
        #expect(error?.reason == .brokenRow && error?.file == "\(folder)/credit-lines.ndjson:2")
    }

    @Test func rowsThatAreRepeatedOrCutAreBroken() throws {
        let temporary = try TemporaryFolder()
        let repeated = try prior(temporary, "repeated", rows: [row(), row()])
        let cut = try prior(temporary, "cut", rows: [String(row().dropLast())])
        for folder in [repeated, cut] {
            let error = #expect(throws: StorageError.self) { try read(folder) }
            #expect(error?.reason == .brokenRow)
        }
    }
}
