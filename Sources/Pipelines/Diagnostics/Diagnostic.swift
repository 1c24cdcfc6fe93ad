/// Something found in a pipeline file, with its place and the mend.
public struct Diagnostic: Hashable, Sendable {
    /// Whether the pipeline can run nevertheless.
    public enum Severity: String, Hashable, Sendable {
        case error, warning
    }

    /// Whether the pipeline can run nevertheless.
    public var severity: Severity
    /// The file as it was named to the loader, or `--set` for a threshold given beside it.
    public var file: String
    /// The line, from 1; 0 where the place has no lines, as in `--set`.
    public var line: Int
    /// The column in Unicode scalars, from 1.
    public var column: Int
    /// What was found, and what was expected.
    public var message: String
    /// The mend: what to write instead.
    public var suggestion: String?

    /// Creates a diagnostic.
    public init(
        severity: Severity, file: String, line: Int, column: Int, message: String, suggestion: String? = nil
    ) {
        self.severity = severity
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.suggestion = suggestion
    }

    /// The line that a person reads: `file:line:column: error: what was found (the mend)`.
    public var rendered: String {
        let place = line > 0 ? "\(file):\(line):\(column)" : file
        let mend = suggestion.map { " (\($0))" } ?? ""
        return "\(place): \(severity.rawValue): \(message)\(mend)"
    }
}

/// All errors of a pipeline file at once, in the order of their places.
public struct Diagnostics: Error, Hashable, Sendable, CustomStringConvertible {
    /// The errors, and the warnings found beside them; at least one error.
    public var all: [Diagnostic]

    /// Creates the diagnostics of one load.
    public init(_ all: [Diagnostic]) { self.all = all }

    /// Those that stop the pipeline.
    public var errors: [Diagnostic] { all.filter { $0.severity == .error } }

    /// One diagnostic a line.
    public var description: String { all.map(\.rendered).joined(separator: "\n") }
}
