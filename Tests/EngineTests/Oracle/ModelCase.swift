import RampartCore

/// A random test: a pipeline, a log and how to replay it.
struct ModelCase: Sendable {
    /// What it was made from.
    var seed: UInt64
    /// The pipeline.
    var pipeline: ModelPipeline
    /// The log.
    var log: ModelLog
    /// How to replay.
    var options = OracleOptions()

    /// Makes the case of a seed.
    init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        self.seed = seed
        var pipelines = PipelineGenerator(random: random)
        pipeline = pipelines.make()
        random = pipelines.random
        var incidents = IncidentGenerator(seed: seed)
        incidents.add(to: &pipeline)
        // From a generator of its own, so that modes change nothing else about a seed.
        var modes = SplitMix64(seed: seed ^ 0x5AD0)
        for stage in pipeline.stages.indices where pipeline.stages[stage].window != nil && modes.chance(20) {
            pipeline.stages[stage].mode = .shadow
        }
        for stage in pipeline.stages.indices where pipeline.stages[stage].window != nil && modes.chance(60) {
            options.scores[stage] = modes.pick([.hour, .hour, .pane])
        }
        var logs = LogGenerator(random: random, pipeline: pipeline)
        log = logs.make()
        random = logs.random
        var data = DataGenerator(
            seed: seed,
            times: log.partitions.flatMap(\.records).compactMap(\.milliseconds).filter {
                $0 >= 0 && $0 <= EventTime.year2100.milliseconds
            })
        data.add(to: &pipeline)
        options.flushes = !random.chance(15)
        if random.chance(8) {
            let times = log.partitions.flatMap(\.records).compactMap(\.milliseconds).sorted()
            if !times.isEmpty {
                options.from = times[times.count / 5]
                options.to = times[times.count * 4 / 5]
            }
        }
        if random.chance(20) { options.prior = Self.prior(&random, pipeline, log) }
    }

    /// Some of the lines that the same log gives, some of them changed, and one that nothing can give.
    private static func prior(
        _ random: inout SplitMix64, _ pipeline: ModelPipeline, _ log: ModelLog
    ) -> [OraclePriorLine] {
        var prior: [OraclePriorLine] = []
        for line in Oracle.run(pipeline, log).lines where random.chance(50) {
            var line = OraclePriorLine(line)
            line.state = random.chance(75) ? .posted : .held
            prior.append(line)
        }
        let merchant = random.pick(["m1", "m2"])
        if let time = log.partitions.flatMap(\.records).compactMap(\.milliseconds).filter({ $0 >= 0 }).randomElement(
            using: &random)
        {
            prior.append(
                OraclePriorLine(
                    id: OracleHash.identifier(["stray", "\(random.next())"]), state: .posted, merchant: merchant,
                    amount: Int64(random.number(1...100)), currency: "GBP", scale: 2, chargeTime: time))
        }
        return prior
    }

    /// The case as a person reads it: what to paste to see the difference again.
    var description: String {
        let logs = log.partitions.map { partition in
            let source = partition.source.map { pipeline.sources[$0].name + "=" } ?? ""
            return "--- \(source)\(partition.name)\n" + partition.records.map { $0.text + "\n" }.joined()
        }
        let files = pipeline.files.map { "--- \($0.path)\n\($0.text)" }
        return "seed \(seed), \(options)\n\(pipeline.text)\(files.joined())\(logs.joined())"
    }
}
