internal import RampartCore

/// The JSON Schema of pipeline files, by which editors complete and check them while they are written.
///
/// It is made of the loader's own keys and knows forms alone: what a name leads to, and whether an expression is
/// right, is what `rampart check` says.
public enum PipelineSchema {
    /// The schema, as `rampart schema` prints it.
    public static var text: String { document.text + "\n" }

    /// Note: Draft 7, because language servers for YAML know no later one in full.
    private static var document: JSONText {
        var groups: [(name: String, value: JSONText)] = []
        for group in PipelineKeys.all + [PipelineKeys.fields] where group.name != PipelineKeys.file.name {
            groups.append((slug(group), schema(of: group)))
        }
        groups.append(("stage", stage))
        groups.append(("currency", .object([("enum", .strings(Currency.codes))])))
        return .object(
            [
                ("$schema", .string("http://json-schema.org/draft-07/schema#")),
                ("title", .string("A pipeline file of Rampart")),
            ] + members(of: PipelineKeys.file) + [("definitions", .object(groups))])
    }

    // MARK: - Groups

    private static func schema(of group: KeyGroup) -> JSONText {
        .object([("title", .string(group.name))] + members(of: group))
    }

    private static func members(of group: KeyGroup) -> [(name: String, value: JSONText)] {
        let properties = group.keys.map { key in
            (name: key.name, value: JSONText.object([("description", .string(key.summary))] + members(of: key.value)))
        }
        var described: [(name: String, value: JSONText)] = [
            ("type", .string("object")), ("properties", .object(properties)), ("additionalProperties", .boolean(false)),
        ]
        let required = group.keys.filter(\.isRequired).map(\.name)
        if !required.isEmpty { described.append(("required", .strings(required))) }
        if !group.alternatives.isEmpty {
            let choices = group.alternatives.map { JSONText.object([("required", .strings([$0]))]) }
            described.append(("oneOf", .list(choices)))
        }
        return described
    }

    /// The keys of a stage depend on its kind, and a stage that names none is a window.
    private static var stage: JSONText {
        let standard = StageKind.window
        return StageKind.all.filter { $0.name != standard.name }.reduce(reference(to: standard.keys)) { other, kind in
            let isKind = JSONText.object([
                ("type", .string("object")), ("required", .strings(["kind"])),
                ("properties", .object([("kind", .object([("const", .string(kind.name))]))])),
            ])
            return .object([("if", isKind), ("then", reference(to: kind.keys)), ("else", other)])
        }
    }

    private static var feed: [(name: String, value: JSONText)] {
        let hasLines = JSONText.object([("type", .string("object")), ("required", .strings(["lines"]))])
        return [
            ("if", hasLines), ("then", reference(to: PipelineKeys.lineFeed)),
            ("else", reference(to: PipelineKeys.recordFeed)),
        ]
    }

    private static func reference(to group: KeyGroup) -> JSONText { .object(link(slug(group))) }

    private static func link(_ name: String) -> [(name: String, value: JSONText)] {
        [("$ref", .string("#/definitions/\(name)"))]
    }

    private static func slug(_ group: KeyGroup) -> String {
        let words = group.name.split(separator: " ").filter { !["a", "an", "the"].contains($0) }
        return words.joined(separator: "_")
    }

    // MARK: - Values

    private static func schema(of form: ValueForm) -> JSONText { .object(members(of: form)) }

    private static func members(of form: ValueForm) -> [(name: String, value: JSONText)] {
        switch form {
        case .text: [("type", .strings(["string", "number", "boolean"])), ("minLength", .integer(1))]
        case .name(let hyphens): name(hyphens: hyphens)
        case .duration(let allowsZero):
            pattern(allowsZero ? "^[0-9]+(ms|s|m|h|d)$" : "^0*[1-9][0-9]*(ms|s|m|h|d)$")
        case .wholeNumber(let range): wholeNumber(range)
        case .number: [("type", .string("number"))]
        case .boolean: [("type", .string("boolean"))]
        case .amount: [("type", .string("number")), ("minimum", .integer(0))]
        case .currency: link("currency")
        case .timePattern: pattern("yy")
        case .moment:
            pattern(
                "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,3})?(Z|[+-][0-9]{2}:[0-9]{2})$")
        case .zone: pattern("^(UTC|GMT|.*/.*)$")
        case .choice(let words): [("enum", .strings(words))]
        case .path:
            [
                ("type", .strings(["string", "number", "boolean", "array"])), ("minLength", .integer(1)),
                ("minItems", .integer(1)), ("items", schema(of: .text)),
            ]
        case .condition: [("type", .strings(["string", "boolean"])), ("minLength", .integer(1))]
        case .measure: pattern("^\\s*(\(Measure.Function.allCases.map(\.rawValue).joined(separator: "|")))\\s*\\(")
        case .anything: []
        case .stage: link("stage")
        case .feed: feed
        case .oneOrMore, .list, .mapping, .named, .members, .byCurrency, .either: collection(form)
        }
    }

    private static func collection(_ form: ValueForm) -> [(name: String, value: JSONText)] {
        let object: (name: String, value: JSONText) = ("type", .string("object"))
        switch form {
        case .oneOrMore(let element):
            return [("anyOf", .list([schema(of: element), schema(of: .list(element, atLeast: 1))]))]
        case .list(let element, let least):
            let bound: [(name: String, value: JSONText)] = least > 0 ? [("minItems", .integer(Int64(least)))] : []
            return [("type", .string("array"))] + bound + [("items", schema(of: element))]
        case .mapping(let group): return link(slug(group))
        case .named(let hyphens, let least, let most, let value):
            let bound: [(name: String, value: JSONText)] = least > 0 ? [("minProperties", .integer(Int64(least)))] : []
            return [object, ("propertyNames", .object(name(hyphens: hyphens)))] + bound + [
                ("maxProperties", .integer(Int64(most))), ("additionalProperties", schema(of: value)),
            ]
        case .members(let value): return [object, ("additionalProperties", schema(of: value))]
        case .byCurrency(let value):
            return [object, ("propertyNames", .object(link("currency"))), ("additionalProperties", schema(of: value))]
        case .either(let forms): return [("anyOf", .list(forms.map(schema)))]
        default: return members(of: form)
        }
    }

    private static func pattern(_ pattern: String) -> [(name: String, value: JSONText)] {
        [("type", .string("string")), ("pattern", .string(pattern))]
    }

    private static func name(hyphens: Bool) -> [(name: String, value: JSONText)] {
        pattern(hyphens ? "^[a-z][a-z0-9_-]*$" : "^[a-z][a-z0-9_]*$")
            + [("maxLength", .integer(Int64(FileLimits.nameBytes)))]
    }

    private static func wholeNumber(_ range: ClosedRange<Int64>) -> [(name: String, value: JSONText)] {
        [("type", .string("integer")), ("minimum", .integer(range.lowerBound))]
            + (range.upperBound == .max ? [] : [("maximum", .integer(range.upperBound))])
    }
}
