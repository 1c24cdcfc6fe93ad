import Foundation
import RampartCore
import Testing

/// The oracle against itself: what is known by hand, and two ways to the same answer.
@Suite struct OracleSelfTests {
    @Test func sha256_known_answers() {
        #expect(
            OracleHash.hexadecimal(OracleHash.sha256([]))
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            OracleHash.hexadecimal(OracleHash.sha256(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            OracleHash.hexadecimal(OracleHash.sha256([UInt8](repeating: UInt8(ascii: "a"), count: 200)))
                == "c2a908d98f5df987ade41b5fce213067efbcc21ef2240212a41e54b5e7c28ae5")
    }

    /// The oracle looks only where a key changes; looking at every pane end there is must say the same.
    @Test func every_pane_end_says_what_the_changes_say() {
        var compared = 0
        for seed in 0..<400 as Range<UInt64> {
            let model = ModelCase(seed: seed)
            let times = model.log.partitions.flatMap(\.records).compactMap(\.milliseconds).filter {
                $0 >= 0 && $0 < .max / 2
            }
            guard let first = times.min(), let last = times.max(), last - first < 200_000 else { continue }
            // What a full table has refused it is told of again when the key changes, and not at every pane end.
            let hasFullTable = model.pipeline.stages.contains { stage in
                if case .table = stage.kind { stage.ceiling != nil } else { false }
            }
            if hasFullTable { continue }
            var changes = Oracle.run(model.pipeline, model.log, model.options)
            var every = Oracle.run(model.pipeline, model.log, model.options, everyPane: true)
            // A key that does not change is not looked at, and its alert says nothing of what its group lacks since.
            for index in changes.alerts.indices { changes.alerts[index].isSaturated = false }
            for index in every.alerts.indices { every.alerts[index].isSaturated = false }
            #expect(changes.alerts == every.alerts && changes.lines == every.lines, "seed \(seed)")
            #expect(changes.credits == every.credits && changes.fates == every.fates, "seed \(seed)")
            compared += 1
        }
        #expect(compared > 100)
    }

    /// What is never generated is never compared.
    @Test func everything_in_expressions_is_generated() {
        var texts = ""
        for seed in 0..<600 as Range<UInt64> { texts += ModelCase(seed: seed).pipeline.text }
        let pieces =
            ["? (", "size(", ".lowerAscii()", "duration(", "timestamp(", "\"+05:30\"", " in ["]
            + ModelExpression.Search.allCases.map { ".\($0.rawValue)(" }
            + ModelExpression.Part.allCases.map { "ts.\($0.rawValue)(" }
            + ModelExpression.Macro.allCases.map { ".\($0.rawValue)(element, " }
        for piece in pieces { #expect(texts.components(separatedBy: piece).count > 20, "\(piece)") }
    }

    @Test func invariants_hold_of_the_oracle() {
        for seed in 0..<300 as Range<UInt64> {
            let model = ModelCase(seed: seed)
            #expect(Oracle.run(model.pipeline, model.log, model.options).violations(model) == [], "seed \(seed)")
        }
    }

    /// A conflict needs two records and no stage in particular; without a flush a third must complete their pane.
    @Test func shrinker_keeps_only_what_fails() async throws {
        let fails = { (model: ModelCase) in
            Oracle.run(model.pipeline, model.log, model.options).fates[.conflict] != nil
        }
        let model = try #require(
            (0..<50 as Range<UInt64>).lazy.map(ModelCase.init).first { $0.options.flushes && fails($0) })
        let small = await Shrinker(fails: fails).shrink(model)
        #expect(fails(small))
        #expect(small.log.count == 2)
        #expect(small.pipeline.stages.count == 1)
    }

    @Test func durations_are_written_in_the_largest_whole_unit() {
        #expect(ModelPipeline.duration(0) == "0s")
        #expect(ModelPipeline.duration(500) == "500ms")
        #expect(ModelPipeline.duration(90_000) == "90s")
        #expect(ModelPipeline.duration(3_600_000) == "1h")
        #expect(ModelPipeline.duration(30 * 86_400_000) == "30d")
    }
}
