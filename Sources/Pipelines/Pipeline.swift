public import RampartCore

/// A pipeline file, loaded and checked: the graph that the core runs, and what the shells need beside it.
public struct Pipeline: Sendable {
    /// The graph.
    public var topology: Topology
    /// The topic of each source that names one, in the order of the topology's sources.
    public var topics: [String?]
    /// How much later than its record's append time an event may be said to happen (R8).
    public var maxAhead: EventSpan
    /// The sinks that the file names.
    public var sinks: [Sink]
    /// Which sinks of alerts ask for masks (R38); that of shadow does as that of alerts where it does not say.
    public var masks: SinkMasks {
        func mask(_ kind: Sink.Kind) -> Bool? { sinks.first { $0.kind == kind }?.mask }
        let live = mask(.alerts) ?? false
        return SinkMasks(live: live, shadow: mask(.shadow) ?? live)
    }
    /// The tests that the file carries.
    public var tests: [PipelineTest]
    /// What is odd, though it can run.
    public var warnings: [Diagnostic]
    /// The file as it was named to the loader.
    public var file: String
    /// The text of the file, to load it again with other thresholds.
    public var text: String
    /// The data files that it names, in the order of their paths.
    public var files: [DataFile]

    /// How far ahead events may be where the file does not say.
    static let standardMaxAhead = EventSpan.hours(1)
}

/// Where one kind of output goes.
public struct Sink: Hashable, Sendable {
    /// A kind of output.
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        case alerts
        case shadow
        case incidents
        case creditLines = "credit_lines"
        case credits
        case late
        case deadLetters = "dead_letters"

        /// What goes there, in a few words.
        var summary: String {
            switch self {
            case .alerts: "revisions of alerts"
            case .shadow: "revisions of alerts of stages in shadow"
            case .incidents: "revisions of incidents"
            case .creditLines: "claimed lines"
            case .credits: "statements over lines"
            case .late: "late events"
            case .deadLetters: "records set aside"
            }
        }
    }

    /// What goes there.
    public var kind: Kind
    /// The topic that the daemon writes.
    public var topic: String?
    /// Whether personal fields are masked (R38).
    public var mask: Bool
}

/// A threshold given beside the file, as in `--set stage.name=value`.
public struct ThresholdOverride: Hashable, Sendable {
    /// The stage.
    public var stage: String
    /// The threshold of that stage.
    public var threshold: String
    /// The value as it was written.
    public var text: String

    /// Creates an override.
    public init(stage: String, threshold: String, text: String) {
        self.stage = stage
        self.threshold = threshold
        self.text = text
    }

    /// Reads `stage.name=value`; nil where the text has another form.
    public init?(argument: String) {
        let sides = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, let path = Self.path(String(sides[0])) else { return nil }
        self.init(stage: path.stage, threshold: path.threshold, text: String(sides[1]))
    }

    /// The two names of `stage.name`.
    static func path(_ text: String) -> (stage: String, threshold: String)? {
        let names = text.split(separator: ".", omittingEmptySubsequences: false)
        guard names.count == 2, !names[0].isEmpty, !names[1].isEmpty else { return nil }
        return (String(names[0]), String(names[1]))
    }

    /// As it is written on the command line.
    public var rendered: String { "\(stage).\(threshold)=\(text)" }
}
