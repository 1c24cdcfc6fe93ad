public import Pipelines
public import RampartCore

/// The topics of one application: what it reads, what it writes, and what it tells itself.
public struct DaemonTopics: Hashable, Sendable {
    /// An input topic, and the sources whose records it holds.
    public struct Input: Hashable, Sendable {
        /// The topic.
        public var topic: String
        /// Which sources its records can belong to.
        public var binding: PartitionBinding
    }

    /// A topic that carries events from all tasks to those of a subgraph.
    public struct Exchange: Hashable, Sendable {
        /// The subgraph that it feeds.
        public var subgraph: Int
        /// The topic; one partition a task.
        public var topic: String
    }

    /// The name under which the application's own topics stand.
    public let application: String
    /// The input topics, in byte order of their names; the first is the lead topic that the group divides.
    public let inputs: [Input]
    /// The exchanges between tasks, in the order of the subgraphs that they feed.
    public let exchanges: [Exchange]
    /// Where each kind of output goes.
    public let outputs: [Sink.Kind: String]
    /// Which alerts have their personal data masked (R38).
    public let masks: SinkMasks

    /// Finds the topics of a pipeline, or says which are missing from its file.
    public init(_ pipeline: Pipeline, application: String? = nil) throws(DaemonError) {
        let name = application ?? pipeline.topology.family
        self.application = name
        inputs = try Self.inputs(pipeline)
        exchanges = pipeline.topology.exchanged.map { subgraph in
            Exchange(
                subgraph: subgraph, topic: "\(name).exchange.\(pipeline.topology.subgraphs[subgraph].name)")
        }
        var outputs: [Sink.Kind: String] = [:]
        for kind in Sink.Kind.allCases {
            let named = pipeline.sinks.first { $0.kind == kind }?.topic
            outputs[kind] = named ?? "\(name).\(kind.rawValue.replacing("_", with: "-"))"
        }
        if let both = outputs.first(where: { $0.key != .shadow && $0.value == outputs[.shadow] }) {
            throw DaemonError(
                .stop,
                "the sinks shadow and \(both.key.rawValue) write one topic, \(both.value); give shadow another one")
        }
        self.outputs = outputs
        masks = pipeline.masks
        if let both = inputs.first(where: { outputs.values.contains($0.topic) }) {
            throw DaemonError(.stop, "the topic \(both.topic) is both read and written; give the sink another one")
        }
    }

    private static func inputs(_ pipeline: Pipeline) throws(DaemonError) -> [Input] {
        var sources: [String: [Int]] = [:]
        for (index, source) in pipeline.topology.sources.enumerated() {
            guard let topic = pipeline.topics[index] else {
                throw DaemonError(.stop, "the source `\(source.name)` names no topic; add `topic:` to it")
            }
            guard source.format == .json else {
                throw DaemonError(
                    .stop,
                    "the source `\(source.name)` is CSV, whose header no topic carries; only JSON can be consumed")
            }
            sources[topic, default: []].append(index)
        }
        for (topic, indices) in sources where indices.count > 1 {
            let isByType = indices.allSatisfy {
                if case .constant = pipeline.topology.sources[$0].selector { true } else { false }
            }
            let types = Set(indices.flatMap { pipeline.topology.sources[$0].types })
            guard isByType, types.count == indices.count else {
                throw DaemonError(
                    .stop, "several sources read the topic \(topic), so each must be of one event type of its own")
            }
        }
        return sources.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { topic in
            let indices = sources[topic] ?? []
            return Input(topic: topic, binding: indices.count == 1 ? .source(indices[0]) : .byType)
        }
    }

    /// The topic whose partitions the group divides.
    public var lead: String { inputs[0].topic }
    /// Where people and reloads speak to all tasks; one partition.
    public var commands: String { "\(application).commands" }
    /// Where tasks write down what they decided; one partition a task.
    public var control: String { "\(application).control" }
    /// Where tasks keep their promises, compacted; one partition a task.
    public var changelog: String { "\(application).changelog" }

    /// The input partitions of a task, in the order of `inputs`.
    public func inputPartitions(of task: Int) -> [TopicPartition] { inputs.map { TopicPartition($0.topic, task) } }

    /// All partitions that a task reads: the input partitions, and behind them those of `exchanges`.
    public func partitions(of task: Int) -> [TopicPartition] {
        inputPartitions(of: task) + exchanges.map { TopicPartition($0.topic, task) }
    }

    /// What the partitions of a task hold, where there are so many tasks.
    func bindings(tasks: Int) -> [PartitionBinding] {
        inputs.map(\.binding) + exchanges.map { .exchange($0.subgraph, upstreamTasks: tasks) }
    }

    /// The topics that the application keeps for itself or writes, for so many tasks.
    public func specifications(tasks: Int) -> [TopicSpec] {
        var topics = [
            TopicSpec(name: commands, partitions: 1, isCompacted: false, retentionMilliseconds: -1),
            TopicSpec(name: control, partitions: tasks, isCompacted: false, retentionMilliseconds: -1),
            TopicSpec(name: changelog, partitions: tasks, isCompacted: true),
        ]
        topics += exchanges.map { TopicSpec(name: $0.topic, partitions: tasks, isCompacted: false) }
        for kind in Sink.Kind.allCases {
            if let topic = outputs[kind] {
                topics.append(TopicSpec(name: topic, partitions: tasks, isCompacted: false))
            }
        }
        return topics
    }
}
