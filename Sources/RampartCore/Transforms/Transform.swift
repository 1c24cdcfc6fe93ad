/// A kind of stage that takes events and passes events on; a value of it is one such stage.
///
/// A kind is declared in one file: what its settings are called, what they are, and what it does with events. From that the
/// pipeline file is read and checked, the revision is made and the reference is written. `Transforms.all` lists the kinds.
public protocol Transform: Sendable {
    /// The value of `kind:`.
    static var kind: String { get }
    /// What stages of the kind do, in a few words.
    static var summary: String { get }
    /// The settings beside `from` and `tune`, in the order of the reference.
    static var settings: [TransformSetting] { get }

    /// Whether stages of the kind keep something, and so have a ceiling.
    static var keepsState: Bool { get }
    /// What stages of the kind attach whatever their settings.
    static var facts: [AttachedColumn.Content] { get }

    /// Makes a stage of settings that fit `settings`.
    init(_ values: TransformValues)

    /// The settings of the stage.
    var values: TransformValues { get }
}

extension Transform {
    /// Most kinds keep nothing.
    public static var keepsState: Bool { false }
    /// Most kinds attach what a setting says, or nothing.
    public static var facts: [AttachedColumn.Content] { [] }
}

/// A transform that has a state of its own, and may attach values to the events that it passes on.
protocol StatefulTransform: Transform {
    /// How long after an event its absence can change what is attached to another.
    var memory: EventSpan { get }
    /// What it keeps about a key group's events.
    func makeState(_ context: TransformContext) -> any TransformState
}

/// What a transform's state is made for.
struct TransformContext {
    /// The index of the stage.
    var stage: Int
    /// The graph.
    var topology: Topology
    /// Hashes what in-memory tables are asked for.
    var hash: KeyedHash
}

/// What a stateful transform knows of one key group's events: facts, that follow from the input.
protocol TransformState: SnapshotPart, Sendable {
    /// Takes an event of the side inputs; those of a pane come in canonical order, before the pane's first that passes.
    mutating func take(_ row: Int, of batch: EventBatch) -> TransformVerdict
    /// Takes what a key of the window of the settings has come to, at a pane end of that.
    mutating func note(_ finding: TableFinding) -> TransformVerdict
    /// Notes where in the window a live key stands, after both were read again.
    mutating func link(_ slot: Int, key: [UInt8])
    /// Passes an event on, with what is attached to it, or does not; events come in canonical order.
    mutating func pass(_ row: Int, of batch: inout EventBatch) -> TransformVerdict
    /// Puts another ceiling in force; what was taken stays.
    mutating func adopt(_ ceiling: Ceiling)
    /// Forgets what no event from a moment on can ask for; called before a pane's first event.
    mutating func forget(before time: EventTime)
    /// The most keys that were known at once.
    var keyCountMax: Int { get }
    /// Bytes held.
    var byteCount: Int { get }
}

/// What a key of a window has come to at a pane end.
struct TableFinding {
    /// The key's place in the window.
    var slot: Int
    /// The key, where there is a finding.
    var key: [UInt8]?
    /// The pane end.
    var paneEnd: EventTime
    /// How often the window is evaluated.
    var every: EventSpan
    /// Whether the key group lacks something that may have counted (R22).
    var isDoubtful: Bool
}

extension TransformState {
    /// Most kinds look at events alone.
    mutating func note(_ finding: TableFinding) -> TransformVerdict { .passed }
    /// Most kinds look at events alone.
    mutating func link(_ slot: Int, key: [UInt8]) {}
}

/// What a transform made of an event.
enum TransformVerdict: Hashable {
    /// It was taken, or goes on.
    case passed
    /// It goes on with nothing attached, for nothing was found.
    case unmatched
    /// It goes on with something attached that may be wrong, for something was missing when it was found (R22).
    case doubted
    /// It lacks a field of the key, and was not taken.
    case unkeyed
    /// It did not fit under the ceiling, and was not taken (R22).
    case refused
}
