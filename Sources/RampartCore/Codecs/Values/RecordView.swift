/// What stands at a mapped path of a record, still as bytes.
struct RawValue {
    /// What kind of value it is.
    enum Kind: UInt8 {
        /// Nothing stands at the path.
        case unseen
        case null
        /// A JSON string without its quotes.
        case string
        /// A JSON string with escapes that are not decoded yet.
        case escapedString
        /// A JSON number without fraction and exponent.
        case integer
        /// Any other JSON number.
        case number
        case boolean
        /// A JSON object or array.
        case container
        /// The text of a CSV cell, or a constant of the mapping.
        case cell
        /// A CSV cell with doubled quotes that are not decoded yet.
        case quotedCell
        /// More than one value stands at the path.
        case duplicate
    }

    /// What kind of value it is.
    var kind: Kind
    /// Whether the bytes lie in the scratch memory and not in the record.
    var isInScratch = false
    /// Index of the first byte.
    var start: UInt32
    /// Number of bytes.
    var count: UInt32

    static let unseen = RawValue(kind: .unseen, start: 0, count: 0)

    init(kind: Kind, isInScratch: Bool = false, start: UInt32, count: UInt32) {
        self.kind = kind
        self.isInScratch = isInScratch
        self.start = start
        self.count = count
    }

    /// A value between two indices of a record, which is short enough for 32 bits.
    @inline(__always)
    init(kind: Kind, from start: Int, to end: Int) {
        self.init(
            kind: kind, start: UInt32(truncatingIfNeeded: start), count: UInt32(truncatingIfNeeded: end - start))
    }

    /// Whether the field has no value: nothing, null, or an empty string.
    @inline(__always)
    var isAbsent: Bool {
        switch kind {
        case .unseen, .null: true
        case .string, .cell: count == 0
        default: false
        }
    }
}

/// One record after its values were found: everything that reading fields needs, without copying any of it.
///
/// Note: The pointers are valid only inside the closure in which the decoder makes the view.
struct RecordView {
    /// The bytes of the record.
    let record: UnsafeRawBufferPointer
    /// The constants of the mappings, then the decoded strings of this record.
    let scratch: UnsafeRawBufferPointer
    /// The value at each node of the decoder's paths.
    let values: UnsafeBufferPointer<RawValue>

    /// The bytes of a value.
    @inline(__always)
    func text(_ value: RawValue) -> UnsafeRawBufferPointer {
        let memory = value.isInScratch ? scratch : record
        return UnsafeRawBufferPointer(rebasing: memory[Int(value.start)..<Int(value.start) + Int(value.count)])
    }
}
