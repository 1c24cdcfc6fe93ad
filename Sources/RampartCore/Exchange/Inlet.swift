/// Where a subgraph's events arrive from an exchange, and how far each upstream task has come.
///
/// Nothing is late here: an upstream task says how far it has come with the events that it has sent until then, so that the
/// lowest watermark of all upstream tasks is behind everything that is still to come.
struct Inlet: Sendable {
    /// The subgraph that receives the events.
    let subgraph: Int
    /// The watermark of each upstream task; the start of time for one that was not heard from.
    private var heard: [EventTime]

    init(subgraph: Int, upstreamTasks: Int) {
        self.subgraph = subgraph
        heard = Array(repeating: .distantPast, count: upstreamTasks)
    }

    /// The lowest watermark of the upstream tasks.
    var watermark: EventTime { heard.min() ?? .distantPast }

    /// The number of upstream tasks.
    var taskCount: Int { heard.count }

    /// Notes how far an upstream task has come.
    mutating func hear(from task: Int, _ watermark: EventTime) { heard[task] = max(heard[task], watermark) }
}

extension Inlet {
    /// Writes the watermarks.
    func write(to snapshot: inout SnapshotWriter) {
        snapshot.write(heard.count)
        for watermark in heard { snapshot.write(watermark > .distantPast ? watermark : nil) }
    }

    /// Takes up what `write` wrote into an inlet that was just created.
    mutating func restore(from snapshot: inout SnapshotReader) throws(SnapshotError) {
        let count = try snapshot.readInteger()
        guard count == Int64(heard.count) else {
            throw snapshot.damage("there are \(heard.count) upstream tasks, but the state is of \(count)")
        }
        for task in heard.indices { heard[task] = try snapshot.readOptional() ?? .distantPast }
    }

    /// Adds the watermarks to a digest.
    func combine(into digest: inout Fingerprint) {
        for watermark in heard { digest.combine(UInt64(bitPattern: watermark.milliseconds), UInt64(subgraph)) }
    }
}
