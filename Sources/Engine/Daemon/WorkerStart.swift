internal import RampartCore

/// What a worker does before it joins the group, one call at a time.
struct WorkerStart {
    private enum Step {
        case countPartitions(Int)
        case createTopics
        case checkTopics(Int)
        case initTransactions
        case findCommandsEnd
        case readCommands
        case subscribe
    }

    /// How often a topic that was just created is looked for in vain: some seconds, as refused calls wait before they are
    /// made again.
    private static let looksMax = 50

    private let topics: DaemonTopics
    private let instance: String
    private let createsTopics: Bool
    private var step = Step.countPartitions(0)
    private var tasks = 0
    private var commandsEnd: Int64 = 0
    private var looks = 0

    init(topics: DaemonTopics, instance: String, createsTopics: Bool) {
        self.topics = topics
        self.instance = instance
        self.createsTopics = createsTopics
    }

    /// Does the next thing; true when the worker is a member of the group.
    mutating func advance(
        _ broker: any Broker, _ commands: CommandLog, _ plan: TaskPlan, _ observe: (WorkerFact) -> Void
    ) throws -> Bool {
        switch step {
        case .countPartitions(let index):
            try count(index, broker)
            plan.tasks = tasks
            step = index + 1 < topics.inputs.count ? .countPartitions(index + 1) : .createTopics
        case .createTopics:
            if createsTopics { try broker.createTopics(topics.specifications(tasks: tasks)) }
            step = .checkTopics(0)
        case .checkTopics(let index):
            let specifications = topics.specifications(tasks: tasks)
            try check(specifications[index], broker)
            step = index + 1 < specifications.count ? .checkTopics(index + 1) : .initTransactions
        case .initTransactions:
            try broker.initTransactions()
            step = .findCommandsEnd
        case .findCommandsEnd:
            let range = try broker.logRange(of: TopicPartition(topics.commands, 0))
            if commands.begin(at: range.lowerBound) { observe(.commandsDeleted(before: range.lowerBound)) }
            commandsEnd = range.upperBound
            step = .readCommands
        case .readCommands:
            if commands.next < commandsEnd {
                for refused in try commands.look(broker, wait: .milliseconds(100)) {
                    observe(.commandRefused(offset: refused.offset, reason: refused.reason))
                }
            }
            if commands.next >= commandsEnd {
                try settle(commands, plan, observe)
                step = .subscribe
            }
        case .subscribe:
            try broker.subscribe(to: topics.lead)
            return true
        }
        return false
    }

    private mutating func count(_ index: Int, _ broker: any Broker) throws {
        let topic = topics.inputs[index].topic
        guard let count = try broker.partitionCount(of: topic) else {
            throw DaemonError(
                .stop, "there is no topic \(topic), which a source of the pipeline reads; create it first")
        }
        guard index == 0 || count == tasks else {
            throw DaemonError(
                .stop,
                "\(topic) has \(count) partitions but \(topics.lead) has \(tasks); all input topics need the same number, "
                    + "so that a merchant's events meet")
        }
        tasks = count
    }

    private mutating func check(_ topic: TopicSpec, _ broker: any Broker) throws {
        guard let count = try broker.partitionCount(of: topic.name) else {
            // A broker hears of a new topic a moment after the one that has created it.
            if createsTopics, looks < Self.looksMax {
                looks += 1
                throw BrokerError(.retry, code: "UNKNOWN_TOPIC_OR_PART", message: "\(topic.name) is not there yet")
            }
            throw DaemonError(
                .stop,
                "there is no topic \(topic.name); create it with \(topic.partitions) partitions, or let the daemon do it"
            )
        }
        let isOwn =
            topic.name == topics.control || topic.name == topics.changelog
            || topics.exchanges.contains { $0.topic == topic.name }
        guard !isOwn || count == topic.partitions else {
            throw DaemonError(
                .stop,
                "\(topic.name) has \(count) partitions, but the input topics have \(topic.partitions): their number "
                    + "cannot change while the application's state lives; give it another name to begin anew")
        }
    }

    /// Asks for the settings of this instance's file, if they are others than it asked for before: a file that changed
    /// while the daemon was down takes effect at the first pane after the commit.
    ///
    /// Note: Compared with what *this* instance asked for last. One that starts again with that file must not take back
    /// what others have rolled out since.
    private func settle(_ commands: CommandLog, _ plan: TaskPlan, _ observe: (WorkerFact) -> Void) throws(DaemonError) {
        let own = plan.current
        if let latest = commands.latestReload() {
            plan.current = latest
            let before = commands.latestReload(by: instance)
            guard let before, before.revision != own.revision else {
                if own.revision != latest.revision {
                    observe(.settingsDiffer(ownRevision: own.revision, revision: latest.revision))
                }
                return
            }
        } else if let first = commands.firstReload, first.graph != own.graph {
            // It can restore no task, and what it asked for would be refused by everyone for ever.
            throw DaemonError(
                .stop,
                "application \(topics.application) runs a pipeline of another graph (\(first.graph), this is \(own.graph)); "
                    + "run that pipeline, or \(TaskPlan.adviceForAnotherGraph)")
        }
        commands.send(
            Command(
                id: "start-\(instance)-\(own.revision)-\(commands.next)", who: instance, issuedAt: 0,
                body: .reload(own)))
    }
}
