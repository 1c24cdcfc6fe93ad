/// All paths that the mappings of a partition read, as a tree of names: what the scanners look keys up in.
///
/// Each node has an index, under which a record's value for that path is kept.
struct PathTable: Sendable {
    /// The node of the record itself.
    static let root = 0

    /// The children of one node.
    private struct Node: Sendable {
        var firstChild = 0
        var childCount = 0
        /// Bit *n* is set when a child's name has *n* bytes, the last bit for all longer ones.
        var lengths: UInt64 = 0
    }

    /// A name under a node.
    private struct Child: Sendable {
        /// The first eight bytes of the name, or all of them.
        var word: UInt64
        var nameStart: Int
        var nameCount: Int
        var node: Int
    }

    private var nodes: ContiguousArray<Node> = []
    private var children: ContiguousArray<Child> = []
    private var names: ContiguousArray<UInt8> = []

    /// The number of nodes.
    var count: Int { nodes.count }

    /// Collects paths for a table.
    struct Builder {
        fileprivate var children: [[(name: [UInt8], node: Int)]] = [[]]
        /// The path to each node as a person writes it.
        private(set) var texts: [String] = [""]

        /// The node of a path, which is added if it is new.
        mutating func node(of path: Path) -> Int {
            var node = PathTable.root
            for name in path.names {
                if let known = children[node].first(where: { $0.name == name }) {
                    node = known.node
                } else {
                    children.append([])
                    children[node].append((name, children.count - 1))
                    let text = String(decoding: name, as: UTF8.self)
                    texts.append(node == PathTable.root ? text : "\(texts[node]).\(text)")
                    node = children.count - 1
                }
            }
            return node
        }
    }

    /// Creates the table of all paths that were collected.
    init(_ builder: Builder) {
        for list in builder.children {
            var node = Node(firstChild: children.count, childCount: list.count)
            for (name, index) in list {
                node.lengths |= Self.lengthBit(name.count)
                let word = name.withUnsafeBytes { Self.word($0, at: 0, count: $0.count) }
                children.append(Child(word: word, nameStart: names.count, nameCount: name.count, node: index))
                names.append(contentsOf: name)
            }
            nodes.append(node)
        }
    }

    /// The child of a node with the name at `start`, or -1.
    @inline(__always)
    func child(of node: Int, in record: UnsafeRawBufferPointer, start: Int, count: Int) -> Int {
        let parent = nodes[node]
        guard parent.lengths & Self.lengthBit(count) != 0 else { return -1 }
        let word = Self.word(record, at: start, count: count)
        for index in parent.firstChild..<parent.firstChild + parent.childCount {
            let child = children[index]
            guard child.word == word, child.nameCount == count else { continue }
            if count <= 8 || matches(child.nameStart, record, start, count) { return child.node }
        }
        return -1
    }

    /// The child of a node with the name that a JSON string with escapes spells, or -1.
    func child(of node: Int, escaped content: UnsafeRawBufferPointer) -> Int {
        let parent = nodes[node]
        for index in parent.firstChild..<parent.firstChild + parent.childCount {
            let child = children[index]
            var spelled = JSONUnescaper(content)
            let name = names[child.nameStart..<child.nameStart + child.nameCount]
            if name.allSatisfy({ spelled.next() == $0 }), spelled.next() == nil { return child.node }
        }
        return -1
    }

    /// Calls `body` with a node and all that lie under it.
    func forSubtree(of node: Int, _ body: (Int) -> Void) {
        body(node)
        let parent = nodes[node]
        for index in parent.firstChild..<parent.firstChild + parent.childCount {
            forSubtree(of: children[index].node, body)
        }
    }

    @inline(__always)
    private func matches(_ nameStart: Int, _ record: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> Bool {
        for offset in 8..<count where names[nameStart + offset] != record[start + offset] { return false }
        return true
    }

    @inline(__always)
    private static func lengthBit(_ count: Int) -> UInt64 { 1 << UInt64(min(count, 63)) }

    /// The first eight bytes of a name, or all of them, as one word.
    @inline(__always)
    private static func word(_ bytes: UnsafeRawBufferPointer, at start: Int, count: Int) -> UInt64 {
        if start + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
            return count >= 8 ? word : word & (1 << UInt64(count * 8) &- 1)
        }
        var word: UInt64 = 0
        for offset in 0..<min(count, 8) { word |= UInt64(bytes[start + offset]) << UInt64(offset * 8) }
        return word
    }
}
