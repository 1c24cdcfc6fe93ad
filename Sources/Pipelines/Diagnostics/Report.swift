internal import RampartCore

/// A place in a pipeline file; lines and columns count from 1, columns in Unicode scalars.
struct Position: Comparable, Hashable, Sendable {
    /// The line.
    var line: Int
    /// The column.
    var column: Int

    /// The beginning of the file.
    static let start = Position(line: 1, column: 1)

    static func < (left: Position, right: Position) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// Gathers what is wrong with one file, so that all of it can be told at once.
///
/// A class, because every reader of a part of the file adds to the same report.
final class Report {
    /// The file as it was named to the loader.
    let file: String
    private var found: [Diagnostic] = []
    private var seen: Set<Diagnostic> = []
    private var beside: [Report] = []
    private var counts: [Diagnostic.Severity: Int] = [:]

    /// Whether anything stops the pipeline.
    var hasErrors: Bool { counts[.error] != nil || beside.contains { $0.hasErrors } }

    /// Creates an empty report on a file.
    init(file: String) { self.file = file }

    /// Adds an error: what was found and expected, and the mend.
    func error(
        _ position: Position, _ message: @autoclosure () -> String, _ suggestion: @autoclosure () -> String? = nil
    ) {
        add(.error, file, position, message, suggestion)
    }

    /// Adds a warning, which does not stop the pipeline.
    func warning(
        _ position: Position, _ message: @autoclosure () -> String, _ suggestion: @autoclosure () -> String? = nil
    ) {
        add(.warning, file, position, message, suggestion)
    }

    /// Begins a report on a data file, whose findings come after those of this file.
    func onDataFile(_ file: String) -> Report {
        let report = Report(file: file)
        beside.append(report)
        return report
    }

    /// Adds an error about a threshold that was given beside the file.
    func overrideError(
        _ threshold: ThresholdOverride, _ message: @autoclosure () -> String,
        _ suggestion: @autoclosure () -> String? = nil
    ) {
        add(.error, "--set \(threshold.rendered)", Position(line: 0, column: 0), message, suggestion)
    }

    /// All that was found, in the order of the places.
    var diagnostics: [Diagnostic] {
        // The sort must not shuffle what was found at one place, so the order of finding breaks ties.
        found.enumerated().sorted { left, right in
            (left.element.line, left.element.column, left.offset)
                < (right.element.line, right.element.column, right.offset)
        }.map(\.element) + beside.flatMap(\.diagnostics)
    }

    /// Note: Words are made only for what is told. A file can hold a hundred thousand mistakes, and looking for the
    /// right spelling of each would take minutes.
    private func add(
        _ severity: Diagnostic.Severity, _ file: String, _ position: Position, _ message: () -> String,
        _ suggestion: () -> String?
    ) {
        let count = counts[severity, default: 0]
        counts[severity] = count + 1
        guard count <= FileLimits.diagnostics else { return }
        var diagnostic = Diagnostic(
            severity: severity, file: file, line: position.line, column: position.column, message: "")
        if count == FileLimits.diagnostics {
            diagnostic.message = "there are more than \(count) of these; the others are not told"
        } else {
            diagnostic.message = message()
            diagnostic.suggestion = suggestion()
        }
        // Two readers may meet the same mistake; it is told once.
        if seen.insert(diagnostic).inserted { found.append(diagnostic) }
    }
}

/// The loader's bounds on files that anyone may have written.
enum FileLimits {
    /// The longest file in bytes.
    static let bytes = 1 << 20
    /// Mappings and lists inside each other.
    static let nesting = 32
    /// Errors, and warnings, that one load tells.
    static let diagnostics = 100
    /// The longest name of a pipeline, source, stage, measure or threshold in bytes.
    static let nameBytes = 64
    /// Bytes of what was found that a message quotes.
    static let quotedCharacters = 60
    /// The longest duration: ten years, so that sums of durations and times stay far from the end of 64 bits.
    static let duration = EventSpan.days(3653)
    /// The last element of a list that a path can lead to.
    static let pathIndex = 9999
    /// The most records that one entry of a test repeats.
    static let repetitions: Int64 = 1_000_000
    /// Tables of one pipeline, and allow-lists of one stage.
    static let tables = 16
    /// The bytes of all data files of a pipeline together: a reload has to fit into one message.
    static let dataBytes = 256 << 10
    /// Rows of a data file, its header not counted.
    static let dataRows = 20_000
    /// Columns of a data file.
    static let dataColumns = 32
    /// The longest path of a data file in bytes.
    static let pathBytes = 255
}

/// What was found, quoted for a message, and never longer than a line.
func quoted(_ text: String) -> String {
    let visible = text.unicodeScalars.map { scalar in
        scalar.value < 0x20 || scalar.value == 0x7F ? Character(" ") : Character(scalar)
    }
    let short = visible.prefix(FileLimits.quotedCharacters)
    return "`" + String(short) + (short.count < visible.count ? "…" : "") + "`"
}
