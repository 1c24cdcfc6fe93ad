internal import FoundationEssentials
public import Pipelines
internal import RampartCore

/// A pipeline as it is put in force: the text of its file, the data files that it names, and the thresholds given beside it.
///
/// The texts travel whole, in the control log too, so that a replay needs nobody's old files.
public struct PipelineSettings: Codable, Hashable, Sendable {
    /// The text of the pipeline file.
    public var text: String
    /// The thresholds given beside it, each as `stage.name=value`.
    public var overrides: [String]
    /// The data files that the text names; bounded by the loader, so that all fits into one message.
    public var files: [DataFile]
    /// The revision that they make together.
    public var revision: String
    /// The hash of what no reload can change.
    public var graph: String

    /// Takes the settings of a loaded pipeline.
    public init(_ pipeline: Pipeline, overrides: [ThresholdOverride]) {
        text = pipeline.text
        self.overrides = overrides.map(\.rendered)
        files = pipeline.files
        revision = pipeline.topology.revision
        graph = pipeline.topology.graph
    }

    /// Loads the pipeline again.
    public func load() throws(DaemonError) -> Pipeline {
        let loaded = PipelineLoader.load(
            text: text, file: "pipeline \(revision)",
            overrides: overrides.compactMap { ThresholdOverride(argument: $0) }, data: DataFiles(files))
        switch loaded {
        case .success(let pipeline): return pipeline
        case .failure(let diagnostics):
            throw DaemonError(
                .stop,
                "the pipeline of revision \(revision), as the control log has it, cannot be loaded: \(diagnostics)")
        }
    }
}

extension PipelineSettings {
    private enum CodingKeys: String, CodingKey {
        case text, overrides, files, revision, graph
    }

    /// Reads settings; those from before there were data files have none.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        text = try values.decode(String.self, forKey: .text)
        overrides = try values.decode([String].self, forKey: .overrides)
        files = try values.decodeIfPresent([DataFile].self, forKey: .files) ?? []
        revision = try values.decode(String.self, forKey: .revision)
        graph = try values.decode(String.self, forKey: .graph)
    }

    /// Writes settings; where there are no data files, in the form from before there were.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(text, forKey: .text)
        try values.encode(overrides, forKey: .overrides)
        if !files.isEmpty { try values.encode(files, forKey: .files) }
        try values.encode(revision, forKey: .revision)
        try values.encode(graph, forKey: .graph)
    }
}
