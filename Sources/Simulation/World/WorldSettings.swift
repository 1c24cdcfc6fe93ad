import Engine

/// What kind of world a seed makes: how many machines, how eager, how patient.
struct WorldSettings {
    var machines: Int
    var workersEach: Int
    var partitions: Int
    var hasStaticMembers: Bool
    /// Whether all machines keep their checkpoints in one place.
    var sharesDisk: Bool
    var length: Int64
    var cluster = ClusterSettings()
    var worker = WorkerSettings()
    /// One in so many ticks, a worker crashes; zero for never. The others likewise.
    var crashEvery: Int
    var freezeEvery: Int
    var restartEvery: Int
    var reloadEvery: Int
    var decideEvery: Int
    var compactEvery: Int
    /// Whether the topics are partitioned by anything, and the sources dealt out anew.
    var isRepartitioned: Bool
    /// Whether the pipeline is drawn too.
    var isDrawn: Bool
    /// Whether the input's retention takes away what no checkpoint needs.
    var truncates: Bool

    init(_ random: inout Random, faults: FaultPlan) {
        machines = random.pick([1, 1, 2, 3])
        workersEach = random.pick([1, 1, 2])
        partitions = random.pick([1, 2, 3, 5])
        hasStaticMembers = random.chance(1, in: 3)
        sharesDisk = random.chance(1, in: 2)
        length = random.range(20_000...90_000 as ClosedRange<Int64>)
        cluster.assignor = random.pick([.range, .cooperativeSticky])
        cluster.pollRecordsMax = random.pick([8, 20, 100])
        worker.commitInterval = random.pick([200, 700, 2_000])
        worker.checkpointInterval = random.pick([1_000, 5_000, 20_000])
        worker.idleAfter = random.pick([nil, 3_000, 8_000])
        worker.commandInterval = 500
        worker.revocationTimeout = 5_000
        // Where nothing is promised past, a quiet partition may stop the others for good once too much is staged.
        if random.chance(1, in: 2), worker.idleAfter != nil { worker.stagedBytesMax = 2_000 }
        crashEvery = random.pick([0, 60, 200])
        freezeEvery = random.pick([0, 100, 400])
        restartEvery = random.pick([0, 150, 500])
        reloadEvery = random.pick([0, 80, 300])
        decideEvery = random.pick([0, 40, 200])
        compactEvery = random.pick([0, 50])
        isRepartitioned = random.chance(1, in: 4)
        isDrawn = random.chance(1, in: 2)
        truncates =
            (machines == 1 || sharesDisk) && faults.staleStore == .never && faults.lostStore == .never
            && faults.tornWrite == .never
    }
}
