/// The key groups that one thread owns: `apply` is the core's function from events and a watermark to rows (R1).
public struct Shard: Sendable {
    /// The number of key groups, and so the most shards that can have work.
    public static let countMax = KeyGroup.count

    private let index: Int
    private let count: Int
    /// The groups of each subgraph.
    private var groups: [[KeyGroup]]

    /// Creates the shard `index` of `count`.
    ///
    /// `hashSeed` keys the in-memory tables; it changes no result, and should be unknown to whoever writes events.
    /// `scores` says of which stages, by index, scores are wanted.
    public init(
        topology: Topology, index: Int, of count: Int, hashSeed: UInt64, scores: [Int: ScoreRow.Detail] = [:]
    ) {
        precondition((1...Self.countMax).contains(count) && (0..<count).contains(index), "A shard is one of 1 to 128.")
        self.index = index
        self.count = count
        groups = topology.subgraphs.indices.map { subgraph in
            let plan = GroupPlan(topology, subgraph: subgraph)
            return stride(from: index, to: KeyGroup.count, by: count).map { number in
                var group = KeyGroup(index: number, plan: plan, hashSeed: hashSeed)
                if !scores.isEmpty { group.scores = ScoreBook(scores) }
                return group
            }
        }
    }

    /// Takes over the lines of an earlier run that belong to this shard's merchants (R33).
    public mutating func adopt(_ lines: [PriorLine]) {
        for line in lines {
            let group = KeyGroup.index(of: KeyedHash.stable.hash(Array(line.merchantID.utf8)))
            if group % count == index { groups[Subgraph.main][group / count].ledger.adopt(line) }
        }
    }

    /// Stages the events that belong to this shard, then does all that is due until the task's watermark.
    ///
    /// With exchanges it is for the only shard, which hands over to itself.
    public mutating func apply(_ batch: EventBatch, watermark: EventTime) -> Outputs {
        precondition(count == 1 || groups.count == 1, "Shards hand over between each other.")
        var outputs = apply([batch], of: Subgraph.main, watermark: watermark)
        for subgraph in groups.indices.dropFirst() {
            let events = outputs.departed.removeValue(forKey: subgraph) ?? []
            outputs.append(apply(events, of: subgraph, watermark: watermark))
        }
        if groups.count > 1 { outputs.sort() }
        return outputs
    }

    /// Stages the events that belong to this shard's groups of a subgraph, then does all that is due there until the watermark.
    ///
    /// Events of the main subgraph must have been read by an `Intake`, which marks the late ones; those of any other have
    /// departed from its upstream, of all shards, which has been advanced to the same watermark. The rows are sorted (R35) and
    /// are of later pane ends than all rows of the subgraph before.
    public mutating func apply(
        _ batches: [EventBatch], of subgraph: Int, watermark: EventTime
    ) -> Outputs {
        for batch in batches {
            for row in 0..<batch.count {
                let group = KeyGroup.index(of: batch.headers[row].partitionHash)
                if group % count == index { groups[subgraph][group / count].stage(row, of: batch) }
            }
        }
        var outputs = Outputs()
        for group in groups[subgraph].indices { groups[subgraph][group].advance(to: watermark, into: &outputs) }
        outputs.sort()
        return outputs
    }

    /// What the shard has counted so far.
    public var counters: GroupCounters {
        var counters = GroupCounters(groups[0][0].plan.topology)
        for group in groups.joined() { counters.add(group.totals) }
        return counters
    }

    /// Prior lines that no finding of this run has justified (R33).
    public var unjustified: [PriorLine] { groups[Subgraph.main].flatMap(\.ledger.unjustified) }
}
