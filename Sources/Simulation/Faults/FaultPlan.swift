/// Which faults a run has and how often; drawn from its seed. Times are milliseconds of virtual time.
///
/// Each seed has some kinds of fault off and the rest at rates that differ widely (swarm testing: Groce and others,
/// 2012), since one fault that is always there hides what another would show.
public struct FaultPlan: Hashable, Sendable {
    /// Something that befalls the whole cluster or group, with its share among such events.
    public struct Upheavals: Hashable, Sendable {
        /// The time from one to the next; nil for none at all.
        public var gap: ClosedRange<Int64>?
        /// The share of rebalances for no reason.
        public var rebalance = 1
        /// The share of members that are evicted though they are well.
        public var eviction = 1
        /// The share of transactions that are timed out early.
        public var transactionTimeout = 1
        /// The share of coordinators that go away for a while.
        public var coordinatorLoss = 1
        /// The share of broker restarts, which lose nothing.
        public var brokerRestart = 1
        /// How long a coordinator or broker is away.
        public var outage: ClosedRange<Int64> = 100...3_000

        /// None, with equal shares.
        public init() {}
    }

    /// Calls that fail before they take effect.
    public var callFailure = Ratio.never
    /// Calls that take effect and whose answer is lost.
    public var answerLoss = Ratio.never
    /// Calls of `produce` whose records are lost on the way, which shows at the commit.
    public var deliveryFailure = Ratio.never
    /// Calls during which the client hears of a new generation before its worker is told by a poll.
    public var earlyGeneration = Ratio.never
    /// Fetches that see nothing newer for a while.
    public var fetchDelay = Ratio.never
    /// The longest such while.
    public var fetchDelayMax: Int64 = 2_000
    /// Markers that are written later than their transaction was decided.
    public var markerDelay = Ratio.never
    /// How much later at most.
    public var markerDelayMax: Int64 = 2_000
    /// What befalls the whole cluster.
    public var upheavals = Upheavals()
    /// Checkpoints that cannot be saved.
    public var saveFailure = Ratio.never
    /// Checkpoints that seem saved, and are not there after a crash of the machine.
    public var tornWrite = Ratio.never
    /// Times at which a machine's newest checkpoints are gone.
    public var staleStore = Ratio.never
    /// Times at which a machine's checkpoints are all gone.
    public var lostStore = Ratio.never
    /// How long faults last before a calm.
    public var storm: ClosedRange<Int64> = 1_000...20_000
    /// How long a calm lasts; nil for none.
    public var calm: ClosedRange<Int64>?

    /// No faults.
    public init() {}

    /// No faults.
    public static let none = FaultPlan()

    /// The plan of a seed.
    public init(seed: UInt64) {
        var random = Random(seed: seed).fork("fault plan")
        callFailure = Self.rate(&random)
        answerLoss = Self.rate(&random)
        deliveryFailure = Self.rate(&random)
        earlyGeneration = Ratio(random.below(3), in: 2)
        fetchDelay = Self.rate(&random)
        fetchDelayMax = random.range(1...5_000)
        markerDelay = Self.rate(&random)
        markerDelayMax = random.range(1...5_000)
        if random.chance(3, in: 4) {
            let shortest = random.pick([500, 2_000, 8_000] as [Int64])
            upheavals.gap = shortest...shortest * 4
            upheavals.rebalance = random.below(4)
            upheavals.eviction = random.below(4)
            upheavals.transactionTimeout = random.below(4)
            upheavals.coordinatorLoss = random.below(4)
            upheavals.brokerRestart = random.below(4)
            upheavals.outage = 1...random.pick([200, 2_000, 15_000] as [Int64])
        }
        saveFailure = Self.rate(&random)
        tornWrite = Self.rate(&random)
        staleStore = Self.rate(&random)
        lostStore = Self.rate(&random)
        if random.chance(3, in: 4) { calm = 1_000...random.pick([5_000, 30_000] as [Int64]) }
    }

    /// Off in two cases of five, and else from one in five hundred to one in four.
    private static func rate(_ random: inout Random) -> Ratio {
        guard random.chance(3, in: 5) else { return .never }
        return Ratio(1, in: random.pick([4, 10, 30, 100, 500]))
    }
}
