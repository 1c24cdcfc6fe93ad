internal import Yams

/// Reads the text of a file into nodes, and refuses what YAML can do but a pipeline file must not.
enum YamlDocument {
    /// The root of the only document, or nil after an error was reported.
    static func read(_ text: String, report: Report) -> YamlNode? {
        guard text.utf8.count <= FileLimits.bytes else {
            report.error(
                .start, "the file has \(text.utf8.count) bytes; expected at most \(FileLimits.bytes)",
                "keep recorded logs out of the pipeline file")
            return nil
        }
        // Note: This comes before Yams composes, which compares the keys of a mapping and so would walk every
        // alias of an alias of an alias, a time without end for a few lines of text.
        if let alias = AliasScan.firstAlias(in: text) {
            refuseAlias(at: alias, report)
            return nil
        }
        do {
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            let root = try parser.singleRoot()
            // Nodes hold their anchors weakly; the parser keeps them alive.
            return withExtendedLifetime(parser) {
                guard let root else {
                    report.error(
                        .start, "the file is empty; expected a mapping with `pipeline`, `sources` and `stages`")
                    return nil
                }
                let document = convert(root, depth: 0, report)
                // What was refused here is missing in the document, which the readers would only tell again.
                return report.hasErrors ? nil : document
            }
        } catch let error as YamlError {
            tell(error, text: text, report)
        } catch {
            report.error(.start, "the file is not YAML: \(error)")
        }
        return nil
    }

    private static func convert(_ node: Node, depth: Int, _ report: Report) -> YamlNode? {
        let position = Position(node.mark)
        if node.anchor != nil {
            refuseAlias(at: position, report)
            return nil
        }
        guard depth <= FileLimits.nesting else {
            report.error(position, "more than \(FileLimits.nesting) mappings and lists inside each other")
            return nil
        }
        switch node {
        case .scalar(let scalar):
            guard hasTag(node, "str", position, report) else { return nil }
            return YamlNode(position: position, content: .scalar(scalar.string, isPlain: scalar.style == .plain))
        case .sequence(let sequence):
            guard hasTag(node, "seq", position, report) else { return nil }
            let elements = sequence.compactMap { convert($0, depth: depth + 1, report) }
            return YamlNode(position: position, content: .sequence(elements))
        case .mapping(let mapping):
            guard hasTag(node, "map", position, report) else { return nil }
            return YamlNode(position: position, content: .mapping(entries(of: mapping, depth: depth, report)))
        case .alias:
            refuseAlias(at: position, report)
            return nil
        }
    }

    private static func entries(of mapping: Node.Mapping, depth: Int, _ report: Report) -> [YamlNode.Entry] {
        mapping.compactMap { key, value in
            guard let name = convert(key, depth: depth + 1, report) else { return nil }
            guard case .scalar(let text, _) = name.content, !name.isNull else {
                report.error(name.position, "found \(name.summary) as a key; expected a name")
                return nil
            }
            guard let content = convert(value, depth: depth + 1, report) else { return nil }
            return YamlNode.Entry(key: text, position: name.position, value: content)
        }
    }

    private static func hasTag(_ node: Node, _ name: String, _ position: Position, _ report: Report) -> Bool {
        let tag = node.tag.description
        guard tag != "tag:yaml.org,2002:" + name else { return true }
        report.error(
            position, "found the tag \(quoted(tag)); pipeline files have no tags", "write the value without a tag")
        return false
    }

    private static func refuseAlias(at position: Position, _ report: Report) {
        report.error(
            position, "found an anchor or an alias; pipeline files have neither", aliasMend)
    }

    private static let aliasMend = "write the value out, or put it in quotation marks if it starts with `&` or `*`"

    private static func tell(_ error: YamlError, text: String, _ report: Report) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            let about = context.map { $0.text } ?? ""
            let mend = YamlMend(
                problem: problem, at: Position(mark), context: about, from: context.map { Position($0.mark) }, in: text)
            report.error(
                mend.position, "this is not YAML: \(about.isEmpty ? "" : about + ": ")\(problem)", mend.suggestion)
        case .composer(let context, let problem, let mark, _):
            let before = context.map { $0.text + ", " } ?? ""
            report.error(
                Position(mark), "\(before)\(problem)",
                problem.contains("document") ? "keep one document in a file" : aliasMend)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map { quoted($0) }.joined(separator: ", ")
            report.error(
                Position(context.mark), "\(names) stands more than once in one mapping; the first is here",
                "keep one of them")
        case .reader(let problem, let offset, _, _):
            let place = SourceText(String(text.prefix(offset ?? 0))).end
            report.error(place, "this is not YAML: \(problem)", "remove the control character")
        default:
            report.error(.start, "the file cannot be read as YAML")
        }
    }
}

extension Position {
    /// The place that Yams names.
    fileprivate init(_ mark: Mark?) {
        // Yams gives line 0 where it does not know.
        self.init(line: max(mark?.line ?? 1, 1), column: max(mark?.column ?? 1, 1))
    }
}
