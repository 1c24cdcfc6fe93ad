/// Decides, draw by draw, whether a fault strikes now; storms and calms alternate.
struct FaultInjector {
    private(set) var plan: FaultPlan
    private var calls: Random
    private var deliveries: Random
    private var fetches: Random
    private var news: Random
    private var markers: Random
    private var disks: Random
    private var upheavals: Random
    private var weather: Random
    private var isStormy = true
    private var weatherEnd: Int64
    /// When the next upheaval is due; never, if there are none.
    private(set) var upheavalDue = Int64.max

    init(plan: FaultPlan, random: Random, now: Int64) {
        precondition(plan.upheavals.gap?.lowerBound ?? 1 > 0, "upheavals without time between them never end")
        self.plan = plan
        calls = random.fork("call faults")
        deliveries = random.fork("delivery faults")
        fetches = random.fork("fetch delays")
        news = random.fork("early generations")
        markers = random.fork("marker delays")
        disks = random.fork("disk faults")
        upheavals = random.fork("upheavals")
        weather = random.fork("weather")
        weatherEnd = now
        scheduleUpheaval(after: now)
    }

    /// Ends all faults for good: from here on, everything must come to rest.
    mutating func end() {
        plan = .none
        upheavalDue = .max
    }

    mutating func failsCall(at now: Int64) -> Bool { strikes(now) && calls.chance(plan.callFailure) }

    mutating func losesAnswer(at now: Int64) -> Bool { strikes(now) && calls.chance(plan.answerLoss) }

    /// How many of some records arrive before the rest are lost; nil if all do.
    mutating func delivered(of count: Int, at now: Int64) -> Int? {
        guard count > 0, strikes(now), deliveries.chance(plan.deliveryFailure) else { return nil }
        return deliveries.below(count)
    }

    mutating func tellsGenerationEarly() -> Bool { news.chance(plan.earlyGeneration) }

    /// How long a fetch will see nothing newer than it does now.
    mutating func fetchDelay(at now: Int64) -> Int64 {
        strikes(now) && fetches.chance(plan.fetchDelay) ? fetches.range(1...plan.fetchDelayMax) : 0
    }

    /// How long after the decision a marker is written.
    mutating func markerDelay(at now: Int64) -> Int64 {
        strikes(now) && markers.chance(plan.markerDelay) ? markers.range(1...plan.markerDelayMax) : 0
    }

    /// What goes wrong with a checkpoint store, and how often.
    enum Disk {
        case saveFailure, tornWrite, staleStore, lostStore
    }

    mutating func failsDisk(_ fault: Disk, at now: Int64) -> Bool {
        guard strikes(now) else { return false }
        return switch fault {
        case .saveFailure: disks.chance(plan.saveFailure)
        case .tornWrite: disks.chance(plan.tornWrite)
        case .staleStore: disks.chance(plan.staleStore)
        case .lostStore: disks.chance(plan.lostStore)
        }
    }

    /// How many of some checkpoints vanish, at least one.
    mutating func vanished(of count: Int) -> Int { disks.range(1...count) }

    /// Something that befalls the whole cluster.
    enum Upheaval: Hashable {
        case rebalance
        case eviction(draw: Int)
        case transactionTimeout(draw: Int)
        case coordinatorLoss(Int64)
        case brokerRestart(Int64)
    }

    /// Draws the upheaval that is due, and when the next one will be.
    mutating func upheaval(at now: Int64) -> Upheaval? {
        scheduleUpheaval(after: now)
        guard strikes(now) else { return nil }
        let shares = plan.upheavals
        let kinds: [(Int, Upheaval)] = [
            (shares.rebalance, .rebalance),
            (shares.eviction, .eviction(draw: upheavals.below(1 << 20))),
            (shares.transactionTimeout, .transactionTimeout(draw: upheavals.below(1 << 20))),
            (shares.coordinatorLoss, .coordinatorLoss(upheavals.range(shares.outage))),
            (shares.brokerRestart, .brokerRestart(upheavals.range(shares.outage))),
        ]
        let total = kinds.reduce(0) { $0 + $1.0 }
        guard total > 0 else { return nil }
        var draw = upheavals.below(total)
        for (share, kind) in kinds {
            if draw < share { return kind }
            draw -= share
        }
        return nil
    }

    private mutating func scheduleUpheaval(after now: Int64) {
        upheavalDue = plan.upheavals.gap.map { now + upheavals.range($0) } ?? .max
    }

    /// Whether it is not calm now.
    private mutating func strikes(_ now: Int64) -> Bool {
        guard let calm = plan.calm else { return true }
        while now >= weatherEnd {
            isStormy.toggle()
            weatherEnd = max(weatherEnd, now - plan.storm.upperBound) + weather.range(isStormy ? plan.storm : calm)
        }
        return isStormy
    }
}
