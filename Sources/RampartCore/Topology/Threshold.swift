/// A named bound of a stage, from `tune:`.
public struct Threshold: Hashable, Sendable {
    /// A threshold's value: an integer or a decimal, as written in the file.
    public enum Value: Hashable, Sendable {
        case integer(Int64)
        case double(Double)
    }

    /// The name used in `when`, in `--set` and in an alert.
    public var name: String
    /// The value in force.
    public var value: Value
    /// The smallest value allowed, if bounded.
    public var minimum: Value?
    /// The largest value allowed, if bounded.
    public var maximum: Value?

    /// Creates a threshold.
    public init(name: String, value: Value, minimum: Value? = nil, maximum: Value? = nil) {
        self.name = name
        self.value = value
        self.minimum = minimum
        self.maximum = maximum
    }
}
