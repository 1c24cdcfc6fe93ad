import Engine
import Pipelines

/// The pipeline of a world, and what reloads can change of it.
struct WorldPipeline: Sendable {
    /// The thresholds that reloads change, each with the values that they take.
    let tunings: [(name: String, values: [Int])]
    /// The stages whose mode reloads change.
    let stages: [String]
    /// Those of them that begin in shadow.
    let shadow: Set<String>
    /// The threshold that a data file overrides for single merchants, behind its stage.
    let overridden: String
    /// The text of the file with some stages in shadow.
    let text: @Sendable (_ shadow: Set<String>) -> String

    /// The pipeline with some thresholds given beside its file, some stages in shadow, and some rows in its data files.
    func load(
        overrides: [String] = [], shadow: Set<String>, rows: SimulatedPipeline.Rows = .init()
    ) throws(DaemonError) -> Pipeline {
        let loaded = PipelineLoader.load(
            text: text(shadow), file: "world.yaml", overrides: overrides.compactMap { ThresholdOverride(argument: $0) },
            data: DataFiles(rows.files(overriding: overridden)))
        switch loaded {
        case .success(let pipeline): return pipeline
        case .failure(let diagnostics):
            throw DaemonError(.stop, "the simulation's own pipeline is wrong: \(diagnostics)")
        }
    }

    /// The pipeline that has every part of the core in it.
    static func standard(isRepartitioned: Bool) -> WorldPipeline {
        WorldPipeline(
            tunings: SimulatedPipeline.tunings, stages: SimulatedPipeline.stages, shadow: SimulatedPipeline.shadow,
            overridden: SimulatedPipeline.overridden,
            text: { SimulatedPipeline.text(shadow: $0, isRepartitioned: isRepartitioned) })
    }

    /// A pipeline drawn from the whole language; what the loader refuses is drawn again.
    static func drawn(_ random: Random, isRepartitioned: Bool) -> WorldPipeline {
        for attempt in 0..<100 {
            var drawing = PipelineDrawing(random.fork("pipeline \(attempt)"), isRepartitioned: isRepartitioned)
            guard let drawn = drawing.pipeline(), (try? drawn.load(shadow: drawn.shadow)) != nil else { continue }
            return drawn
        }
        return standard(isRepartitioned: isRepartitioned)
    }
}
