internal import RampartCore

/// Reads the template of an alert's message.
struct MessageReader {
    /// Where mistakes go.
    let report: Report
    /// The text of the file.
    let text: SourceText

    /// The parts of a template; `used` gets the thresholds that it names.
    func read(
        _ node: YamlNode, measures: [String], thresholds: [Threshold], key: [Field], used: inout Set<Int>
    ) -> [MessagePart]? {
        guard let template = node.string("message", report) else { return nil }
        let bytes = Array(template.utf8)
        var parts: [MessagePart] = []
        var literal: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let isBrace = byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}")
            guard isBrace else {
                literal.append(byte)
                index += 1
                continue
            }
            if index + 1 < bytes.count, bytes[index + 1] == byte {
                literal.append(byte)
                index += 2
                continue
            }
            let end = bytes[index...].firstIndex(of: UInt8(ascii: "}"))
            guard byte == UInt8(ascii: "{"), let end else {
                report.error(
                    place(of: index, in: template, node), "a brace stands alone in the message; expected {name}",
                    "write two for a brace itself")
                return nil
            }
            let name = String(decoding: bytes[index + 1..<end], as: UTF8.self)
            guard let part = part(name, measures, thresholds, key) else {
                let names = measures + thresholds.map(\.name) + key.map(\.name)
                report.error(
                    place(of: index, in: template, node),
                    "the message names \(quoted(name)), which is no measure, threshold or key field",
                    Suggestion.didYouMean(name, among: names) ?? "there is \(alternatives(names))")
                return nil
            }
            if case .threshold(let threshold) = part { used.insert(threshold) }
            if !literal.isEmpty { parts.append(.text(String(decoding: literal, as: UTF8.self))) }
            literal.removeAll()
            parts.append(part)
            index = end + 1
        }
        if !literal.isEmpty { parts.append(.text(String(decoding: literal, as: UTF8.self))) }
        return parts
    }

    private func place(of offset: Int, in template: String, _ node: YamlNode) -> Position {
        text.position(ofOffset: offset, in: template, from: node.position)
    }

    private func part(
        _ name: String, _ measures: [String], _ thresholds: [Threshold], _ key: [Field]
    ) -> MessagePart? {
        if let measure = measures.firstIndex(of: name) { return .measure(measure) }
        if let threshold = thresholds.firstIndex(where: { $0.name == name }) { return .threshold(threshold) }
        return key.firstIndex { $0.name == name }.map { .key($0) }
    }
}
