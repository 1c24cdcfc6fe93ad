/// A change of what was said to the world: a record of the task's compacted changelog.
public struct PromiseChange: Hashable, Sendable {
    /// What the promise is about; two changes of one promise have one key.
    public var key: [UInt8]
    /// The promise as it stands now; nil where it was forgotten.
    public var value: [UInt8]?

    /// Creates a change.
    public init(key: [UInt8], value: [UInt8]?) {
        self.key = key
        self.value = value
    }
}
