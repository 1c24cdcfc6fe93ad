import Foundation
import Testing

/// What the shipped pipeline finds in the log that ships with it, held to the bars that any labelled siege must meet.
@Suite struct DemoLogTests {
    private struct Truth: Decodable {
        struct Campaign: Decodable {
            var targets: [String]
            var benign: Bool?
        }
        var campaigns: [Campaign]
    }

    private struct Label: Decodable {
        var eventId: String
        var label: String
    }

    private struct Event: Decodable {
        var type: String
        var eventId: String
        var ts: Int64
        var merchantId: String?
        var cost: Int64?
    }

    private static let folder = Command.root.appending(path: "deploy/demo")

    /// The lines of a gzip file that are objects of a kind; the log holds a broken one on purpose.
    private static func rows<Row: Decodable>(_ name: String, _ type: Row.Type) throws -> [Row] {
        let result = try Command.run(URL(filePath: "/bin/gzip"), ["-dc", folder.appending(path: name).path])
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return result.output.split(separator: "\n").compactMap {
            try? decoder.decode(type, from: Data($0.utf8))
        }
    }

    private static func date(_ text: Any?) throws -> Date {
        try Date(#require(text as? String), strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    @Test func everySiegeIsFoundInTimeAndNothingElseIs() throws {
        let folder = try TemporaryFolder()
        #expect(try Command.run(["replay", Command.marketplace, Command.demo, "--out", folder.path("out")]).code == 0)
        let alerts = try folder.rows("out/alerts.ndjson").filter { $0["revision"] as? Int == 1 }
        let truth = try JSONDecoder().decode(
            Truth.self, from: Data(contentsOf: Self.folder.appending(path: "truth.json")))
        let attacks = Set(
            try Self.rows("siege-labels.ndjson.gz", Label.self).filter { $0.label == "attack" }.map(\.eventId))
        let events = try Self.rows("siege.ndjson.gz", Event.self).filter { attacks.contains($0.eventId) }

        func minutes(_ stages: [String], _ type: String, at merchant: String) throws -> Double {
            let first = try #require(events.filter { $0.type == type && $0.merchantId == merchant }.map(\.ts).min())
            let found = try alerts.filter {
                $0["merchant_id"] as? String == merchant && stages.contains($0["stage"] as? String ?? "")
            }.map { try Self.date($0["window_end"]).timeIntervalSince1970 }.filter { $0 * 1000 >= Double(first) }
            return (try #require(found.min()) - Double(first) / 1000) / 60
        }

        let targets = truth.campaigns.filter { $0.benign != true }.flatMap(\.targets)
        #expect(targets.count == 6)
        for merchant in targets {
            #expect(try minutes(["bulk-refunds"], "refund", at: merchant) <= 20)
            #expect(try minutes(["malicious-clicks", "clicks-by-address"], "click", at: merchant) <= 5)
        }
        let harmless = Set(truth.campaigns.filter { $0.benign == true }.flatMap(\.targets))
        #expect(!harmless.isEmpty)
        #expect(
            !alerts.contains {
                $0["stage"] as? String == "bulk-refunds" && harmless.contains($0["merchant_id"] as? String ?? "")
            })
    }

    /// Every attacked merchant has one incident, of all that happened there, and nobody else has any.
    @Test func eachSiegeIsOneIncident() throws {
        let folder = try TemporaryFolder()
        #expect(try Command.run(["replay", Command.marketplace, Command.demo, "--out", folder.path("out")]).code == 0)
        let truth = try JSONDecoder().decode(
            Truth.self, from: Data(contentsOf: Self.folder.appending(path: "truth.json")))
        let rows = try folder.rows("out/incidents.ndjson")
        let closed = rows.filter { $0["state"] as? String == "closed" }
        #expect(
            closed.compactMap { $0["merchant_id"] as? String }.sorted()
                == truth.campaigns.filter { $0.benign != true }.flatMap(\.targets).sorted())
        #expect(closed.allSatisfy { $0["severity"] as? String == "critical" })
        #expect(Set(rows.compactMap { $0["incident_id"] as? String }).count == closed.count)
    }

    @Test func theMoneyGoesBackToThoseWhoWereAttacked() throws {
        let folder = try TemporaryFolder()
        #expect(try Command.run(["replay", Command.marketplace, Command.demo, "--out", folder.path("out")]).code == 0)
        let attacks = Set(
            try Self.rows("siege-labels.ndjson.gz", Label.self).filter { $0.label == "attack" }.map(\.eventId))
        let clicks = try Self.rows("siege.ndjson.gz", Event.self).filter {
            $0.type == "click" && attacks.contains($0.eventId)
        }
        // A copy of a click that the log holds twice is still one charge.
        let costs = Dictionary(clicks.map { ($0.eventId, $0.cost ?? 0) }, uniquingKeysWith: { first, _ in first })
        let lines = try folder.rows("out/credit-lines.ndjson")
        var credited: Int64 = 0
        var rightly: Int64 = 0
        for line in lines {
            let amount = Int64(line["amount_minor"] as? Int ?? 0)
            credited += amount
            if costs[line["charge_id"] as? String ?? ""] != nil { rightly += amount }
        }
        #expect(Double(rightly) >= 0.98 * Double(credited) && credited > 0)
        #expect(Double(rightly) >= 0.95 * Double(costs.values.reduce(0, +)))
        #expect(Set(lines.compactMap { $0["line_id"] as? String }).count == lines.count)
    }
}
