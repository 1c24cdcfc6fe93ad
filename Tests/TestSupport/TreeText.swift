/// The text of a tree, and the line of everything in it.
public struct TreeText: Sendable {
    /// The text.
    public private(set) var text = ""
    /// The line of each member's name or element, from 1; of two members of one name that of the first.
    public private(set) var lines: [Path: Int] = [[]: 1]

    private var line = 1
    private let isFlow: Bool

    /// Writes a tree, with its small mappings on one line if `isFlow`.
    public init(_ tree: Tree, isFlow: Bool) {
        self.isFlow = isFlow
        write(tree, at: [], indent: 0)
    }

    private mutating func add(_ text: String, at path: Path) {
        if lines[path] == nil { lines[path] = line }
        self.text += text
    }

    private mutating func endLine() {
        text += "\n"
        line += 1
    }

    /// Writes a value behind `key:` or `-`, or the root, and ends its line.
    private mutating func write(_ tree: Tree, at path: Path, indent: Int) {
        let space = String(repeating: " ", count: indent)
        if let short = oneLine(tree) {
            for below in tree.paths { lines[path + below] = line }
            text += (path.isEmpty ? "" : " ") + short
            endLine()
            return
        }
        switch tree {
        case .scalar: break
        case .list(let elements):
            endLine()
            for (index, element) in elements.enumerated() {
                let path = path + [.index(index)]
                add(space + "-", at: path)
                if case .map(let members) = element, oneLine(element) == nil {
                    write(members, at: path, indent: indent + 2, isInline: true)
                } else {
                    write(element, at: path, indent: indent + 2)
                }
            }
        case .map(let members):
            if !path.isEmpty { endLine() }
            write(members, at: path, indent: indent, isInline: false)
        }
    }

    private mutating func write(_ members: [Tree.Member], at path: Path, indent: Int, isInline: Bool) {
        for (index, member) in members.enumerated() {
            let path = path + [.key(member.key)]
            let space = isInline && index == 0 ? " " : String(repeating: " ", count: indent)
            add(space + Self.key(member.key) + ":", at: path)
            write(member.value, at: path, indent: indent + 2)
        }
    }

    // MARK: - Flow

    private func oneLine(_ tree: Tree) -> String? {
        switch tree {
        case .scalar(let text, let isPlain): return Self.scalar(text, isPlain: isPlain, inFlow: false)
        case .list(let elements):
            let isSimple = elements.allSatisfy { if case .scalar = $0 { true } else { false } }
            return isSimple ? Self.flow(tree) : nil
        case .map(let members):
            if members.isEmpty { return "{}" }
            let isSimple = members.allSatisfy { if case .scalar = $0.value { true } else { false } }
            return isFlow && isSimple ? Self.flow(tree) : nil
        }
    }

    private static func flow(_ tree: Tree) -> String {
        switch tree {
        case .scalar(let text, let isPlain): scalar(text, isPlain: isPlain, inFlow: true)
        case .list(let elements): "[" + elements.map(flow).joined(separator: ", ") + "]"
        case .map(let members):
            "{ " + members.map { "\(key($0.key)): \(flow($0.value))" }.joined(separator: ", ") + " }"
        }
    }

    private static func key(_ text: String) -> String {
        text.allSatisfy { $0.isLetter || $0.isNumber || "_-. ".contains($0) } ? text : quoted(text)
    }

    private static func scalar(_ text: String, isPlain: Bool, inFlow: Bool) -> String {
        let isSafe = isPlain && !(inFlow && text.contains { ",[]{}".contains($0) })
        return isSafe ? text : quoted(text)
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        return "\"" + escaped + "\""
    }
}
