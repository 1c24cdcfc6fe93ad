import Engine
import Simulation

/// Some copying workers on one cluster, with the faults of a seed, crashes and pauses.
struct CopyRun {
    /// What went wrong; empty if nothing did.
    private(set) var problems: [String] = []
    let cluster: SimulatedCluster
    private var random: Random
    private var workers: [CopyWorker]
    /// Workers that were given up for dead and are not.
    private var zombies: [CopyWorker] = []
    private let isStatic: Bool
    private let defect: CopyWorker.Defect?
    private var pausedUntil: [Int64]
    private let partitions: Int

    init(seed: UInt64, defect: CopyWorker.Defect? = nil) {
        random = Random(seed: seed).fork("copy run")
        partitions = random.range(1...5)
        var settings = ClusterSettings()
        settings.assignor = random.pick([.range, .cooperativeSticky])
        settings.initialRebalanceDelay = random.pick([0, 3000])
        cluster = .small(seed: seed, partitions: partitions, settings: settings, faults: FaultPlan(seed: seed))
        isStatic = random.chance(1, in: 2)
        self.defect = defect
        workers = []
        pausedUntil = [0, 0, 0]
        for number in 0..<random.range(1...3) { workers.append(newWorker(number)) }
        run()
    }

    private func newWorker(_ number: Int) -> CopyWorker {
        CopyWorker(cluster, "worker-\(number)", isStatic: isStatic, defect: defect)
    }

    private mutating func run() {
        let isCrashing = random.chance(2, in: 3)
        for _ in 0..<1500 {
            if random.chance(1, in: 2) {
                cluster.append(["x"], to: TopicPartition("in", random.below(partitions)))
            }
            cluster.advance(by: random.range(0...100))
            let index = random.below(workers.count)
            if isCrashing, random.chance(1, in: 100) {
                workers[index].broker.crash(atCall: random.range(1...10), afterEffect: random.chance(1, in: 2))
            }
            if random.chance(1, in: 100) { pausedUntil[index] = cluster.now + random.range(1000...40_000) }
            if pausedUntil[index] <= cluster.now { workers[index].step() }
            if random.chance(1, in: 200) { replace(index) }
            if !zombies.isEmpty, random.chance(1, in: 4) { random.pick(zombies).step() }
        }
        for zombie in zombies { zombie.broker.crash() }
        cluster.endFaults()
        for _ in 0..<50 where !isDone {
            for _ in 0..<50 { stepInPeace() }
            if isStatic { cluster.forceRebalance() }
        }
        check()
    }

    private mutating func replace(_ index: Int) {
        workers[index].isReplaced = true
        zombies.append(workers[index])
        workers[index] = newWorker(index)
    }

    private func stepInPeace() {
        cluster.advance(by: 100)
        for worker in workers {
            worker.broker.beforeCall = nil
            worker.broker.afterCall = nil
            worker.step()
        }
    }

    /// Whether all that can be copied was; fewer than ten records wait for company.
    private var isDone: Bool {
        (0..<partitions).allSatisfy { number in
            let copied = cluster.committedRecords(of: TopicPartition("out", number)).count
            return copied + 9 >= cluster.entries(of: TopicPartition("in", number)).count
        }
    }

    private mutating func check() {
        if !isDone { problems.append("does not come to rest") }
        for number in 0..<partitions {
            let values = cluster.committedRecords(of: TopicPartition("out", number)).map {
                Int(String(decoding: $0.value ?? [], as: UTF8.self))
            }
            if values != Array(0..<values.count) { problems.append("out[\(number)] is not the copy of in[\(number)]") }
        }
        var last: [TopicPartition: Int64] = [:]
        for change in cluster.offsetHistory {
            if change.value.offsetNext < last[change.partition, default: 0] { problems.append("offsets went back") }
            if !change.isByOwner { problems.append("offsets of a partition that was given up") }
            last[change.partition] = change.value.offsetNext
        }
    }
}
