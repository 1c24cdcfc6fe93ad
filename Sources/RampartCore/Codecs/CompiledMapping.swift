/// A mapping with every path looked up, as plain values that cost nothing to copy.
struct CompiledMapping: Sendable {
    /// One field of a mapping.
    struct Field: Sendable {
        var field: RampartCore.Field
        /// The node of its path, or of what is computed; nil for a constant.
        var node: Int?
        /// What stands for a missing value, in the scratch memory.
        var fallback: RawValue?
        var reading: Reading
        /// Where the event keeps it, if it does.
        var slot: Int?
    }

    /// How a field's value is read; see `FieldMapping.Reading`.
    enum Reading {
        case string(prefix: Int?, byteLimit: Int)
        case integer(minimum: Int64, maximum: Int64)
        case units
        case decimal(factor: Int?, negate: Bool)
        case currency
    }

    var source: Int
    var type: EventType
    /// The node of `ts`.
    var time: Int
    var timeFormat: TimestampFormat
    /// The node of `event_id`; nil where the source has no identity.
    var identity: Int?
    var partitionedBy: RampartCore.Field
    /// Decimal places of money.
    var scale: Int
    /// The fields in the order of their raw values, which is the order of the digest.
    var fields: ContiguousArray<Field>
    /// What computes some of the fields.
    var expressions: ContiguousArray<CompiledExpression>
}

/// How the event type of a record is found.
struct CompiledRoute: Sendable {
    /// One case of a selector; its bytes are in the scratch memory.
    struct Case: Sendable {
        var text: RawValue
        var isPrefix: Bool
        var type: EventType
    }

    /// The selector of one source, or the record's own `type`.
    enum Selector: Sendable {
        case constant(EventType)
        case match(node: Int, cases: ContiguousArray<Case>, otherwise: EventType?)
        /// The type named at the node (R2).
        case ownType(node: Int)
    }

    var selector: Selector
    /// Where a record's own type stands that may contradict the source's.
    var typeNode: Int?
    /// The index of the mapping of each type by raw value; nil where the partition has none.
    var mappingByType: ContiguousArray<Int?>
    /// The names of all event types, in the order of `EventType`.
    var typeNames: ContiguousArray<RawValue>
}

/// Turns the sources that a partition's records can belong to into what its decoder runs.
struct MappingCompiler {
    private(set) var paths = PathTable.Builder()
    /// The constants of the mappings, for the start of the scratch memory.
    private(set) var constants: ContiguousArray<UInt8> = []
    private(set) var mappings: ContiguousArray<CompiledMapping> = []
    private var mappingByType = ContiguousArray<Int?>(repeating: nil, count: EventType.allCases.count)
    private let layout: EventLayout

    init(layout: EventLayout) { self.layout = layout }

    /// Compiles one source with all its types.
    mutating func route(to source: Source, at index: Int) -> CompiledRoute {
        for type in EventType.allCases {
            guard let mapping = source.mappings[type] else { continue }
            add(mapping, type: type, source: source, index: index)
        }
        let selector: CompiledRoute.Selector
        switch source.selector {
        case .constant(let type): selector = .constant(type)
        case .match(let path, let cases, let otherwise):
            selector = .match(
                node: paths.node(of: path), cases: ContiguousArray(cases.map { compile($0) }), otherwise: otherwise)
        }
        return route(selector, typeNode: source.typePath.map { paths.node(of: $0) })
    }

    /// Compiles all sources that have one type each; the first source of a type takes it.
    mutating func routeByType(_ sources: [Source]) -> CompiledRoute {
        for (index, source) in sources.enumerated() {
            guard case .constant(let type) = source.selector, mappingByType[Int(type.rawValue)] == nil,
                let mapping = source.mappings[type]
            else { continue }
            add(mapping, type: type, source: source, index: index)
        }
        return route(.ownType(node: paths.node(of: Path(["type"]))), typeNode: nil)
    }

    private mutating func route(_ selector: CompiledRoute.Selector, typeNode: Int?) -> CompiledRoute {
        CompiledRoute(
            selector: selector, typeNode: typeNode, mappingByType: mappingByType,
            typeNames: ContiguousArray(EventType.allCases.map { constant(Array($0.name.utf8)) }))
    }

    private mutating func add(_ mapping: Mapping, type: EventType, source: Source, index: Int) {
        mappingByType[Int(type.rawValue)] = mappings.count
        let mapped = mapping.fields.sorted { $0.field.rawValue < $1.field.rawValue }
        let fields = ContiguousArray(mapped.map { compile($0) })
        let expressions = zip(mapped, fields).compactMap { compile($0, node: $1.node, scale: source.scale) }
        mappings.append(
            CompiledMapping(
                source: index, type: type, time: paths.node(of: mapping.time), timeFormat: mapping.timeFormat,
                identity: mapping.identity.map { paths.node(of: $0) }, partitionedBy: source.partitionedBy,
                scale: source.scale, fields: fields, expressions: ContiguousArray(expressions)))
    }

    private mutating func compile(_ mapping: FieldMapping, node: Int?, scale: Int) -> CompiledExpression? {
        guard let expression = mapping.expression, let node else { return nil }
        let columns = expression.columns.map { column in
            CompiledExpression.Column(
                node: paths.node(of: column.path), fallback: column.fallback.map { constant($0) }, kind: column.kind)
        }
        return CompiledExpression(
            program: expression.program, columns: ContiguousArray(columns), node: node, field: mapping.field,
            hasFallback: mapping.fallback != nil, scale: scale)
    }

    private mutating func compile(_ mapping: FieldMapping) -> CompiledMapping.Field {
        let reading: CompiledMapping.Reading
        switch mapping.reading {
        case .string(let prefix):
            // A text is only digested unless the graph reads it, so the record's length bounds it.
            reading = .string(prefix: prefix, byteLimit: mapping.field.byteLimit)
        case .integer(let minimum, let maximum): reading = .integer(minimum: minimum, maximum: maximum)
        case .units: reading = .units
        case .decimal(let factor, let negate):
            reading = .decimal(factor: factor.map { paths.node(of: $0) }, negate: negate)
        case .currency: reading = .currency
        }
        let node =
            mapping.expression == nil
            ? mapping.path.map { paths.node(of: $0) } : paths.unreachableNode(named: mapping.field.name)
        return CompiledMapping.Field(
            field: mapping.field, node: node,
            fallback: mapping.fallback.map { constant($0) }, reading: reading, slot: layout.slot(of: mapping.field))
    }

    private mutating func compile(_ pattern: Source.Case) -> CompiledRoute.Case {
        switch pattern.pattern {
        case .equals(let text): CompiledRoute.Case(text: constant(text), isPrefix: false, type: pattern.type)
        case .startsWith(let text): CompiledRoute.Case(text: constant(text), isPrefix: true, type: pattern.type)
        }
    }

    private mutating func constant(_ text: [UInt8]) -> RawValue {
        constants.append(contentsOf: text)
        return RawValue(
            kind: .cell, isInScratch: true, start: UInt32(constants.count - text.count), count: UInt32(text.count))
    }
}
