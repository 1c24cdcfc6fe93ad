/// Why a record is set aside, with what a person needs to find the place.
struct RecordFault: Error {
    var reason: DeadLetterReason
    /// The node of the value that is bad, if there is one.
    var node: Int?
    /// The field that the value was for, where no path leads to it.
    var field: Field?
    var value: RawValue
    /// Whether the field is computed, and the value that of a column or of none.
    var isComputed: Bool

    init(
        _ reason: DeadLetterReason, node: Int? = nil, field: Field? = nil, value: RawValue = .unseen,
        isComputed: Bool = false
    ) {
        self.reason = reason
        self.node = node
        self.field = field
        self.value = value
        self.isComputed = isComputed
    }
}

extension RecordFault {
    /// The most bytes of a value that a detail quotes.
    private static let quotedBytes = 64

    /// A sentence for a person; `name` is that of the value.
    func detail(name: String, in view: RecordView) -> String {
        let detail = detail(ofValue: name, in: view)
        guard isComputed, let field, field.name != name else { return detail }
        return "\(detail) `\(field.name)` is computed from it."
    }

    private func detail(ofValue name: String, in view: RecordView) -> String {
        let found = "`\(name)` is \(quoted(in: view))"
        return switch reason {
        case .missingField: "`\(name)` is missing, null or empty."
        case .duplicateKey: "`\(name)` appears more than once."
        case .wrongType: "\(found), which is not the kind of value that belongs there."
        case .fieldTooLong: "\(found), which is longer than \(field?.byteLimit ?? Limits.identifierBytes) bytes."
        case .notAnInteger: "\(found), but a whole number belongs there."
        case .numberOutOfRange: "\(found), which is out of range."
        case .negativeMoney: "\(found), but money cannot be negative."
        case .tooManyDecimals: "\(found), which has more decimal places than the scale of the source."
        case .missingCurrency: "There is an amount of money, but no `\(name)`."
        case .unknownCurrency: "\(found), which is not a currency code of ISO 4217."
        case .invalidTimestamp: "\(found), which is not a timestamp in the format of the source."
        case .notComputable: "`\(name)` cannot be computed: a number leaves 64 bits, or is divided by zero."
        case .timestampOutOfRange: "\(found), which is before 1970 or after the latest time allowed."
        default: "\(found)."
        }
    }

    private func quoted(in view: RecordView) -> String {
        let text = Self.printable(view.text(value))
        switch value.kind {
        case .string, .cell: return "\"\(text)\""
        default: return text
        }
    }

    /// The start of a text without characters that a terminal would act on.
    static func printable(_ text: UnsafeRawBufferPointer) -> String {
        var end = min(text.count, quotedBytes)
        while end > 0, end < text.count, text[end] & 0xC0 == 0x80 { end -= 1 }
        var safe = ""
        for scalar in String(decoding: text[..<end], as: UTF8.self).unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
                safe.unicodeScalars.append("\u{FFFD}")
            default: safe.unicodeScalars.append(scalar)
            }
        }
        return end < text.count ? safe + "…" : safe
    }
}
