import Foundation
import Glibc
import Logging

/// How and how much is logged.
struct LogSettings: Hashable {
    /// The form of a line.
    enum Format: String {
        case auto, text, json
    }

    /// The least important level that is logged.
    enum Level: String {
        case debug, info, warning, error

        var level: Logger.Level {
            switch self {
            case .debug: .debug
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
        }
    }

    var format = Format.auto
    var level = Level.info

    init() {}

    init(_ values: inout ConfigurationValues) {
        format = values.choice(ConfigurationKeys.logFormat, Format.self) ?? .auto
        level = values.choice(ConfigurationKeys.logLevel, Level.self) ?? .info
    }

    /// A logger of this form, on standard error.
    ///
    /// What is more important than `atMost` is taken for that: a library calls errors what we get over.
    func logger(_ label: String, atMost: Logger.Level = .critical) -> Logger {
        let isText = format == .text || (format == .auto && Console.isTerminal)
        let level = level.level
        return Logger(label: label) { label in
            LineLogHandler(label: label, logLevel: level, levelMax: atMost, isText: isText)
        }
    }
}

/// Writes a line an event to standard error: words for people, or a JSON object for programs.
struct LineLogHandler: LogHandler {
    let label: String
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let levelMax: Logger.Level
    private let isText: Bool

    init(label: String, logLevel: Logger.Level, levelMax: Logger.Level = .critical, isText: Bool) {
        self.label = label
        self.logLevel = logLevel
        self.levelMax = levelMax
        self.isText = isText
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let values = metadata.merging(event.metadata ?? [:]) { _, new in new }
            .map { (key: $0.key, value: "\($0.value)") }.sorted { $0.key < $1.key }
        let time = Self.time()
        let level = min(event.level, levelMax)
        guard level >= logLevel else { return }
        Console.error(
            isText
                ? Self.text(time, level, "\(event.message)", values)
                : Self.json(time, level, label, "\(event.message)", values))
    }

    /// `12:00:01 warning  what happened (key=value)`
    static func text(
        _ time: String, _ level: Logger.Level, _ message: String, _ values: [(key: String, value: String)]
    ) -> String {
        let word = level.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
        let pairs = values.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        let clock = time.dropFirst(11).prefix(8)
        return ("\(clock) \(word) \(message)" + (pairs.isEmpty ? "" : " (\(pairs))")).printable
    }

    /// One object, its members in a fixed order.
    static func json(
        _ time: String, _ level: Logger.Level, _ label: String, _ message: String,
        _ values: [(key: String, value: String)]
    ) -> String {
        let members = [("time", time), ("level", level.rawValue), ("logger", label), ("message", message)]
        return "{" + (members + values).map { "\(quoted($0)):\(quoted($1))" }.joined(separator: ",") + "}"
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case let scalar
            where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
                || scalar.value == 0x2028 || scalar.value == 0x2029:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    private static func time() -> String {
        Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
