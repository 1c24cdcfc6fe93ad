/// A value of a pipeline file with its place: YAML without anchors, tags and implicit types.
struct YamlNode: Sendable {
    /// What stands there.
    enum Content: Sendable {
        /// A text; a plain one (without quotes) may also be a number, a boolean or null.
        case scalar(String, isPlain: Bool)
        case sequence([YamlNode])
        case mapping([Entry])
    }

    /// A key of a mapping and its value.
    struct Entry: Sendable {
        /// The key.
        var key: String
        /// Where the key stands.
        var position: Position
        /// The value.
        var value: YamlNode
    }

    /// Where it starts.
    var position: Position
    /// What stands there.
    var content: Content

    /// Whether nothing is written, or `null`.
    var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = content else { return false }
        return text.isEmpty || text == "null" || text == "~"
    }

    /// The text of a scalar that is not null.
    var text: String? {
        guard case .scalar(let text, _) = content, !isNull else { return nil }
        return text
    }

    /// The text of a scalar without quotes, which may be a number, a boolean or a word of the file's language.
    var plainText: String? {
        guard case .scalar(let text, isPlain: true) = content, !isNull else { return nil }
        return text
    }

    /// The elements of a list; a single value is a list of one.
    var elementCount: Int {
        if case .sequence(let elements) = content { elements.count } else { 1 }
    }

    /// What stands there in a few words, for messages.
    var summary: String {
        switch content {
        case .scalar(let text, _): isNull ? "nothing" : quoted(text)
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
