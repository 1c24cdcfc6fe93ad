/// Why a record is not a JSON object.
enum JSONFault: Error {
    /// It breaks the grammar of RFC 8259 or is no UTF-8 at this index.
    case invalid(index: Int)
    case nestingTooDeep
}

/// Reads one JSON object in a single pass: checks all of it and notes what stands at the mapped paths.
///
/// Members may come in any order. The scanner alone decides whether a record is good; anything faster that is put
/// before it may only ever say "I do not know".
struct JSONScanner {
    let record: UnsafeRawBufferPointer
    /// One place per node of the paths; all are `unseen` when the scan begins.
    let values: UnsafeMutableBufferPointer<RawValue>
    var index = 0
    /// Whether a value at a mapped path has escapes that are still to be decoded.
    private(set) var hasEscapedValues = false

    /// No path leads here.
    private static let unmapped = -1

    init(_ record: UnsafeRawBufferPointer, values: UnsafeMutableBufferPointer<RawValue>) {
        self.record = record
        self.values = values
    }

    /// Scans the whole record.
    mutating func scan(_ paths: PathTable) throws(JSONFault) {
        skipWhitespace()
        guard next() == UInt8(ascii: "{") else { throw .invalid(index: index) }
        index += 1
        try object(node: PathTable.root, depth: 1, paths)
        skipWhitespace()
        guard index == record.count else { throw .invalid(index: index) }
    }

    /// The byte at the index, or a zero, which is never valid there, at the end.
    @inline(__always)
    func next() -> UInt8 { index < record.count ? record[index] : 0 }

    @inline(__always)
    mutating func skipWhitespace() {
        while index < record.count, record[index] <= 0x20 {
            switch record[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    /// Reads the members of an object whose opening brace is behind the index.
    private mutating func object(node: Int, depth: Int, _ paths: PathTable) throws(JSONFault) {
        skipWhitespace()
        if next() == UInt8(ascii: "}") {
            index += 1
            return
        }
        while true {
            try member(node: node, depth: depth, paths)
            skipWhitespace()
            switch next() {
            case UInt8(ascii: ","):
                index += 1
                skipWhitespace()
            case UInt8(ascii: "}"):
                index += 1
                return
            default: throw .invalid(index: index)
            }
        }
    }

    @inline(__always)
    private mutating func member(node: Int, depth: Int, _ paths: PathTable) throws(JSONFault) {
        guard next() == UInt8(ascii: "\"") else { throw .invalid(index: index) }
        index += 1
        let key = try string()
        skipWhitespace()
        guard next() == UInt8(ascii: ":") else { throw .invalid(index: index) }
        index += 1
        skipWhitespace()
        let child = node == Self.unmapped ? Self.unmapped : self.child(of: node, key, paths)
        guard child != Self.unmapped else {
            _ = try value(node: Self.unmapped, depth: depth, paths)
            return
        }
        guard values[child].kind == .unseen else {
            _ = try value(node: Self.unmapped, depth: depth, paths)
            paths.forSubtree(of: child) { values[$0] = RawValue(kind: .duplicate, start: 0, count: 0) }
            return
        }
        let found = try value(node: child, depth: depth, paths)
        if found.kind == .escapedString { hasEscapedValues = true }
        values[child] = found
    }

    @inline(__always)
    private func child(of node: Int, _ key: RawValue, _ paths: PathTable) -> Int {
        let (start, count) = (Int(key.start), Int(key.count))
        guard key.kind == .string else {
            return paths.child(of: node, escaped: UnsafeRawBufferPointer(rebasing: record[start..<start + count]))
        }
        return paths.child(of: node, in: record, start: start, count: count)
    }

    /// Reads the value whose first byte is at the index.
    @inline(__always)
    private mutating func value(node: Int, depth: Int, _ paths: PathTable) throws(JSONFault) -> RawValue {
        let start = index
        switch next() {
        case UInt8(ascii: "\""):
            index += 1
            return try string()
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            return try number()
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            try container(node: node, depth: depth + 1, paths)
            return RawValue(kind: .container, from: start, to: index)
        default:
            return try literal()
        }
    }

    /// Reads an object or array whose opening bracket is at the index.
    @inline(never)
    private mutating func container(node: Int, depth: Int, _ paths: PathTable) throws(JSONFault) {
        guard depth <= Limits.nesting else { throw .nestingTooDeep }
        let isObject = next() == UInt8(ascii: "{")
        index += 1
        if isObject {
            try object(node: node, depth: depth, paths)
        } else {
            try array(node: node, depth: depth, paths)
        }
    }

    /// Reads the elements of an array whose opening bracket is behind the index.
    private mutating func array(node: Int, depth: Int, _ paths: PathTable) throws(JSONFault) {
        skipWhitespace()
        if next() == UInt8(ascii: "]") {
            index += 1
            return
        }
        // What no path leads to is passed over; the others come in the order in which they stand.
        var wanted = node == Self.unmapped ? 0..<0 : paths.elements(of: node)
        var element = 0
        while true {
            skipWhitespace()
            if let first = wanted.first, paths.element(first).index == element {
                wanted.removeFirst()
                let child = paths.element(first).node
                let found = try value(node: child, depth: depth, paths)
                if found.kind == .escapedString { hasEscapedValues = true }
                values[child] = found
            } else {
                _ = try value(node: Self.unmapped, depth: depth, paths)
            }
            element += 1
            skipWhitespace()
            switch next() {
            case UInt8(ascii: ","): index += 1
            case UInt8(ascii: "]"):
                index += 1
                return
            default: throw .invalid(index: index)
            }
        }
    }
}
