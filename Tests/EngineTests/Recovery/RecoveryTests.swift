import RampartCore
import Testing

/// Recovery: facts from a snapshot and the input behind it, promises read back, and then no difference at all.
@Suite(.serialized) struct RecoveryTests {
    /// A task that crashes at random commits goes on as one that never did.
    @Test func differential_recovery() async {
        await Campaign.run("differential_recovery", seeds: Campaign.seeds(150), first: 5_000_000) { model in
            var maker = try RecoveryScriptMaker(model)
            let (script, expected) = maker.make(isPlain: model.seed % 3 == 0)
            var run = RecoveryRun(script: script, random: SplitMix64(seed: model.seed ^ 0xDEAD))
            let found = try run.run()
            return (run.complaints + found.differences(from: expected), Hits())
        }
    }

    /// Without promises, settings and decisions a task says what a replay says.
    @Test func differential_task() async {
        await Campaign.run("differential_task", seeds: Campaign.seeds(40), first: 6_000_000) { model in
            var model = model
            model.options = OracleOptions(scores: model.options.scores)
            var maker = try RecoveryScriptMaker(model)
            let (script, _) = maker.make(isPlain: true)
            var task = script.start(hashSeed: 3)
            task.askForScores(model.options.scores)
            var said = Said()
            for step in script.steps {
                if case .promise = step { continue }
                script.perform(step, on: &task, into: &said)
            }
            said.outputs.append(task.flush())
            var replayed = try await CoreReplay(model.pipeline).run(model.log, model.options, CoreOptions())
            replayed.late = []
            return (Comparison.differences(replayed, CoreReplay.result(said, task)), Hits())
        }
    }
}
