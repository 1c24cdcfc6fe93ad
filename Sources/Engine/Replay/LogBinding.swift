import Pipelines
public import RampartCore

/// A log that no source of the pipeline can take, or that several could.
public struct BindingError: Error, Hashable, Sendable {
    /// What is wrong and how to mend it.
    public var message: String
}

/// Which source's records a log holds, and how they are laid out (R2).
public struct LogBinding: Hashable, Sendable {
    /// The source, or by each record's type.
    public var partition: PartitionBinding
    /// The layout of the records.
    public var format: Source.Format

    /// Binds a log to the source named for it, to the only source, or by the type of each record.
    public init(log: String, source name: String?, in topology: Topology) throws(BindingError) {
        if let name {
            guard let index = topology.sources.firstIndex(where: { $0.name == name }) else {
                throw BindingError(message: Self.unknownSource(name, log: log, topology))
            }
            self.init(partition: .source(index), format: topology.sources[index].format)
        } else if topology.sources.count == 1 {
            self.init(partition: .source(0), format: topology.sources[0].format)
        } else {
            try Self.checkTypes(log: log, topology)
            self.init(partition: .byType, format: topology.sources[0].format)
        }
    }

    private init(partition: PartitionBinding, format: Source.Format) {
        self.partition = partition
        self.format = format
    }

    /// Several sources share a log by type only if each type has one source and all have one format.
    private static func checkTypes(log: String, _ topology: Topology) throws(BindingError) {
        var owners: [EventType: String] = [:]
        for source in topology.sources {
            let mend = "name the source of the log, as in \(source.name)=\(log)"
            guard case .constant(let type) = source.selector else {
                throw BindingError(
                    message:
                        "source `\(source.name)` finds its event types by a switch, so \(log) cannot go by `type`: \(mend)"
                )
            }
            guard source.format == topology.sources[0].format else {
                throw BindingError(
                    message: "the sources have different formats, so \(log) cannot go by `type`: \(mend)")
            }
            if let other = owners.updateValue(source.name, forKey: type) {
                throw BindingError(
                    message:
                        "sources `\(other)` and `\(source.name)` both take \(type.name) events, so \(log) cannot go by `type`: \(mend)"
                )
            }
        }
    }

    private static func unknownSource(_ name: String, log: String, _ topology: Topology) -> String {
        let names = topology.sources.map(\.name)
        let mend =
            Suggestion.closest(to: name, among: names).map { "did you mean `\($0)`?" }
            ?? "the pipeline has \(names.map { "`\($0)`" }.joined(separator: ", "))"
        return "\(name)=\(log): the pipeline has no source `\(name)`; \(mend)"
    }
}
