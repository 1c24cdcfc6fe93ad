internal import RampartCore

/// What a task hands on through exchanges in its next commit: events, and how far it has come.
struct ExchangeOutbox {
    /// Bytes of events from which on a record is full; a single event can go beyond.
    private static let recordBytes = 256 << 10

    private struct Exchange {
        let subgraph: Int
        let topic: String
        /// The record to each task that is being filled.
        var records: [ExchangeRecord]
        /// How far the task has said that it has come.
        var told = EventTime.distantPast
    }

    private let basePane: EventSpan
    private var exchanges: [Exchange]
    /// Bytes of the events in records that are being filled.
    private(set) var byteCount = 0

    init(topology: Topology, topics: DaemonTopics, task: Int, tasks: Int) {
        basePane = topology.basePane
        exchanges = topics.exchanges.map { exchange in
            Exchange(
                subgraph: exchange.subgraph, topic: exchange.topic,
                records: Array(repeating: ExchangeRecord(from: task, of: topology), count: tasks))
        }
    }

    /// Adds events, each to the task of its key; returns the records that are full.
    mutating func append(_ departed: [Int: [EventBatch]]) -> [OutboundRecord] {
        var full: [OutboundRecord] = []
        for index in exchanges.indices {
            for batch in departed[exchanges[index].subgraph] ?? [] {
                for row in 0..<batch.count { append(row, of: batch, to: index, &full) }
            }
        }
        return full
    }

    private mutating func append(_ row: Int, of batch: EventBatch, to index: Int, _ full: inout [OutboundRecord]) {
        let task = ExchangeRecord.task(
            of: batch.headers[row].partitionHash, among: exchanges[index].records.count)
        let before = exchanges[index].records[task].byteCount
        exchanges[index].records[task].append(row, of: batch)
        byteCount += exchanges[index].records[task].byteCount - before
        if exchanges[index].records[task].byteCount >= Self.recordBytes {
            full.append(take(task, of: index, watermark: nil))
        }
    }

    /// Hands out what is left, and tells every task how far this one has come, where that is news.
    mutating func takeRest(of state: TaskState) -> [OutboundRecord] {
        var rest: [OutboundRecord] = []
        for index in exchanges.indices {
            // Only whole panes are of use to whoever hears it.
            let watermark = state.watermark(sentTo: exchanges[index].subgraph)
            let reached = watermark > .distantPast ? watermark.floored(to: basePane) : watermark
            let isNews = reached > exchanges[index].told
            exchanges[index].told = max(exchanges[index].told, reached)
            for task in exchanges[index].records.indices {
                guard isNews || !exchanges[index].records[task].isEmpty else { continue }
                rest.append(take(task, of: index, watermark: isNews ? reached : nil))
            }
        }
        return rest
    }

    private mutating func take(_ task: Int, of index: Int, watermark: EventTime?) -> OutboundRecord {
        byteCount -= exchanges[index].records[task].byteCount
        return OutboundRecord(
            topic: exchanges[index].topic, partition: task, key: nil,
            value: exchanges[index].records[task].take(watermark: watermark))
    }
}
