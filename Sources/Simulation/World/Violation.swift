/// A promise of the system that a simulation saw broken.
public struct Violation: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was broken, and the first place where it shows.
    public var message: String

    /// Names what was broken.
    public init(_ message: String) { self.message = message }

    /// The message.
    public var description: String { message }
}
