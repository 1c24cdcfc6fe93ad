/// A JSON value whose members keep their order, for texts that people read and compare.
public indirect enum JSONText: Sendable {
    case string(String)
    case integer(Int64)
    case boolean(Bool)
    case list([JSONText])
    case object([(name: String, value: JSONText)])

    /// A list of texts.
    public static func strings(_ texts: [String]) -> JSONText { .list(texts.map { .string($0) }) }

    /// The text over several lines, each level two spaces deeper; lists of plain values stay on one.
    public var text: String { written(indent: "") }

    private func written(indent: String) -> String {
        let inner = indent + "  "
        switch self {
        case .string(let text): return Self.quoted(text)
        case .integer(let number): return "\(number)"
        case .boolean(let isTrue): return "\(isTrue)"
        case .list(let elements):
            let texts = elements.map { $0.written(indent: inner) }
            guard elements.contains(where: \.isNested) else { return "[" + texts.joined(separator: ", ") + "]" }
            return "[\n" + texts.map { inner + $0 }.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let members):
            guard !members.isEmpty else { return "{}" }
            let texts = members.map { "\(inner)\(Self.quoted($0.name)): \($0.value.written(indent: inner))" }
            return "{\n" + texts.joined(separator: ",\n") + "\n\(indent)}"
        }
    }

    private var isNested: Bool {
        switch self {
        case .list, .object: true
        case .string, .integer, .boolean: false
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case let scalar where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
