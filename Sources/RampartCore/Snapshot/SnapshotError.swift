/// Why a snapshot or a promise cannot be read: its bytes are damaged, or of another version or graph.
///
/// Trying again does not help; an older snapshot, or none, does.
public struct SnapshotError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, for a person.
    public var message: String

    /// Creates an error.
    public init(_ message: String) { self.message = message }

    /// What is wrong.
    public var description: String { message }
}
