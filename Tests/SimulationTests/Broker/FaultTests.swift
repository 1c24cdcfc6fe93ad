import Engine
import Simulation
import Testing

/// Faults do what their names say, and no more.
@Suite struct FaultTests {
    private static func cluster(_ change: (inout FaultPlan) -> Void) -> SimulatedCluster {
        var plan = FaultPlan.none
        change(&plan)
        return .small(faults: plan)
    }

    @Test func aCallThatFailsHasDoneNothing() throws {
        let cluster = Self.cluster { _ in }
        let producer = try SimulatedBroker.producer(cluster, "a")
        producer.fail(next: .produce, afterEffect: false)
        #expect(refusal { try producer.produce([.text("x", to: output)]) }?.remedy == .retry)
        #expect(cluster.entries(of: output).isEmpty)
        try producer.produce([.text("x", to: output)])
        try producer.commitTransaction()
        #expect(try producer.values(of: output) == ["x"])
    }

    @Test(arguments: [false, true])
    func aRepeatedCommitTellsTheTruth(afterEffect: Bool) throws {
        let cluster = Self.cluster { _ in }
        let producer = try SimulatedBroker.producer(cluster, "a")
        try producer.produce([.text("x", to: output)])
        producer.fail(next: .commitTransaction, afterEffect: afterEffect)
        #expect(refusal { try producer.commitTransaction() }?.remedy == .retry)
        #expect(try producer.values(of: output) == (afterEffect ? ["x"] : []))
        try producer.commitTransaction()
        #expect(try producer.values(of: output) == ["x"])
        try producer.beginTransaction()
    }

    @Test func aCommitWhoseTimeRunsOutIsNotRepeated() throws {
        let cluster = Self.cluster { _ in }
        let producer = try SimulatedBroker.producer(cluster, "a")
        try producer.produce([.text("x", to: output)])
        producer.fail(next: .commitTransaction, afterEffect: false)
        #expect(refusal { try producer.commitTransaction() }?.remedy == .retry)
        cluster.advance(by: cluster.settings.transactionTimeout)
        #expect(refusal { try producer.commitTransaction() }?.code == "_FENCED")
        #expect(try producer.values(of: output) == [])
    }

    @Test func everyCallCanFail() throws {
        let cluster = Self.cluster { $0.callFailure = .always }
        let broker = SimulatedBroker(cluster, transactionalID: "a")
        #expect(refusal { _ = try broker.partitionCount(of: "in") }?.code == "_TIMED_OUT")
        #expect(refusal { try broker.subscribe(to: "in") }?.code == "_TIMED_OUT")
        #expect(refusal { try broker.initTransactions() }?.code == "_TIMED_OUT")
        #expect(cluster.assignments.isEmpty)
        cluster.endFaults()
        try broker.subscribe(to: "in")
    }

    @Test func aLostAnswerOfSubscribeCanBeAskedForAgain() throws {
        let cluster = Self.cluster { $0.answerLoss = .always }
        let broker = SimulatedBroker(cluster, transactionalID: "a")
        #expect(refusal { try broker.subscribe(to: "in") }?.code == "_TIMED_OUT")
        #expect(cluster.assignments.count == 1)
        cluster.endFaults()
        try broker.subscribe(to: "in")
        #expect(cluster.assignments.count == 1)
    }

    @Test func recordsLostOnTheWayShowAtTheCommit() throws {
        let cluster = Self.cluster { $0.deliveryFailure = .always }
        let producer = try SimulatedBroker.producer(cluster, "a")
        try producer.produce([.text("x", to: output), .text("y", to: output)])
        #expect(cluster.entries(of: output).count < 2)
        let error = try #require(refusal { try producer.commitTransaction() })
        #expect(error.remedy == .abort)
        try producer.abortTransaction()
        cluster.endFaults()
        try producer.beginTransaction()
        try producer.produce([.text("z", to: output)])
        try producer.commitTransaction()
        #expect(try producer.values(of: output) == ["z"])
    }

