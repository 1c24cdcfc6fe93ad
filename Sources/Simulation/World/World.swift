public import Engine
internal import Pipelines
internal import RampartCore

/// The production engine, some machines and a cluster in virtual time, and everything that can befall them.
///
/// One seed decides all of it. First comes a time in which faults may happen and nothing bad may; then faults end, and
/// everything must come to rest; then the checkers look at what was said to the world.
public final class World {
    /// A worker made wrong on purpose: what is wrapped around its ports.
    public struct Sabotage {
        /// Wraps the broker of a worker.
        public var broker: (any Broker) -> any Broker = { $0 }
        /// Wraps the disk of a machine.
        public var store: (any CheckpointStore) -> any CheckpointStore = { $0 }
        /// Whether the brokers take offsets from members that the group has left behind.
        public var isUnfenced = false

        /// No sabotage.
        public init() {}
    }

    /// Told of every fact, with the time and the worker's place, by whoever looks for a defect.
    public var watch: ((_ time: Int64, _ seat: Int, _ fact: WorkerFact) -> Void)?

    let seed: UInt64
    let settings: WorldSettings
    let cluster: SimulatedCluster
    let topics: DaemonTopics
    private(set) var statistics = WorldStatistics()
    private let sabotage: Sabotage
    private var random: Random
    private var workload: Workload
    private var stores: [SimulatedCheckpointStore] = []
    private var wrappedStores: [any CheckpointStore] = []
    private var seats: [Seat] = []
    /// What runs here, before anybody changes anything.
    let draft: WorldPipeline
    private var pipeline: Pipeline
    private var overrides: [String] = []
    private var shadow: Set<String>
    private var rows = SimulatedPipeline.Rows()
    private var commandCount = 0
    private var failure: Violation?

    /// Makes the world of a seed.
    public init(seed: UInt64, sabotage: Sabotage = Sabotage()) throws {
        self.seed = seed
        self.sabotage = sabotage
        let root = Random(seed: seed)
        let faults = FaultPlan(seed: seed)
        random = root.fork("world")
        settings = WorldSettings(&random, faults: faults)
        workload = Workload(root.fork("workload"))
        draft =
            settings.isDrawn
            ? .drawn(root, isRepartitioned: settings.isRepartitioned)
            : .standard(isRepartitioned: settings.isRepartitioned)
        shadow = draft.shadow
        pipeline = try draft.load(shadow: draft.shadow)
        topics = try DaemonTopics(pipeline)
        var clusterSettings = settings.cluster
        clusterSettings.fencesMembers = !sabotage.isUnfenced
        cluster = SimulatedCluster(seed: seed, settings: clusterSettings, faults: faults)
        for input in topics.inputs {
            let spec = TopicSpec(name: input.topic, partitions: settings.partitions, isCompacted: false)
            cluster.createTopic(spec, isAppendTime: random.chance(1, in: 2))
        }
        for machine in 0..<settings.machines {
            stores.append(settings.sharesDisk && machine > 0 ? stores[0] : SimulatedCheckpointStore(cluster))
            wrappedStores.append(sabotage.store(stores[machine]))
            for worker in 0..<settings.workersEach {
                let name = "simulated-\(machine)-\(worker)"
                seats.append(
                    Seat(
                        machine: machine, transactionalID: name,
                        instanceID: settings.hasStaticMembers ? name : nil))
            }
        }
    }

    // MARK: - The run

