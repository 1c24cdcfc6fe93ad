import Foundation
import Yams

/// One step into a tree: a member of a mapping or an element of a list.
public enum Step: Hashable, Sendable, CustomStringConvertible {
    case key(String)
    case index(Int)

    public var description: String {
        switch self {
        case .key(let name): name
        case .index(let number): "\(number)"
        }
    }
}

/// The way from the root of a tree to a value.
public typealias Path = [Step]

/// A YAML value that can be changed and written down again. It knows nothing of what pipeline files mean.
public indirect enum Tree: Hashable, Sendable {
    public struct Member: Hashable, Sendable {
        public var key: String
        public var value: Tree
    }

    case scalar(String, isPlain: Bool)
    case list([Tree])
    case map([Member])

    /// A text without quotation marks.
    public static func plain(_ text: String) -> Tree { .scalar(text, isPlain: true) }

    /// Reads a text that is YAML.
    public init(yaml: String) throws {
        struct NoValue: Error {}
        guard let node = try Yams.compose(yaml: yaml, .basic) else { throw NoValue() }
        self.init(node)
    }

    private init(_ node: Node) {
        switch node {
        case .scalar(let scalar): self = .scalar(scalar.string, isPlain: scalar.style == .plain)
        case .sequence(let elements): self = .list(elements.map(Tree.init))
        case .mapping(let members):
            self = .map(members.map { Member(key: $0.key.string ?? "", value: Tree($0.value)) })
        case .alias: self = .plain("")
        }
    }

    /// The ways to all values below this one, each before those below it.
    public var paths: [Path] {
        switch self {
        case .scalar: []
        case .list(let elements):
            elements.enumerated().flatMap { index, element in
                [[.index(index)]] + element.paths.map { [.index(index)] + $0 }
            }
        case .map(let members):
            members.flatMap { member in [[.key(member.key)]] + member.value.paths.map { [.key(member.key)] + $0 } }
        }
    }

    /// The value at the end of a way.
    public subscript(path: Path) -> Tree? {
        guard let step = path.first else { return self }
        let rest = Array(path.dropFirst())
        switch (self, step) {
        case (.list(let elements), .index(let index)) where elements.indices.contains(index):
            return elements[index][rest]
        case (.map(let members), .key(let name)):
            return members.first { $0.key == name }?.value[rest]
        default: return nil
        }
    }

    /// The tree with another value at the end of a way.
    public func replacing(_ path: Path, with value: Tree) -> Tree {
        changing(path) { $1 = value }
    }

    /// The tree without a member or element.
    public func removing(_ path: Path) -> Tree {
        changingParent(path) {
            $0.remove(at: $1)
        } element: {
            $0.remove(at: $1)
        }
    }

    /// The tree with another name for a member.
    public func renaming(_ path: Path, to name: String) -> Tree {
        changingParent(path) {
            $0[$1].key = name
        } element: { _, _ in
        }
    }

    /// The tree with a member behind another one of the same mapping.
    public func inserting(_ name: String, _ value: Tree, behind path: Path) -> Tree {
        changingParent(path) {
            $0.insert(Member(key: name, value: value), at: $1 + 1)
        } element: { _, _ in
        }
    }

    /// The tree with one more member at the end of a mapping.
    public func adding(_ name: String, _ value: Tree, to path: Path) -> Tree {
        guard case .map(let members) = self[path] else { return self }
        return replacing(path, with: .map(members + [Member(key: name, value: value)]))
    }

    /// The value as editors see it: plain scalars have the types that YAML 1.2 gives them.
    public var json: Any {
        switch self {
        case .scalar(let text, isPlain: false): text
        case .scalar(let text, isPlain: true): Self.json(ofPlain: text)
        case .list(let elements): elements.map(\.json)
        case .map(let members): Dictionary(members.map { ($0.key, $0.value.json) }) { first, _ in first }
        }
    }

    private static func json(ofPlain text: String) -> Any {
        switch text {
        case "", "null", "Null", "NULL", "~": NSNull()
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default:
            if text.wholeMatch(of: /[-+]?[0-9]+/) != nil, let number = Int(text) {
                number
            } else if text.wholeMatch(of: /[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?/) != nil,
                let number = Double(text)
            {
                number
            } else {
                text
            }
        }
    }

    /// The text of a scalar.
    public var text: String? {
        if case .scalar(let text, _) = self { text } else { nil }
    }

    // MARK: -

    private func changing(_ path: Path, _ change: (Step?, inout Tree) -> Void) -> Tree {
        guard let step = path.first else {
            var copy = self
            change(nil, &copy)
            return copy
        }
        let rest = Array(path.dropFirst())
        switch (self, step) {
        case (.list(var elements), .index(let index)) where elements.indices.contains(index):
            elements[index] = elements[index].changing(rest, change)
            return .list(elements)
        case (.map(var members), .key(let name)):
            guard let index = members.firstIndex(where: { $0.key == name }) else { return self }
            members[index].value = members[index].value.changing(rest, change)
            return .map(members)
        default: return self
        }
    }

    private func changingParent(
        _ path: Path, member: (inout [Member], Int) -> Void, element: (inout [Tree], Int) -> Void
    ) -> Tree {
        changing(Path(path.dropLast())) { _, parent in
            switch (parent, path.last) {
            case (.map(var members), .key(let name)?):
                guard let index = members.firstIndex(where: { $0.key == name }) else { return }
                member(&members, index)
                parent = .map(members)
            case (.list(var elements), .index(let index)?):
                element(&elements, index)
                parent = .list(elements)
            default: break
            }
        }
    }
}
