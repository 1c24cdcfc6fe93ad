internal import RampartCore

/// Writes programs by the names of what they read, so that slots and the order of measures do not enter.
struct CanonicalProgram {
    /// The layout whose slots programs name.
    let layout: EventLayout
    /// The stage whose measures and thresholds programs name; nil for those of mappings.
    let stage: Stage?

    /// The steps of a program.
    func value(_ program: Program) -> CanonicalValue {
        .list(program.instructions.map { .texts(words($0, program)) })
    }

    /// A part of a message.
    func part(_ part: MessagePart) -> CanonicalValue {
        switch part {
        case .text(let text): .texts(["text", text])
        case .measure(let index): .texts(["measure", measureName(index)])
        case .threshold(let index): .texts(["threshold", stage?.thresholds[index].name ?? ""])
        case .key(let index): .texts(["key", window?.key[index].name ?? ""])
        }
    }

    private var window: Window? {
        if case .window(let window)? = stage?.kind { window } else { nil }
    }

    private func measureName(_ index: Int) -> String { window?.measures[index].name ?? "" }

    private func words(_ instruction: Program.Instruction, _ program: Program) -> [String] {
        switch instruction {
        case .integer(let value): ["integer", "\(value)"]
        case .double(let value): ["double", "\(value)"]
        case .boolean(let value): ["boolean", "\(value)"]
        case .string(let index): ["string", String(decoding: program.strings[index], as: UTF8.self)]
        case .integerField(let slot), .stringField(let slot), .timeField(let slot):
            ["field", layout.name(ofSlot: slot)]
        case .has(let slot): ["has", layout.name(ofSlot: slot)]
        case .eventTime: ["ts"]
        case .typeIs(let type): ["type", type.name]
        case .measure(let index): ["measure", measureName(index)]
        case .threshold(let index): ["threshold", stage?.thresholds[index].name ?? ""]
        case .column(let index): ["column", "\(index)"]
        case .hasColumn(let index): ["has column", "\(index)"]
        case .isIn(let count): ["in", "\(count)"]
        case .isInTable(let index): ["in table", program.tables[index].name]
        case .timestamp(let time): ["timestamp", time.text]
        case .duration(let span): ["duration", "\(span.milliseconds)"]
        case .local(let index): ["local", "\(index)"]
        case .exists(let count): ["exists", "\(count)"]
        case .all(let count): ["all", "\(count)"]
        case .scoreExists(let count): ["score exists", "\(count)"]
        case .scoreAll(let count): ["score all", "\(count)"]
        case .timePart(let part, let zone): ["part", part.rawValue, program.zones[Int(zone)].name]
        default: [operation(instruction)]
        }
    }

    /// The word of an operation without operands of its own.
    private func operation(_ instruction: Program.Instruction) -> String {
        switch instruction {
        case .negate: "negate"
        case .not: "!"
        case .add: "+"
        case .subtract: "-"
        case .multiply: "*"
        case .divide: "/"
        case .remainder: "%"
        case .equal: "=="
        case .notEqual: "!="
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        case .and: "&&"
        case .or: "||"
        case .scoreAtLeast: "score >="
        case .scoreAtMost: "score <="
        case .scoreTruth: "score"
        case .minimum: "minimum"
        case .maximum: "maximum"
        case .conditional: "?"
        case .scoreConditional: "score ?"
        case .size: "size"
        case .lowerAscii: "lowerAscii"
        case .startsWith: "startsWith"
        case .endsWith: "endsWith"
        case .contains: "contains"
        case .integer, .double, .boolean, .string, .integerField, .stringField, .timeField, .has, .eventTime, .typeIs,
            .measure, .threshold, .column, .hasColumn, .isIn, .isInTable, .timestamp, .duration, .local, .exists, .all,
            .scoreExists, .scoreAll, .timePart:
            // `words` writes these with their operands.
            ""
        }
    }
}
