/// A mapping whose keys were checked against a group: no unknown key, none missing.
struct MappingReader {
    /// Where the mapping is announced: its key, or itself.
    let position: Position
    private let entries: [String: YamlNode.Entry]

    /// Checks a node; nil, with an error reported, where it is no mapping.
    init?(_ node: YamlNode, _ group: KeyGroup, at position: Position? = nil, _ report: Report) {
        guard let found = node.entries(of: group.name, report) else { return nil }
        self.position = position ?? node.position
        var entries: [String: YamlNode.Entry] = [:]
        let present = Set(found.map(\.key))
        for entry in found {
            if group.names.contains(entry.key) {
                entries[entry.key] = entry
            } else {
                let meant = Suggestion.closest(to: entry.key, among: group.names)
                report.error(
                    entry.position, "\(quoted(entry.key)) is not a key of \(group.name)",
                    meant.map { "did you mean `\($0)`?" } ?? "it takes " + group.names.joined(separator: ", "))
                // What follows is read as if the key were spelt right, or its absence would be told as well.
                if let meant, !present.contains(meant) { entries[meant] = entry }
            }
        }
        for key in group.keys where key.isRequired && entries[key.name] == nil {
            report.error(
                self.position, "`\(key.name)` is missing in \(group.name)", "add \(key.name): \(key.summary)")
        }
        self.entries = entries
    }

    /// The value of a key that is there.
    subscript(_ key: String) -> YamlNode? { entries[key]?.value }

    /// Where a key stands, or the mapping itself where the key is absent.
    func position(of key: String) -> Position { entries[key]?.position ?? position }
}

extension YamlNode {
    /// The entries of a mapping; nil, with an error reported, where it is something else.
    func entries(of what: String, _ report: Report) -> [Entry]? {
        guard case .mapping(let entries) = content else {
            report.error(position, "found \(summary) for \(what); expected a mapping (name: value)")
            return nil
        }
        return entries
    }

    /// The entries of a mapping, an error reported where there are more than a limit.
    func entries(of what: String, atMost limit: Int, _ report: Report) -> [Entry]? {
        guard let entries = entries(of: what, report) else { return nil }
        if entries.count > limit {
            report.error(entries[limit].position, "`\(what)` has \(entries.count) entries; expected at most \(limit)")
        }
        return Array(entries.prefix(limit))
    }

    /// The elements of a list; nil, with an error reported, where it is something else.
    func elements(of what: String, _ report: Report) -> [YamlNode]? {
        guard case .sequence(let elements) = content else {
            report.error(position, "found \(summary) for \(what); expected a list ([a, b])")
            return nil
        }
        return elements
    }

    /// The elements of a list, or the one value that stands in its place; at least one.
    func oneOrMore(of what: String, _ report: Report) -> [YamlNode]? {
        switch content {
        case .sequence(let elements):
            if elements.isEmpty {
                report.error(position, "the list for \(what) is empty; expected at least one")
                return nil
            }
            return elements
        case .scalar: return [self]
        case .mapping:
            report.error(position, "found a mapping for \(what); expected a name or a list of names")
            return nil
        }
    }
}
