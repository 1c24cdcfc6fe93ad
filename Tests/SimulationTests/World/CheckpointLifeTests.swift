import Engine
import Simulation
import Testing

/// Checkpoints whose generation says nothing: those of a former life of the topics, and of a worker without a place.
@Suite struct CheckpointLifeTests {
    @Test func aCheckpointOfAFormerLifeOfTheTopicsIsNamedAsTheCause() throws {
        let former = try Stage()
        let store = SimulatedCheckpointStore(former.cluster)
        let first = try former.worker(store: store)
        try former.run(first, for: 4_000, clicks: true)
        try former.leave(first)

        let stage = try Stage()
        let second = try stage.worker(store: SimulatedCheckpointStore(stage.cluster))
        try stage.run(second, for: 1_000)
        try stage.run(second, for: 8_000, clicks: true)
        try stage.leave(second)
        let third = try stage.worker(store: store)
        try stage.run(third, for: 4_000)
        let messages = stage.facts.compactMap { fact -> String? in
            if case .stuck(_, let message) = fact { message } else { nil }
        }
        #expect(messages.count == 2 && messages.allSatisfy { $0.contains("former life of the topics") }, "\(messages)")
        #expect(messages.allSatisfy { $0.contains("remove the checkpoints of task") }, "\(messages)")
    }

    @Test func withoutAPlaceInTheGroupNoCheckpointIsKept() throws {
        let stage = try Stage()
        let store = SimulatedCheckpointStore(stage.cluster)
        var wrapped: LosesItsPlace?
        let worker = try stage.worker(store: store) { inner in
            let broker = LosesItsPlace(inner)
            wrapped = broker
            return broker
        }
        let broker = try #require(wrapped)
        try stage.run(worker, for: 4_000, clicks: true)
        #expect(!store.checkpoints(of: 0).isEmpty)
        try store.removeAll(of: 0)
        stage.forgetFacts()
        broker.isLost = true
        try stage.run(worker, for: 4_000, clicks: true)
        #expect(store.checkpoints(of: 0).isEmpty)
        #expect(stage.facts.contains { if case .committed = $0 { true } else { false } })
        broker.isLost = false
        try stage.run(worker, for: 1_000, clicks: true)
        #expect(!store.checkpoints(of: 0).isEmpty, "What was not kept is kept at the next commit.")
    }
}

/// Does not know its generation for a while, as a client that the group has put out.
private final class LosesItsPlace: ForwardingBroker {
    var isLost = false

    override var groupGeneration: Int { isLost ? -1 : super.groupGeneration }
}
