/// The time of a simulation, in milliseconds since 1970; it moves only when told.
public struct VirtualClock: Sendable {
    /// What it shows.
    public private(set) var now: Int64

    /// Starts at a moment.
    public init(startingAt now: Int64) { self.now = now }

    /// Lets time pass.
    public mutating func advance(by milliseconds: Int64) { now += milliseconds }
}