    /// Runs the world to its end; throws the first broken promise.
    public func run() throws -> WorldStatistics {
        let end = cluster.now + settings.length
        while cluster.now < end { try tick(isCalm: false) }
        cluster.endFaults()
        for index in seats.indices { seats[index].frozenUntil = .min }
        try settleInput()
        for index in seats.indices { seats[index].worker?.leave(by: cluster.now + 60_000) }
        for index in seats.indices { seats[index].isLeaving = true }
        try settle("leave", within: 120_000) { seats.allSatisfy { $0.worker == nil } }
        cluster.advance(by: settings.cluster.transactionTimeout + 10_000)
        try Checker(world: self).check()
        for (sink, topic) in topics.outputs { statistics.rows[topic] = published(sink).count }
        statistics.saturatedAlerts = published(.alerts).count { record in
            String(decoding: record.value ?? [], as: UTF8.self).contains(#""saturated":true"#)
        }
        return statistics
    }

    /// Has all input consumed, and then whatever exchanges carry on of it.
    ///
    /// Idle partitions are promised past for ever, and each promise says something to every exchange; so that nothing is left
    /// to be said by it, a last record in each partition moves time past all that the others have begun.
    private func settleInput() throws {
        let inputs = (0..<settings.partitions).flatMap(topics.inputPartitions(of:))
        try settle("consume all input", within: 600_000) { isCommitted(to: ends(of: inputs)) }
        let close = Array(#"{"type":"click","event_id":"last","ts":\#(cluster.now + 600_000)}"#.utf8)
        for input in inputs { cluster.append(to: input, key: nil, value: close) }
        // One exchange may be fed by another.
        for _ in 0...topics.exchanges.count {
            let ends = ends(of: (0..<settings.partitions).flatMap(topics.partitions(of:)))
            try settle("hand everything on", within: 600_000) { isCommitted(to: ends) }
        }
    }

    private func ends(of partitions: [TopicPartition]) -> [TopicPartition: Int64] {
        Dictionary(uniqueKeysWithValues: partitions.map { ($0, cluster.stableEnd(of: $0)) })
    }

    private func isCommitted(to ends: [TopicPartition: Int64]) -> Bool {
        ends.allSatisfy { partition, end in cluster.committedOffset(of: partition)?.offsetNext ?? 0 >= end }
    }

    private func settle(_ what: String, within limit: Int64, until isDone: () -> Bool) throws {
        let deadline = cluster.now + limit
        var nextRebalance = cluster.now + 60_000
        while !isDone() {
            // A static member that comes back between giving a partition up and joining again leaves it with nobody, until
            // the group divides anew for another reason; on a live cluster that is the next deployment.
            if settings.hasStaticMembers, cluster.now >= nextRebalance {
                cluster.forceRebalance()
                nextRebalance = cluster.now + 60_000
            }
            guard cluster.now < deadline else {
                throw Violation("the workers do not \(what) after all faults have ended: \(situation)")
            }
            try tick(isCalm: true)
        }
    }

    private func tick(isCalm: Bool) throws {
        cluster.advance(by: random.range(1...120 as ClosedRange<Int64>))
        if !isCalm {
            for record in workload.records(at: cluster.now) {
                let partition =
                    settings.isRepartitioned
                    ? random.below(settings.partitions)
                    : KeyPartitioner.partition(of: record.key, count: settings.partitions)
                cluster.append(to: TopicPartition(record.topic, partition), key: record.key, value: record.value)
            }
            befall()
        }
        for _ in 0..<random.range(1...5) { try step(random.below(seats.count)) }
        if let failure { throw failure }
    }

    private func step(_ index: Int) throws {
        guard cluster.now >= seats[index].frozenUntil else { return }
        guard let worker = seats[index].worker else {
            if !seats[index].isLeaving, cluster.now >= seats[index].comesBackAt { try sitDown(index) }
            return
        }
        do {
            if try worker.step(at: cluster.now) == .left { standUp(index, for: 0...2_000) }
        } catch {
            guard error.remedy == .restart else { throw Violation("a worker gives up: \(error.message)") }
            statistics.restarts += 1
            // A broker that has crashed takes no call any more; closing it changes nothing.
            seats[index].client?.close()
            standUp(index, for: 0...3_000)
        }
    }

    private func sitDown(_ index: Int) throws {
        let seat = seats[index]
        // Without a fence a successor does not take over its predecessor's transactional id either.
        let suffix = sabotage.isUnfenced ? "-\(cluster.now)" : ""
        let client = SimulatedBroker(
            cluster, transactionalID: seat.transactionalID + suffix, instanceID: seat.instanceID)
        seats[index].client = client
        seats[index].worker = Worker(
            pipeline: pipeline, overrides: overrides.compactMap { ThresholdOverride(argument: $0) }, topics: topics,
            instance: "machine-\(seat.machine)", settings: settings.worker, broker: sabotage.broker(client),
            store: wrappedStores[seat.machine],
            hashSeed: random.next(), observe: { [unowned self] in note($0, of: index) })
        seats[index].frozenUntil = .min
    }

    private func note(_ fact: WorkerFact, of seat: Int) {
        statistics.count(fact)
        watch?(cluster.now, seat, fact)
        if case .stuck(_, let message) = fact { failure = Violation("a task is stuck: \(message)") }
    }

    private func standUp(_ index: Int, for pause: ClosedRange<Int64>) {
        seats[index].worker = nil
        seats[index].client = nil
        seats[index].comesBackAt = cluster.now + random.range(pause)
    }

    // MARK: - What befalls it

    private func befall() {
        if happens(settings.crashEvery) { crash(random.below(seats.count)) }
        if happens(settings.freezeEvery) {
            seats[random.below(seats.count)].frozenUntil =
                cluster.now + random.range(500...40_000 as ClosedRange<Int64>)
        }
        if happens(settings.restartEvery) {
            seats[random.below(seats.count)].worker?.leave(by: cluster.now + 10_000)
        }
        if happens(settings.reloadEvery) { reload() }
        if happens(settings.decideEvery) { decide() }
        if happens(settings.compactEvery) { compact() }
    }

    private func happens(_ every: Int) -> Bool { every > 0 && random.chance(1, in: every) }

    /// The worker dies between any two of its calls, or in the middle of one.
    private func crash(_ index: Int) {
        guard let client = seats[index].client else { return }
        client.crash(atCall: random.range(1...12), afterEffect: random.chance(1, in: 2))
        if random.chance(1, in: 4) { stores[seats[index].machine].restartMachine() }
    }

    private func reload() {
        guard let seat = seats.filter({ $0.worker != nil }).first else { return }
        if random.chance(1, in: 2) {
            shadow.formSymmetricDifference([random.pick(draft.stages)])
        } else {
            let (name, values) = random.pick(draft.tunings)
            overrides.removeAll { $0.hasPrefix(name) }
            overrides.append("\(name)=\(random.pick(values))")
        }
        if random.chance(1, in: 2) { changeRows() }
        guard
            let changed = try? draft.load(overrides: overrides, shadow: shadow, rows: rows)
        else { return }
        pipeline = changed
        send(
            .reload(PipelineSettings(changed, overrides: overrides.compactMap { ThresholdOverride(argument: $0) })),
            through: seat)
    }

    /// Somebody changes a data file: what is allowed, what counts for a merchant, or who is muted for a while.
    private func changeRows() {
        let merchant = "m\(random.below(4))"
        switch random.below(3) {
        case 0: rows.devices.formSymmetricDifference(["d\(random.below(3))"])
        case 1:
            let known = rows.minimums[merchant] != nil
            rows.minimums[merchant] = known && random.chance(1, in: 2) ? nil : random.range(2...8)
        default:
            rows.mutes[merchant] = EventTime(milliseconds: cluster.now + random.range(-5_000...60_000))
        }
    }

    /// Somebody decides on a credit that was published, or on one that never was.
    private func decide() {
        guard let seat = seats.filter({ $0.worker != nil }).last else { return }
        let credits = published(.credits)
        let text = credits.isEmpty ? "" : String(decoding: random.pick(credits).value ?? [], as: UTF8.self)
        let credit = text.split(separator: "\"credit_id\":\"").dropFirst().first?.prefix(32) ?? "none"
        let action = random.pick(["approve", "reject", "reverse", "forget"])
        send(.decide(Command.Decision(action: action, creditID: String(credit), why: "simulated")), through: seat)
    }

    private func send(_ body: Command.Body, through seat: Seat) {
        commandCount += 1
        seat.worker?.send(Command(id: "command-\(commandCount)", who: "world", issuedAt: cluster.now, body: body))
    }

    private func compact() {
        guard cluster.topics[topics.changelog] != nil else { return }
        for number in 0..<settings.partitions {
            cluster.compact(TopicPartition(topics.changelog, number))
            guard settings.truncates else { continue }
            // Retention comes after at least one more checkpoint.
            let kept = stores[0].checkpoints(of: number)
            guard kept.count > 1 else { continue }
            for partition in topics.partitions(of: number) {
                if let offset = kept[1].offsets[partition] { cluster.truncate(partition, before: offset) }
            }
        }
    }

    // MARK: - Looking

    /// A hash over everything that happened at the cluster.
    public var traceHash: UInt64 { cluster.trace.hash }

    /// The last of what happened at the cluster, for whoever looks for the cause of a violation.
    public var trace: String { cluster.trace.description }

    /// Who is about what, for whoever reads a violation.
    private var situation: String {
        let seats = seats.map { seat in "\(seat.transactionalID): \(seat.worker?.situation ?? "nobody")" }
        let behind = (0..<settings.partitions).flatMap(topics.partitions(of:)).compactMap { partition -> String? in
            let next = cluster.committedOffset(of: partition)?.offsetNext ?? 0
            return next == cluster.stableEnd(of: partition)
                ? nil : "\(partition) at \(next) of \(cluster.stableEnd(of: partition))"
        }
        return "now \(cluster.now); \((seats + behind).joined(separator: "; "))"
    }

    /// Everything that was committed to an output topic.
    func published(_ sink: Sink.Kind) -> [StoredRecord] {
        guard let topic = topics.outputs[sink], cluster.topics[topic] != nil else { return [] }
        return (0..<settings.partitions).flatMap { cluster.committedRecords(of: TopicPartition(topic, $0)) }
    }
}
