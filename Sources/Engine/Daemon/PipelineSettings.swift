internal import FoundationEssentials
public import Pipelines
internal import RampartCore

/// A pipeline as it is put in force: the text of its file and the thresholds given beside it.
///
/// The text travels whole, in the control log too, so that a replay needs nobody's old files.
public struct PipelineSettings: Codable, Hashable, Sendable {
    /// The text of the pipeline file.
    public var text: String
    /// The thresholds given beside it, each as `stage.name=value`.
    public var overrides: [String]
    /// The revision that they make together.
    public var revision: String
    /// The hash of what no reload can change.
    public var graph: String

    /// Takes the settings of a loaded pipeline.
    public init(_ pipeline: Pipeline, overrides: [ThresholdOverride]) {
        text = pipeline.text
        self.overrides = overrides.map(\.rendered)
        revision = pipeline.topology.revision
        graph = pipeline.topology.graph
    }

    /// Loads the pipeline again.
    public func load() throws(DaemonError) -> Pipeline {
        let loaded = PipelineLoader.load(
            text: text, file: "pipeline \(revision)",
            overrides: overrides.compactMap { ThresholdOverride(argument: $0) })
        switch loaded {
        case .success(let pipeline): return pipeline
        case .failure(let diagnostics):
            throw DaemonError(
                .stop,
                "the pipeline of revision \(revision), as the control log has it, cannot be loaded: \(diagnostics)")
        }
    }
}
