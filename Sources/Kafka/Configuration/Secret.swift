/// A value that is handed to the client library and never printed.
public struct Secret: Hashable, Sendable {
    /// The value itself, for the one place that needs it.
    let value: String

    /// Keeps a value from being printed.
    public init(_ value: String) { self.value = value }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<hidden>`.
    public var description: String { "<hidden>" }
    /// Always `<hidden>`.
    public var debugDescription: String { description }
    /// Shows nothing to `dump` either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension Secret: ExpressibleByStringLiteral {
    /// Keeps a literal from being printed.
    public init(stringLiteral value: String) { self.init(value) }
}
