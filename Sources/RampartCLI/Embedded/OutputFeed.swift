import Engine
import Foundation
import Kafka
import Logging
import Pipelines
import RampartCore

/// Reads what the daemon has committed, and says it in lines for people.
struct OutputFeed {
    /// An alert's row, as far as a line needs it.
    private struct AlertRow: Decodable {
        var revision: Int
        var state: String
        var stage: String
        var severity: String
        var merchantId: String
        var paneEnd: String
        var message: String
    }

    /// What was said so far.
    struct Totals {
        var opened = 0
        var closed = 0
        /// By state and currency: credits, and their sum in the major unit as text parts.
        var credits: [String: (count: Int, units: Int128, scale: Int)] = [:]
    }

    private let reader: KafkaReader
    private var next: [TopicPartition: Int64] = [:]
    private let alerts: String
    private let decoder: JSONDecoder
    private(set) var totals = Totals()

    init(_ configuration: KafkaConfiguration, topics: DaemonTopics, tasks: Int, logger: Logger) throws(BrokerError) {
        reader = try KafkaReader(configuration, logger: logger)
        alerts = topics.outputs[.alerts] ?? ""
        decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        for kind in [Sink.Kind.alerts, .credits] {
            for task in 0..<tasks { next[TopicPartition(topics.outputs[kind] ?? "", task)] = 0 }
        }
    }

    /// The lines about what was committed since the last look, by time.
    mutating func lines(wait: Duration = .zero) throws(BrokerError) -> [String] {
        var found: [(time: String, line: String)] = []
        for (partition, offset) in next.sorted(by: { $0.key < $1.key }) {
            let (records, offsetNext) = try reader.read(partition, from: offset, wait: wait)
            next[partition] = offsetNext
            for record in records {
                guard let value = record.value else { continue }
                if let line = partition.topic == alerts ? alert(value) : credit(value) { found.append(line) }
            }
        }
        return found.sorted { $0.time < $1.time }.map { $0.line.printable }
    }

    private mutating func alert(_ bytes: [UInt8]) -> (String, String)? {
        guard let row = try? decoder.decode(AlertRow.self, from: Data(bytes)) else { return nil }
        if row.state == "closed" { totals.closed += 1 }
        guard row.revision == 1 else { return nil }
        totals.opened += 1
        return (row.paneEnd, Self.line(row.paneEnd, "ALERT", row.severity, row.merchantId, row.message))
    }

    private mutating func credit(_ bytes: [UInt8]) -> (String, String)? {
        guard let row = CreditRow(bytes: bytes) else { return nil }
        let key = "\(row.state) \(row.currency)"
        let sum = totals.credits[key] ?? (0, 0, row.scale)
        totals.credits[key] = (sum.count + 1, sum.units + Int128(row.amountMinor), row.scale)
        let words =
            "\(row.amount), \(row.component) of \(row.lines) \(row.lines == 1 ? "charge" : "charges") (\(row.reason))"
        return (row.periodEnd, Self.line(row.periodEnd, "CREDIT", row.state, row.merchantId, words))
    }

    private static func line(_ time: String, _ kind: String, _ rank: String, _ merchant: String, _ words: String)
        -> String
    {
        let clock = time.prefix(16).replacing("T", with: " ")
        return "\(clock)  \(padded(kind, 6))  \(padded(rank, 8))  \(padded(merchant, 8))  \(words)"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
