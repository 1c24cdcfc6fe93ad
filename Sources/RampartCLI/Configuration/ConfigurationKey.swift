import RampartCore

/// One thing that can be configured: its name in files, flags and the environment, its values and its default.
struct ConfigurationKey: Hashable, Sendable {
    /// What values a key takes.
    enum Kind: Hashable, Sendable {
        /// Any text that is not empty.
        case text
        /// The name of a file or folder.
        case path
        /// A text that is never printed, and is taken from the environment alone.
        case secret
        /// One of some words.
        case choice([String])
        /// `true` or `false`.
        case boolean
        /// A whole number.
        case count(ClosedRange<Int>)
        /// A span of time, in milliseconds.
        case duration(ClosedRange<Int64>)
        /// A size, in bytes.
        case size(ClosedRange<Int>)
    }

    /// The name in the file; `-` for `_` in flags, and `RAMPART_` before its capitals in the environment.
    let name: String
    let kind: Kind
    /// The value where none is given, as it would be written; nil where there is none.
    let fallback: String?
    /// What it is for, in a few words.
    let summary: String

    init(_ name: String, _ kind: Kind, _ fallback: String? = nil, _ summary: String) {
        self.name = name
        self.kind = kind
        self.fallback = fallback
        self.summary = summary
    }

    /// The flag that sets it; nil for secrets, since anyone can read the arguments of a process.
    var flag: String? { kind == .secret ? nil : "--" + name.replacing("_", with: "-") }
    /// The environment variable that sets it.
    var variable: String { "RAMPART_" + name.uppercased() }
    /// Whether a file may hold it.
    var isInFile: Bool { kind != .secret }

    /// The values that it takes, in words.
    var values: String {
        switch kind {
        case .text: "text"
        case .path: "path"
        case .secret: "secret text"
        case .choice(let words): words.joined(separator: ", ")
        case .boolean: "true, false"
        case .count(let range): "\(range.lowerBound) to \(range.upperBound)"
        case .duration(let range): "\(Self.span(range.lowerBound)) to \(Self.span(range.upperBound))"
        case .size(let range): "\(Self.size(range.lowerBound)) to \(Self.size(range.upperBound))"
        }
    }

    private static func span(_ milliseconds: Int64) -> String {
        let units: [(String, Int64)] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)]
        for (unit, length) in units where milliseconds > 0 && milliseconds % length == 0 {
            return "\(milliseconds / length)\(unit)"
        }
        return milliseconds == 0 ? "0s" : "\(milliseconds)ms"
    }

    private static func size(_ bytes: Int) -> String {
        for (unit, shift) in ByteSize.units where bytes >= 1 << shift && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(unit)"
        }
        return "\(bytes)"
    }
}

/// A number of bytes as people write it: `64MiB`, `512KiB`, `1000`.
enum ByteSize {
    static let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)]

    static func bytes(_ text: String) -> Int? {
        for (unit, shift) in units where text.hasSuffix(unit) {
            guard let count = Int(text.dropLast(unit.count)), count >= 0 else { return nil }
            let (bytes, isTooLarge) = count.multipliedReportingOverflow(by: 1 << shift)
            return isTooLarge ? nil : bytes
        }
        return Int(text)
    }
}
