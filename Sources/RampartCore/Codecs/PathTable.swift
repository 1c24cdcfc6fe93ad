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
        var firstElement = 0
        var elementCount = 0
    }

    /// An element of a list under a node.
    struct Element: Sendable {
        var index: Int
        var node: Int
    }

    /// A name under a node.
    private struct Child: Sendable {
        /// The last eight bytes of a name that has more than that.
        var last: UInt64
        var nameStart: Int
        var nameCount: Int
        var node: Int
    }

    private var nodes: ContiguousArray<Node> = []
    private var children: ContiguousArray<Child> = []
    /// The token of each child: what most other names differ in, side by side.
    private var tokens: ContiguousArray<UInt64> = []
    private var names: ContiguousArray<UInt8> = []
    /// The elements of each node side by side, in order of their indices.
    private var elements: ContiguousArray<Element> = []

    /// The number of nodes.
    var count: Int { nodes.count }

    /// Collects paths for a table.
    struct Builder {
        fileprivate var children: [[(name: [UInt8], node: Int)]] = [[]]
        fileprivate var elements: [[Element]] = [[]]
        /// The path to each node as a person writes it.
        private(set) var texts: [String] = [""]

        /// The node of a path, which is added if it is new.
        mutating func node(of path: Path) -> Int {
            var node = PathTable.root
            for step in path.steps {
                switch step {
                case .name(let name):
                    if let known = children[node].first(where: { $0.name == name }) {
                        node = known.node
                    } else {
                        let text = String(decoding: name, as: UTF8.self)
                        let child = add(node == PathTable.root ? text : "\(texts[node]).\(text)")
                        children[node].append((name, child))
                        node = child
                    }
                case .index(let index):
                    if let known = elements[node].first(where: { $0.index == index }) {
                        node = known.node
                    } else {
                        let child = add("\(texts[node])[\(index)]")
                        elements[node].append(Element(index: index, node: child))
                        node = child
                    }
                }
            }
            return node
        }

        /// A node that no path leads to, for a value that is computed.
        mutating func unreachableNode(named name: String) -> Int { add(name) }

        private mutating func add(_ text: String) -> Int {
            children.append([])
            elements.append([])
            texts.append(text)
            return texts.count - 1
        }
    }

    /// Creates the table of all paths that were collected.
    init(_ builder: Builder) {
        for (list, elements) in zip(builder.children, builder.elements) {
            var node = Node(firstChild: children.count, childCount: list.count)
            (node.firstElement, node.elementCount) = (self.elements.count, elements.count)
            self.elements += elements.sorted { $0.index < $1.index }
            for (name, index) in list {
                node.lengths |= Self.lengthBit(name.count)
                tokens.append(name.withUnsafeBytes { Self.token($0, at: 0, count: $0.count) })
                let last = name.withUnsafeBytes {
                    $0.count > 8 ? $0.loadUnaligned(fromByteOffset: $0.count - 8, as: UInt64.self) : 0
                }
                children.append(Child(last: last, nameStart: names.count, nameCount: name.count, node: index))
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
        let token = Self.token(record, at: start, count: count)
        return tokens.withUnsafeBufferPointer { tokens in
            var index = parent.firstChild
            let end = parent.firstChild + parent.childCount
            while index < end {
                if tokens[index] == token, matches(children[index], record, start, count) {
                    return children[index].node
                }
                index += 1
            }
            return -1
        }
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

    /// The places of the elements of a list that paths lead to, in order of their indices.
    @inline(__always)
    func elements(of node: Int) -> Range<Int> {
        nodes[node].firstElement..<nodes[node].firstElement + nodes[node].elementCount
    }

    /// The element at a place.
    @inline(__always)
    func element(_ place: Int) -> Element { elements[place] }

    /// Calls `body` with a node and all that lie under it.
    func forSubtree(of node: Int, _ body: (Int) -> Void) {
        body(node)
        let parent = nodes[node]
        for index in parent.firstChild..<parent.firstChild + parent.childCount {
            forSubtree(of: children[index].node, body)
        }
        for place in elements(of: node) { forSubtree(of: elements[place].node, body) }
    }

    /// Whether a child whose token is that of a name has that name.
    @inline(__always)
    private func matches(_ child: Child, _ record: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> Bool {
        guard child.nameCount == count else { return false }
        // The token holds the first eight bytes, and the last eight overlap them.
        if count <= 8 { return true }
        let last = record.loadUnaligned(fromByteOffset: start + count - 8, as: UInt64.self)
        guard last == child.last else { return false }
        return count <= 16 || matchesLong(child, record, start)
    }

    private func matchesLong(_ child: Child, _ record: UnsafeRawBufferPointer, _ start: Int) -> Bool {
        for offset in 8..<child.nameCount where names[child.nameStart + offset] != record[start + offset] {
            return false
        }
        return true
    }

    @inline(__always)
    private static func lengthBit(_ count: Int) -> UInt64 { 1 << UInt64(min(count, 63)) }

    /// The first eight bytes of a name, or all of them, mixed with its length.
    @inline(__always)
    private static func token(_ bytes: UnsafeRawBufferPointer, at start: Int, count: Int) -> UInt64 {
        let length = UInt64(truncatingIfNeeded: count) << 56
        if start + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
            return length ^ (count >= 8 ? word : word & (1 << UInt64(count * 8) &- 1))
        }
        var word: UInt64 = 0
        for offset in 0..<min(count, 8) { word |= UInt64(bytes[start + offset]) << UInt64(offset * 8) }
        return length ^ word
    }
}
