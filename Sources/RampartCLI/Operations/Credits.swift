import Engine
import Pipelines

/// The credits of an application as they stand.
struct Credits {
    /// The most credits that are held in memory.
    static let countMax = 1_000_000

    /// The last revision of each, with its record's value, by the end of their slots.
    let all: [(row: CreditRow, value: [UInt8])]

    /// Reads the credits topic whole.
    init(_ application: Application) throws {
        var latest: [String: (row: CreditRow, value: [UInt8])] = [:]
        let topic = application.topics.outputs[.credits] ?? ""
        try application.readAll(of: topic) { _, record in
            guard let value = record.value, let row = CreditRow(bytes: value) else { return }
            if let known = latest[row.creditId], known.row.revision >= row.revision { return }
            latest[row.creditId] = (row, value)
            guard latest.count <= Self.countMax else {
                throw Failure.running("\(topic) holds more than \(Self.countMax.grouped) credits; filter it elsewhere")
            }
        }
        all = latest.values.sorted { ($0.row.periodEnd, $0.row.creditId) < ($1.row.periodEnd, $1.row.creditId) }
    }
}
