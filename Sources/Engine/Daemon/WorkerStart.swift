internal import RampartCore

/// What a worker does before it joins the group, one call at a time.
struct WorkerStart {
    private enum Step {
        case countPartitions(Int)
        case createTopics
        case initTransactions
        case findCommandsEnd
        case readCommands
        case subscribe
    }

    private let topics: DaemonTopics
    private let createsTopics: Bool
    private var step = Step.countPartitions(0)
    private var tasks = 0
    private var commandsEnd: Int64 = 0

    init(topics: DaemonTopics, createsTopics: Bool) {
        self.topics = topics
        self.createsTopics = createsTopics
    }

    /// Does the next thing; true when the worker is a member of the group.
    mutating func advance(_ broker: any Broker, _ commands: CommandLog, _ plan: TaskPlan) throws -> Bool {
        switch step {
        case .countPartitions(let index):
            try count(index, broker)
            step = index + 1 < topics.inputs.count ? .countPartitions(index + 1) : .createTopics
        case .createTopics:
            if createsTopics { try broker.createTopics(topics.specifications(tasks: tasks)) }
            step = .initTransactions
        case .initTransactions:
            try broker.initTransactions()
            step = .findCommandsEnd
        case .findCommandsEnd:
            commandsEnd = try broker.logRange(of: TopicPartition(topics.commands, 0)).upperBound
            step = .readCommands
        case .readCommands:
            if commands.next < commandsEnd { _ = try commands.look(broker) }
            if commands.next >= commandsEnd {
                try settle(commands, plan)
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

    /// A file that differs from what was last asked for is asked for now (design: a file changed while the daemon was
    /// down takes effect at the first pane after the commit).
    private func settle(_ commands: CommandLog, _ plan: TaskPlan) throws {
        if let latest = commands.latestReload {
            guard latest.graph == plan.current.graph else {
                throw DaemonError(
                    .stop,
                    "the application \(topics.application) runs a pipeline of another graph; only thresholds and other "
                        + "settings can change while its state lives: bring the graph back, or give this one another "
                        + "application")
            }
            guard latest.revision != plan.current.revision else { return }
        }
        let settings = plan.current
        commands.send(
            Command(
                id: "reload-\(settings.revision)-\(commands.next)", who: "start", issuedAt: 0, body: .reload(settings)))
        if let latest = commands.latestReload { plan.current = latest }
    }
}
