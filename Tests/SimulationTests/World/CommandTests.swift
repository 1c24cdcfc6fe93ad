import Engine
import Pipelines
import Simulation
import Testing

/// What people and reloads ask, and whether it is done.
@Suite struct CommandTests {
    private func took(_ stage: Stage) -> Set<String> {
        Set(stage.facts.compactMap { if case .commandTook(_, let command, _) = $0 { command } else { nil } })
    }

    private func refusals(_ stage: Stage) -> [String] {
        stage.facts.compactMap { if case .commandRefused(_, let reason) = $0 { reason } else { nil } }
    }

    private func write(_ command: Command, to stage: Stage) {
        stage.cluster.append(to: TopicPartition(stage.topics.commands, 0), key: nil, value: command.bytes)
    }

    @Test func aFileThatChangedWhileDownTakesEffectAfterTheCommit() throws {
        let stage = try Stage()
        let store = SimulatedCheckpointStore(stage.cluster)
        let first = try stage.worker(store: store)
        try stage.run(first, for: 9_000, clicks: true)
        try stage.leave(first)
        stage.forgetFacts()
        let second = try stage.worker(store: store, overrides: ["click-flood.min_clicks=5"])
        try stage.run(second, for: 9_000, clicks: true)
        #expect(took(stage).count == 1)
        // It holds, so that nothing must be said of another one that does.
        #expect(!stage.facts.contains { if case .settingsDiffer = $0 { true } else { false } })
        let alerts = stage.published(.alerts)
        #expect(
            alerts.contains { $0.contains(#""min_clicks":3"#) } && alerts.contains { $0.contains(#""min_clicks":5"#) })
    }

    @Test func anOldFileDoesNotTakeBackWhatWasRolledOut() throws {
        let stage = try Stage()
        let (storeOne, storeTwo) = (SimulatedCheckpointStore(stage.cluster), SimulatedCheckpointStore(stage.cluster))
        let one = try stage.worker(instance: "one", store: storeOne)
        let two = try stage.worker(instance: "two", store: storeTwo)
        try stage.run(one, two, for: 4_000, clicks: true)
        try stage.leave(one)
        let oneAgain = try stage.worker(instance: "one", store: storeOne, overrides: ["click-flood.min_clicks=5"])
        try stage.run(oneAgain, two, for: 4_000, clicks: true)
        #expect(!took(stage).isEmpty)
        try stage.leave(two)
        stage.forgetFacts()
        let twoAgain = try stage.worker(instance: "two", store: storeTwo)
        try stage.run(oneAgain, twoAgain, for: 4_000, clicks: true)
        #expect(took(stage).isEmpty)
        #expect(stage.facts.contains { if case .settingsDiffer = $0 { true } else { false } })
    }

    @Test func aCommandsTopicThatHasLostItsBeginningIsSaidAndUsed() throws {
        let stage = try Stage()
        stage.cluster.createTopic(
            TopicSpec(name: stage.topics.commands, partitions: 1, isCompacted: false), firstOffset: 7)
        let worker = try stage.worker(store: SimulatedCheckpointStore(stage.cluster))
        try stage.run(worker, for: 4_000, clicks: true)
        #expect(worker.tasks == [0, 1])
        #expect(stage.facts.contains(.commandsDeleted(before: 7)))
    }

    @Test func aCommandTakesEffectOnceHoweverOftenItIsSent() throws {
        let stage = try Stage()
        let worker = try stage.worker(store: SimulatedCheckpointStore(stage.cluster))
        try stage.run(worker, for: 2_000, clicks: true)
        let changed = PipelineSettings(
            try SimulatedPipeline.load(overrides: ["click-flood.min_clicks=6"]),
            overrides: [.init(stage: "click-flood", threshold: "min_clicks", text: "6")])
        let there = Command(id: "there", who: "test", issuedAt: 0, body: .reload(changed))
        let back = Command(
            id: "back", who: "test", issuedAt: 0, body: .reload(PipelineSettings(stage.pipeline, overrides: [])))
        for command in [there, back, there] { write(command, to: stage) }
        try stage.run(worker, for: 3_000, clicks: true)
        #expect(stage.facts.filter { if case .commandTook = $0 { true } else { false } }.count == 4)
        try stage.run(worker, for: 4_000, clicks: true)
        #expect(stage.published(.alerts).last?.contains(#""min_clicks":3"#) == true)
    }

    /// Two stages change their modes while their alerts are open: these end where they began, and go on in the other place.
    @Test func aReloadOfModesMovesAlertsFromOneTopicToTheOther() throws {
        let stage = try Stage()
        let worker = try stage.worker(store: SimulatedCheckpointStore(stage.cluster))
        try stage.run(worker, for: 12_000, clicks: true)
        func states(_ sink: Sink.Kind, _ name: String) -> [String] {
            stage.published(sink).filter { $0.contains(#""stage":"\#(name)""#) && $0.contains(#""merchant_id":"m0""#) }
                .map { $0.contains(#""state":"closed""#) ? "closed" : "open" }
        }
        #expect(states(.alerts, "click-flood").first == "open" && states(.alerts, "device-flood").isEmpty)
        #expect(states(.shadow, "device-flood").first == "open" && states(.shadow, "click-flood").isEmpty)
        let lines = stage.published(.creditLines)
        #expect(!lines.isEmpty && lines.allSatisfy { $0.contains(#""stage":"click-flood""#) })
        let incidents = stage.published(.incidents).filter { $0.contains(#""merchant_id":"m0""#) }
        #expect(incidents.first?.contains(#""stages":[{"stage":"click-flood""#) == true)
        let changed = try SimulatedPipeline.load(shadow: ["click-flood"])
        write(
            Command(id: "flip", who: "test", issuedAt: 0, body: .reload(PipelineSettings(changed, overrides: []))),
            to: stage)
        try stage.run(worker, for: 12_000, clicks: true)
        #expect(took(stage) == ["flip"])
        #expect(states(.alerts, "click-flood").last == "closed" && states(.shadow, "device-flood").last == "closed")
        #expect(states(.shadow, "click-flood").first == "open" && states(.alerts, "device-flood").first == "open")
        #expect(stage.published(.creditLines).last?.contains(#""stage":"device-flood""#) == true)
    }

    @Test func whatIsNoCommandOrOfAnotherGraphIsRefused() throws {
        let stage = try Stage()
        let worker = try stage.worker(store: SimulatedCheckpointStore(stage.cluster))
        try stage.run(worker, for: 1_000)
        stage.cluster.append(to: TopicPartition(stage.topics.commands, 0), key: nil, value: Array("{}".utf8))
        var other = PipelineSettings(stage.pipeline, overrides: [])
        other.graph = "another"
        write(Command(id: "a", who: "test", issuedAt: 0, body: .reload(other)), to: stage)
        var broken = PipelineSettings(stage.pipeline, overrides: [])
        broken.text = "pipeline: ["
        write(Command(id: "b", who: "test", issuedAt: 0, body: .reload(broken)), to: stage)
        var lying = PipelineSettings(stage.pipeline, overrides: [])
        lying.revision = "feed"
        write(Command(id: "c", who: "test", issuedAt: 0, body: .reload(lying)), to: stage)
        try stage.run(worker, for: 1_000)
        #expect(refusals(stage).count == 4)
        #expect(refusals(stage)[0] == "it is no command")
        #expect(refusals(stage)[1].contains("another graph"))
        #expect(refusals(stage)[2].contains("cannot be loaded"))
        #expect(refusals(stage)[3] == "its revision is not that of its text")
        #expect(worker.tasks == [0, 1])
    }

    @Test func aPipelineOfAnotherGraphDoesNotStartAndAsksForNothing() throws {
        let stage = try Stage()
        stage.cluster.createTopic(TopicSpec(name: stage.topics.commands, partitions: 1, isCompacted: false))
        var other = PipelineSettings(stage.pipeline, overrides: [])
        other.graph = "another"
        write(Command(id: "a", who: "test", issuedAt: 0, body: .reload(other)), to: stage)
        let worker = try stage.worker(store: SimulatedCheckpointStore(stage.cluster))
        let error = #expect(throws: DaemonError.self) { try stage.run(worker, for: 4_000) }
        #expect(error?.remedy == .stop && error?.message.contains("other sinks") == true)
        let looks = SimulatedBroker(stage.cluster, transactionalID: "looks")
        #expect(try looks.logRange(of: TopicPartition(stage.topics.commands, 0)) == 0..<1)
    }

    @Test func whereThereIsAKeyUnsignedCommandsAreRefused() throws {
        let stage = try Stage()
        let worker = try stage.worker(store: SimulatedCheckpointStore(stage.cluster), key: Array("secret".utf8))
        try stage.run(worker, for: 1_000)
        let decision = Command.Decision(action: "approve", creditID: "c", why: "test")
        write(Command(id: "a", who: "test", issuedAt: 0, body: .decide(decision)), to: stage)
        try stage.run(worker, for: 1_000)
        #expect(refusals(stage) == ["it is not signed"])
    }

    @Test func whatWasSignedForAnotherApplicationIsRefused() throws {
        let stage = try Stage()
        let key = Array("secret".utf8)
        let worker = try stage.worker(store: SimulatedCheckpointStore(stage.cluster), key: key)
        try stage.run(worker, for: 2_000, clicks: true)
        let changed = PipelineSettings(
            try SimulatedPipeline.load(overrides: ["click-flood.min_clicks=6"]),
            overrides: [.init(stage: "click-flood", threshold: "min_clicks", text: "6")])
        let command = Command(id: "a", who: "test", issuedAt: 0, body: .reload(changed))
        write(command.signed(with: key, for: "staging"), to: stage)
        try stage.run(worker, for: 1_000, clicks: true)
        #expect(refusals(stage) == ["its signature is not of this key and application"])
        #expect(took(stage).isEmpty)
        write(command.signed(with: key, for: stage.topics.application), to: stage)
        try stage.run(worker, for: 1_000, clicks: true)
        #expect(refusals(stage).count == 1 && took(stage) == ["a"])
    }
}
