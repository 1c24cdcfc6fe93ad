import Engine
import Pipelines
import RampartCore
import Testing

/// What several tasks say that hand over to each other, against what one says that reads everything.
@Suite(.serialized) struct ExchangeTests {
    private static func topology(_ pipeline: ModelPipeline, isRepartitioned: Bool) throws -> Topology {
        var pipeline = pipeline
        for source in pipeline.sources.indices { pipeline.sources[source].isRepartitioned = isRepartitioned }
        return try CoreReplay.load(pipeline)
    }

    /// The records of a log in order of time, so that none is late anywhere.
    private static func records(of model: ModelCase) -> [ModelRecord] {
        model.log.partitions.flatMap(\.records).enumerated().map { index, record in
            var record = record
            if record.type == nil, record.garbage == nil { record.type = model.pipeline.sources[0].type.name }
            return (record.milliseconds ?? 0, index, record)
        }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }

    private static func sorted(_ outputs: Outputs) -> Said {
        var said = Said(outputs: outputs)
        said.outputs.sort()
        return said
    }

    /// Gate 1: the answer does not depend on how a log is partitioned, as long as nothing is late.
    @Test(arguments: [false, true]) func tasks_say_what_one_says(isRepartitioned: Bool) async {
        let seeds = Campaign.seeds(100)
        let tally = await Campaign.run("exchange", seeds: seeds, first: isRepartitioned ? 6_000_000 : 5_000_000) {
            model in
            let topology = try Self.topology(model.pipeline, isRepartitioned: isRepartitioned)
            guard !topology.exchanged.isEmpty else { return nil }
            var random = SplitMix64(seed: model.seed ^ 0xE8)
            let records = Self.records(of: model)
            var alone = TaskNetwork(topology, logs: [records], random: random)
            let expected = try alone.run()
            let merchants = [ModelRecord.Value.string("m1"): 0, .string("m2"): 2]
            var logs: [[ModelRecord]] = [[], [], []]
            for record in records {
                let home = record.fields[.merchantID].flatMap { merchants[$0] } ?? 1
                logs[isRepartitioned ? random.number(0...2) : home].append(record)
            }
            var network = TaskNetwork(topology, logs: logs, random: random)
            let found = try network.run()
            if expected.intake.contains(where: { $0.total.late > 0 }) { return nil }
            var messages = Self.sorted(network.outputs).differences(from: Self.sorted(alone.outputs))
            if found.groups.stages.map(\.findings) != expected.groups.stages.map(\.findings) {
                messages.append("other findings")
            }
            return (messages, Hits())
        }
        #expect(tally.skipped < (isRepartitioned ? seeds / 10 : seeds * 9 / 10))
    }
}
