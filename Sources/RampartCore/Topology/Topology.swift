/// The validated, immutable graph of one pipeline: what the core runs.
///
/// Only the pipeline loader makes one from a file; it guarantees what the comments here call required.
public struct Topology: Sendable {
    /// The value of `pipeline:`, the root of all ids (R24, R26).
    public var family: String
    /// Hash of the canonical settings, thresholds included.
    public var revision: String
    /// Hash of the settings that no reload can change: those that give state its shape and records their meaning.
    public var graph: String
    /// The fields that events keep.
    public var layout: EventLayout
    /// The sources in file order; at most `UInt16.max`.
    public var sources: [Source]
    /// The stages in file order, which is the order of their rows and of claims (R27, R35).
    public var stages: [Stage]
    /// Indices of `stages` so that each comes after the stages it reads.
    public var evaluationOrder: [Int]
    /// The subgraphs, the main one first, each behind the one that it receives events from.
    public var subgraphs: [Subgraph]
    /// The greatest common divisor of every window's `every` (R12); one minute where there is no window.
    public var basePane: EventSpan
    /// What the ledger does with claimed lines.
    public var ledger: LedgerPolicy

    /// Creates a topology; the loader has checked it.
    public init(
        family: String, revision: String, graph: String = "", layout: EventLayout, sources: [Source],
        stages: [Stage], evaluationOrder: [Int], subgraphs: [Subgraph] = [.mainOne], basePane: EventSpan,
        ledger: LedgerPolicy
    ) {
        self.family = family
        self.revision = revision
        self.graph = graph
        self.layout = layout
        self.sources = sources
        self.stages = stages
        self.evaluationOrder = evaluationOrder
        self.subgraphs = subgraphs
        self.basePane = basePane
        self.ledger = ledger
    }
}

extension Topology {
    /// Whether events are dealt out by merchant before anything is done with them; then all sources are.
    public var isRepartitioned: Bool { sources.contains(where: \.isRepartitioned) }

    /// The subgraphs that receive their events through an exchange.
    public var exchanged: [Int] { (isRepartitioned ? [Subgraph.main] : []) + subgraphs.indices.dropFirst() }

    /// Whether what a stage reads comes to it through an exchange.
    public func isExchanged(_ stage: Stage) -> Bool {
        (stage.inputs + stage.sideInputs).contains { input in
            switch input {
            case .source: stage.subgraph != Subgraph.main
            case .stage(let other): stages[other].subgraph != stage.subgraph
            }
        }
    }
}

/// A node of the graph between sources and sinks.
public struct Stage: Sendable {
    /// Where a stage's events come from.
    public enum Input: Hashable, Sendable {
        case source(Int)
        case stage(Int)
    }

    /// Whether a stage speaks to the world; a reload can change it.
    public enum Mode: String, CaseIterable, Hashable, Sendable {
        case live
        /// Computed and measured like a live one, but its alerts go to the shadow output, and it claims no money.
        case shadow
    }

    /// What a stage does.
    public enum Kind: Sendable {
        /// Passes events on.
        case transform(any Transform)
        /// Makes findings.
        case window(Window)
        /// Gathers the alerts of window stages.
        case incident(Incident)
    }

    /// The name in the pipeline file.
    public var name: String
    /// What it reads: sources and transforms, by index; side inputs apart. An incident names windows.
    public var inputs: [Input]
    /// The thresholds of `tune:`, in file order.
    public var thresholds: [Threshold]
    /// What it does.
    public var kind: Kind
    /// Whether its findings are told to the world; what has none is live.
    public var mode: Mode
    /// The index of the subgraph that runs it.
    public var subgraph: Int
    /// What it may keep in each key group, if it keeps anything.
    public var ceiling = Ceiling.standard
    /// The tables whose keys a window lets pass by.
    public var allowLists: [AllowList] = []
    /// What data files say about single merchants.
    public var exceptions = StageExceptions()

    /// Whether it passes events on.
    public var isTransform: Bool {
        if case .transform = kind { true } else { false }
    }

