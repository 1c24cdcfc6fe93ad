/// Stages whose state is dealt out by the same key, and which one task therefore runs together (R22).
///
/// The first is the *main* one: its events lie where the sources' `partitioned_by` puts them, or are dealt out by that as they
/// are read. Any other receives its events through an exchange, dealt out anew by its own key.
public struct Subgraph: Hashable, Sendable {
    /// The index of the main one.
    public static let main = 0

    /// What topics and diagrams call it; unlike all others of the topology.
    public var name: String
    /// The fields by whose values events are dealt out; empty for the main one.
    public var key: [Field]
    /// The subgraph whose events it receives, which stands before it.
    public var upstream: Int

    /// Creates a subgraph that an exchange feeds.
    public init(name: String, key: [Field], upstream: Int) {
        self.name = name
        self.key = key
        self.upstream = upstream
    }

    /// The main one.
    public static let mainOne = Subgraph(name: "main", key: [], upstream: main)
}
