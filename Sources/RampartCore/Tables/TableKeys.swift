/// The keys of a table, found by their bytes: what an allow-list and `in` ask, once an event.
///
/// Open addressing over one array of bytes, so that a look allocates nothing and touches no reference count.
public struct TableKeys: Hashable, Sendable {
    /// The name of the table in the pipeline file.
    public let name: String
    /// The keys in the order of their bytes, each once.
    public let keys: [String]
    private let bytes: ContiguousArray<UInt8>
    private let ranges: ContiguousArray<Range<Int>>
    /// Indices into `ranges`, or `vacant`; a power of two of places, at most half of them taken.
    private let places: ContiguousArray<Int32>

    private static let vacant: Int32 = -1

    /// Creates a table's keys; the same one may come again.
    public init(name: String, keys: some Sequence<String>) {
        // By their bytes: two spellings of one letter are two keys, as they are in events.
        let unique = Set(keys.map { Array($0.utf8) }).sorted { $0.lexicographicallyPrecedes($1) }
        self.name = name
        self.keys = unique.map { String(decoding: $0, as: UTF8.self) }
        var bytes = ContiguousArray<UInt8>()
        var ranges = ContiguousArray<Range<Int>>()
        var size = 2
        while size < unique.count * 2 { size *= 2 }
        var places = ContiguousArray(repeating: Self.vacant, count: size)
        for (index, key) in unique.enumerated() {
            ranges.append(bytes.count..<bytes.count + key.count)
            bytes.append(contentsOf: key)
            var place = Self.place(of: KeyedHash.stable.hash(key), among: size)
            while places[place] != Self.vacant { place = (place + 1) & (size - 1) }
            places[place] = Int32(index)
        }
        self.bytes = bytes
        self.ranges = ranges
        self.places = places
    }

    private static func place(of hash: UInt64, among size: Int) -> Int { Int(truncatingIfNeeded: hash) & (size - 1) }

    /// Whether a string is a key.
    func contains(_ string: UnsafeRawBufferPointer) -> Bool {
        guard !ranges.isEmpty else { return false }
        var place = Self.place(of: KeyedHash.stable.hash(string), among: places.count)
        while places[place] != Self.vacant {
            let range = ranges[Int(places[place])]
            if range.count == string.count,
                bytes.withUnsafeBytes({ UnsafeRawBufferPointer(rebasing: $0[range]).elementsEqual(string) })
            {
                return true
            }
            place = (place + 1) & (places.count - 1)
        }
        return false
    }

    /// Whether the string of an event's slot is a key; an absent one is none.
    func contains(_ slot: Int, row: Int, of batch: EventBatch) -> Bool {
        guard batch.has(slot, row: row) else { return false }
        let range = batch.range(slot, row: row).indices
        return batch.bytes.withUnsafeBytes { contains(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }
}

/// A table whose keys a stage lets pass by: events that carry one of them do not enter.
public struct AllowList: Hashable, Sendable {
    /// The field of an event that is looked up.
    public var field: Field
    /// What it is looked up in.
    public var keys: TableKeys

    /// Creates an allow-list.
    public init(field: Field, keys: TableKeys) {
        self.field = field
        self.keys = keys
    }
}