    /// What it reads before anything that `inputs` give (R21).
    public var sideInputs: [Input] {
        if case .transform(let transform) = kind { transform.values.sideInputs } else { [] }
    }

    /// Creates a stage.
    public init(
        name: String, inputs: [Input], thresholds: [Threshold], kind: Kind, mode: Mode = .live,
        subgraph: Int = Subgraph.main
    ) {
        self.name = name
        self.inputs = inputs
        self.thresholds = thresholds
        self.kind = kind
        self.mode = mode
        self.subgraph = subgraph
    }
}

/// The `window` kind: keyed measures over a sliding or tumbling window, and a condition that makes a finding.
public struct Window: Sendable {
    /// The fields of the key, in file order.
    public var key: [Field]
    /// The window's length; a whole number of `every`.
    public var size: EventSpan
    /// How often the window is evaluated, and the length of its panes.
    public var every: EventSpan
    /// What is measured, in file order.
    public var measures: [Measure]
    /// The condition over measures and thresholds.
    public var condition: Program
    /// The score of the condition (R20).
    public var score: Program
    /// Indices of the measures that the condition names (R24).
    public var conditionMeasures: [Int]
    /// How findings become alerts.
    public var alert: AlertPolicy
    /// What a finding claims, if it moves money.
    public var credit: CreditPolicy?

    /// Creates a window.
    public init(
        key: [Field], size: EventSpan, every: EventSpan, measures: [Measure], condition: Program, score: Program,
        conditionMeasures: [Int], alert: AlertPolicy, credit: CreditPolicy?
    ) {
        self.key = key
        self.size = size
        self.every = every
        self.measures = measures
        self.condition = condition
        self.score = score
        self.conditionMeasures = conditionMeasures
        self.alert = alert
        self.credit = credit
    }
}

/// One measure of a window (R18).
public struct Measure: Sendable {
    /// How the values of a window's events become one number.
    public enum Function: String, CaseIterable, Hashable, Sendable {
        case count, sum, min, max, avg, distinct
    }

    /// The name used in `when` and in alerts.
    public var name: String
    /// How values are combined.
    public var function: Function
    /// The field measured; nil for `count` only.
    public var field: Field?
    /// Which events are measured; all of them where nil.
    public var condition: Program?

    /// Creates a measure.
    public init(name: String, function: Function, field: Field?, condition: Program?) {
        self.name = name
        self.function = function
        self.field = field
        self.condition = condition
    }

    /// Whether the measure has one value per currency.
    @inlinable
    public var isMoney: Bool { field?.kind == .money && function != .distinct && function != .count }
}

/// How a stage's findings become alerts (R24).
public struct AlertPolicy: Sendable {
    /// How urgent an alert is.
    public enum Severity: String, CaseIterable, Hashable, Sendable {
        case low, medium, high, critical
    }

    /// How urgent the alerts of the stage are.
    public var severity: Severity
    /// How long without a finding until an alert closes; a whole number of `every`.
    public var closeAfter: EventSpan
    /// The words of the alert; nil for the words that the core makes from measures and key.
    public var message: [MessagePart]?

    /// Creates a policy.
    public init(severity: Severity, closeAfter: EventSpan, message: [MessagePart]? = nil) {
        self.severity = severity
        self.closeAfter = closeAfter
        self.message = message
    }
}

/// A piece of an alert's message template.
public enum MessagePart: Hashable, Sendable {
    case text(String)
    /// The value of the measure with this index.
    case measure(Int)
    /// The value of the threshold with this index.
    case threshold(Int)
    /// The value of the key field with this index, masked where personal (R38).
    case key(Int)
}

/// What a finding puts into the ledger (R26, R27).
public struct CreditPolicy: Sendable {
    /// The component of the charge that is given back, such as `click_cost`.
    public var component: String
    /// Why, such as `invalid_click`.
    public var reason: String
    /// The money field of the charge.
    public var amount: Field
    /// The event types that are charges.
    public var types: [EventType]

    /// Creates a policy.
    public init(component: String, reason: String, amount: Field, types: [EventType]) {
        self.component = component
        self.reason = reason
        self.amount = amount
        self.types = types
    }
}