    @Test func aLateFetchSeesNothingNewer() throws {
        let cluster = Self.cluster {
            $0.fetchDelay = .always
            $0.fetchDelayMax = 100
        }
        let worker = try Worker(cluster, "a")
        try worker.settle()
        cluster.append(["x"], to: input)
        try worker.settle()
        #expect(worker.delivered[input, default: []].isEmpty)
        #expect(worker.ends[input] == 0)
        for _ in 0..<100 {
            cluster.advance(by: 1)
            try worker.poll()
        }
        #expect(worker.delivered[input] == [0])
    }

    @Test func whileTheBrokerIsDownNothingWorksAndNothingIsLost() throws {
        let cluster = Self.cluster { _ in }
        let worker = try Worker(cluster, "a")
        try worker.settle()
        try worker.broker.initTransactions()
        try worker.broker.beginTransaction()
        cluster.beginOutage(isWholeBroker: true, length: 100_000)
        try worker.produce(["x"], to: output)
        #expect(refusal { try worker.broker.commitTransaction() }?.remedy == .retry)
        #expect(refusal { _ = try worker.broker.logRange(of: input) }?.remedy == .retry)
        cluster.append(["y"], to: input)
        try worker.settle()
        #expect(worker.delivered[input, default: []].isEmpty)
        cluster.advance(by: 100_000)
        try worker.broker.commitTransaction()
        #expect(try worker.broker.values(of: output) == ["x"])
        try worker.settle()
        #expect(worker.delivered[input] == [0])
        #expect(worker.changes == [.assigned([0, 1])])
    }

    @Test func withoutACoordinatorRecordsStillCome() throws {
        let cluster = Self.cluster { _ in }
        let worker = try Worker(cluster, "a")
        try worker.settle()
        cluster.beginOutage(isWholeBroker: false, length: 100)
        cluster.append(["y"], to: input)
        try worker.settle()
        #expect(worker.delivered[input] == [0])
        #expect(refusal { _ = try worker.broker.committed([input]) }?.code == "COORDINATOR_NOT_AVAILABLE")
    }

    @Test func aGenerationCanBeKnownBeforeTheWorkerIsTold() throws {
        let cluster = Self.cluster { $0.earlyGeneration = .always }
        let first = try Worker(cluster, "a")
        let second = try Worker(cluster, "b")
        for worker in [first, second, first] { try worker.settle() }
        cluster.forceRebalance()
        try first.poll()
        let told = first.changes.count
        try second.poll()
        _ = try first.broker.partitionCount(of: "in")
        #expect(first.broker.groupGeneration == cluster.generation)
        #expect(first.changes.count == told)
        try first.poll()
        #expect(first.changes.last == .assigned([]))
    }

    @Test func seedsHaveDifferentPlansWithSomeFaultsOff() {
        let plans = (0..<200).map { FaultPlan(seed: $0) }
        #expect(Set(plans).count == 200)
        #expect(plans.contains { $0.callFailure == .never })
        #expect(plans.contains { $0.callFailure == Ratio(1, in: 4) })
        #expect(plans.contains { $0.upheavals.gap == nil })
        #expect(plans.contains { $0.calm == nil })
        #expect(FaultPlan(seed: 5) == FaultPlan(seed: 5))
    }

    @Test func faultsRestInACalm() throws {
        let cluster = Self.cluster {
            $0.callFailure = .always
            $0.storm = 100...100
            $0.calm = 100...100
        }
        let broker = SimulatedBroker(cluster, transactionalID: "a")
        var failed: [Bool] = []
        for _ in 0..<400 {
            failed.append(refusal { _ = try broker.partitionCount(of: "in") } != nil)
            cluster.advance(by: 1)
        }
        #expect(failed.filter { $0 }.count == 200)
        #expect(zip(failed, failed.dropFirst()).filter { $0 != $1 }.count == 3)
    }
}
