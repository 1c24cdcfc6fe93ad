import Foundation
import Testing

/// The demo log is what its script makes, and the independent checkers refuse what they should: a checker that
/// nothing fails proves nothing. Without Python these say that they were skipped.
@Suite(.enabled(if: Python.isThere, "python3 is not on PATH")) struct DemoTests {
    @Test func logIsWhatItsScriptMakes() throws {
        let result = try Python.run("deploy/demo/make-siege.py", ["--check"])
        #expect(result.status == 0, "\(result.output)")
    }

    @Test func otherSeedIsAnotherLog() throws {
        #expect(try Python.run("deploy/demo/make-siege.py", ["--check", "--seed", "7"]).status == 1)
    }

    @Test func logIsSmall() throws {
        let sizes = try ["siege.ndjson.gz", "siege-labels.ndjson.gz", "truth.json"].map { name in
            try Data(contentsOf: Repository.root.appending(path: "deploy/demo/\(name)")).count
        }
        #expect(sizes.reduce(0, +) < 400_000)
    }

    /// Each bar, just met.
    private static let met: [SiegeRun] = [
        SiegeRun(),
        SiegeRun(refundDelay: 20 * 60_000),
        SiegeRun(clickDelay: 5 * 60_000),
        SiegeRun(flashStage: "malicious-clicks"),
        SiegeRun(attackLines: 98, benignLines: 2),
        SiegeRun(attackLines: 95),
    ]

    /// Each bar, just missed.
    private static let missed: [SiegeRun] = [
        SiegeRun(refundDelay: 20 * 60_000 + 1),
        SiegeRun(clickDelay: 5 * 60_000 + 1),
        SiegeRun(refundDelay: -1),
        SiegeRun(clickDelay: nil),
        SiegeRun(refundDelay: nil),
        SiegeRun(flashStage: "bulk-refunds"),
        SiegeRun(attackLines: 98, benignLines: 3),
        SiegeRun(attackLines: 94),
        SiegeRun(attackLines: 0),
        SiegeRun(repeatsLine: true),
        SiegeRun(lineAmount: 11),
        SiegeRun(isLabelled: false),
    ]

    /// The small log has one refund and a hundred clicks of an attack on `a`.
    @Test func siegeChecker() throws {
        for run in Self.met { try expect(run, 0) }
        for run in Self.missed { try expect(run, 1) }
        try expect(SiegeRun(hasLines: false), 2)
    }

    private func expect(_ run: SiegeRun, _ status: Int32) throws {
        let folder = try TemporaryFolder()
        try run.write(to: folder.url)
        let paths = ["", "events.ndjson", "labels.ndjson", "truth.json"].map { folder.url.appending(path: $0).path }
        let result = try Python.run("deploy/verify/siege.py", paths)
        #expect(result.status == status, "\(run)\n\(result.output)")
    }

    @Test func onlineRetailChecker() throws {
        let folder = try TemporaryFolder()
        let rows = #"""
            InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
            1,10001,"a, ""b""",3,2011-11-01 08:00:00,2.1,1.0,France
            C2,10001,a,-2,2011-11-01 08:01:00,0.55,,France
            3,10001,a,-1,2011-11-01 08:02:00,0.0,,France
            C4,10001,a,1,2011-11-01 08:03:00,1.0,,France
            5,10001,a,1,2011-11-01 08:04:00,-1.0,,France
            6,10001,a,1,2011-11-01 08:05:00,1.005,,France

            """#
        try rows.write(to: folder.url.appending(path: "day.csv"), atomically: true, encoding: .utf8)
        let result = try Python.run("deploy/verify/online-retail.py", [folder.url.path])
        let expected = """
            {"rows": 6, "orders": 1, "refunds": 1, "dead_letters": {"negative_money": 3, "too_many_decimals": 1},
            "pence": {"order": 630, "refund": 110}}
            """
        #expect(result.output.filter { !$0.isWhitespace } == expected.filter { !$0.isWhitespace })
    }
}

/// What a replay of a tiny siege came to.
struct SiegeRun: Sendable {
    /// Milliseconds from the first attack refund to the alert; nil for no alert.
    var refundDelay: Int64? = 60_000
    /// Milliseconds from the first attack click to the alert; nil for no alert.
    var clickDelay: Int64? = 60_000
    /// The stage of an alert at the flash sale's merchant.
    var flashStage: String?
    /// How many of the hundred attack clicks are credited.
    var attackLines = 100
    /// How many other clicks are credited.
    var benignLines = 0
    /// What each line gives back; every click cost 10.
    var lineAmount = 10
    /// Whether the first line appears again.
    var repeatsLine = false
    /// Whether the labels know the attack.
    var isLabelled = true
    /// Whether the run wrote its lines.
    var hasLines = true

    private static let start: Int64 = 1_700_000_000_000

    /// Writes the output folder, and the log, labels and truth beside it.
    func write(to folder: URL) throws {
        var events = [#"{"type":"refund","event_id":"r","ts":\#(Self.start),"merchant_id":"a"}"#]
        for number in 0..<200 {
            events.append(
                #"{"type":"click","event_id":"c\#(number)","ts":\#(Self.start + Int64(number)),"#
                    + #""merchant_id":"\#(number < 100 ? "a" : "b")","cost":10}"#)
        }
        let attack = isLabelled ? ["r"] + (0..<100).map { "c\($0)" } : []
        var lines = (0..<attackLines).map(line) + (0..<benignLines).map { line(100 + $0) }
        if repeatsLine { lines.append(line(0)) }
        let alerts = [
            refundDelay.map { alert("bulk-refunds", "a", $0) }, clickDelay.map { alert("malicious-clicks", "a", $0) },
            flashStage.map { alert($0, "f", 0) },
        ]
        let truth = #"{"campaigns":[{"targets":["a"]},{"targets":["f"],"benign":true}]}"#
        let labels =
            attack.map { #"{"event_id":"\#($0)","label":"attack"}"# } + [#"{"event_id":"c150","label":"flash"}"#]
        var files = [
            "events.ndjson": events, "labels.ndjson": labels, "truth.json": [truth],
            "alerts.ndjson": alerts.compactMap(\.self),
        ]
        if hasLines { files["credit-lines.ndjson"] = lines }
        for (name, lines) in files {
            let text = lines.map { $0 + "\n" }.joined()
            try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
        }
    }

    private func line(_ number: Int) -> String {
        #"{"line_id":"\#(number)","charge_id":"c\#(number)","component":"click_cost","state":"posted","#
            + #""merchant_id":"\#(number < 100 ? "a" : "b")","amount_minor":\#(lineAmount)}"#
    }

    private func alert(_ stage: String, _ merchant: String, _ delay: Int64) -> String {
        // A moment as a double loses the last millisecond, which is what the bars are tested by.
        let (seconds, milliseconds) = (Self.start + delay).quotientAndRemainder(dividingBy: 1000)
        let day = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601).dropLast()
        let text = "\(day).\(String(milliseconds + 1000).dropFirst())Z"
        return #"{"alert_id":"\#(stage)\#(merchant)","revision":1,"stage":"\#(stage)","#
            + #""merchant_id":"\#(merchant)","window_end":"\#(text)"}"#
    }
}

/// Runs the scripts of the repository.
enum Python {
    /// Whether there is an interpreter.
    static let isThere = (try? run(nil, ["--version"]).status) == 0

    /// Runs a script of the repository, or the interpreter alone, and returns how it ended and all that it printed.
    static func run(_ script: String?, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let script = script.map { [Repository.root.appending(path: $0).path] } ?? []
        process.arguments = ["python3"] + script + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}

/// A folder that goes away with its owner.
final class TemporaryFolder {
    /// Where it is.
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "rampart-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}
