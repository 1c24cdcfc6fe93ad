import Pipelines
import RampartCore

/// Makes the script of a random case: its records in some order, with commits, promises, settings and decisions.
struct RecoveryScriptMaker {
    private var random: SplitMix64
    private let model: ModelCase
    private var script: RecoveryScript
    private var task: TaskState
    private var said = Said()
    private var rests: [ArraySlice<ModelRecord>]
    private var decisions = 0

    /// Starts the script of a case; with `isPlain` there are records and commits only.
    init(_ model: ModelCase) throws {
        random = SplitMix64(seed: model.seed ^ 0x5C21)
        self.model = model
        var settings: [Topology] = []
        for change in 0...2 {
            var pipeline = model.pipeline
            if change > 0 {
                Self.change(&pipeline, &random)
                var data = DataGenerator(
                    seed: model.seed &+ UInt64(change),
                    times: model.log.partitions.flatMap(\.records).compactMap(\.milliseconds).filter {
                        $0 >= 0 && $0 <= EventTime.year2100.milliseconds
                    })
                if random.chance(60) { data.changeRows(of: &pipeline) }
            }
            settings.append(try CoreReplay.load(pipeline))
        }
        let onlySource = settings[0].sources.count == 1 ? PartitionBinding.source(0) : nil
        let bindings = model.log.partitions.map { $0.source.map(PartitionBinding.source) ?? onlySource ?? .byType }
        script = RecoveryScript(settings: settings, bindings: bindings)
        task = script.start(hashSeed: 1)
        rests = model.log.partitions.map { $0.records[...] }
    }

    /// Other thresholds, modes and bounds of the same graph.
    private static func change(_ pipeline: inout ModelPipeline, _ random: inout SplitMix64) {
        for stage in pipeline.stages.indices {
            if pipeline.stages[stage].window != nil, random.chance(30) {
                pipeline.stages[stage].mode = pipeline.stages[stage].mode == .live ? .shadow : .live
            }
            if var incident = pipeline.stages[stage].incident {
                incident.quiet = random.pick([1000, 4000, 20_000, 60_000])
                incident.stages = pipeline.stages[stage].inputs.count > 1 && random.chance(50) ? 2 : nil
                pipeline.stages[stage].kind = .incident(incident)
            }
            for threshold in pipeline.stages[stage].thresholds.indices {
                switch pipeline.stages[stage].thresholds[threshold].value {
                case .integer(let value):
                    pipeline.stages[stage].thresholds[threshold].value = .integer(
                        max(0, value + Int64(random.number(-1...1))))
                case .double(let value):
                    pipeline.stages[stage].thresholds[threshold].value = .double(value + 0.25)
                }
            }
        }
        if random.chance(50) { pipeline.ledger.caps["GBP"] = Int64(random.number(5...60)) }
        pipeline.ledger.postsLate = random.chance(50)
    }

    /// Makes the script, and says what an uninterrupted run of it says.
    mutating func make(isPlain: Bool) -> (script: RecoveryScript, said: Said) {
        while let partition = nextPartition() {
            read(partition)
            guard random.chance(40) else { continue }
            if !isPlain { disturb() }
            perform(.commit)
        }
        perform(.commit)
        return (script, said)
    }

    private mutating func perform(_ step: RecoveryScript.Step) {
        script.steps.append(step)
        script.perform(step, on: &task, into: &said)
    }

    /// Mostly the partition that is furthest behind, so that panes are released on the way.
    private mutating func nextPartition() -> Int? {
        let open = rests.indices.filter { !rests[$0].isEmpty }
        if random.chance(30), let any = open.randomElement(using: &random) { return any }
        return open.min { task.watermark(of: $0) < task.watermark(of: $1) }
    }

    private mutating func read(_ partition: Int) {
        let count = random.number(1...8)
        let records = rests[partition].prefix(count).map { Array($0.text.utf8) }
        rests[partition] = rests[partition].dropFirst(count)
        perform(.read(partition: partition, RecordBatch(json: records)))
        // What has ended must not hold back the rest, as a daemon would promise for an idle partition.
        if rests[partition].isEmpty { perform(.promise(partition: partition, .year2100)) }
    }

    /// Something that is no record.
    private mutating func disturb() {
        let pane = EventSpan(milliseconds: model.pipeline.basePane)
        let ahead = EventSpan(milliseconds: pane.milliseconds * Int64(random.number(1...3)))
        guard task.watermark > .distantPast, task.watermark < .year2100 else { return }
        switch random.number(0...9) {
        case 0, 1:
            let partition = random.number(0...rests.count - 1)
            perform(.promise(partition: partition, task.watermark + EventSpan(milliseconds: 700)))
        case 2, 3: perform(.settings(random.number(0...script.settings.count - 1), from: task.watermark + ahead))
        case 4, 5, 6, 7:
            decisions += 1
            let known = said.outputs.credits.randomElement(using: &random)?.id
            let command = LedgerCommand(
                id: "c\(decisions)", action: random.pick(LedgerCommand.Action.allCases), creditID: known ?? "none",
                who: "a person", why: "a reason")
            perform(.command(command, at: task.watermark + ahead))
        default: break
        }
    }
}
