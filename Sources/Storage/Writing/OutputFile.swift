/// A file of an output folder.
public enum OutputFile: String, CaseIterable, Hashable, Sendable {
    case alerts = "alerts.ndjson"
    case shadow = "shadow.ndjson"
    case incidents = "incidents.ndjson"
    case creditLines = "credit-lines.ndjson"
    case credits = "credits.ndjson"
    case late = "late.ndjson"
    case deadLetters = "dead-letters.ndjson"
    /// Only there where scores were asked for.
    case scores = "scores.ndjson"
    /// Comes last: a folder that has it is complete.
    case summary = "summary.json"

    /// What follows the name of a file until its run is complete.
    public static let partialSuffix = ".partial"

    /// The name while the run goes on.
    public var partialName: String { rawValue + Self.partialSuffix }
}
