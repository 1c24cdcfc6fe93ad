import RampartCore

/// What the data files beside a model pipeline say; moments in milliseconds.
struct ModelData: Hashable, Sendable {
    /// A table whose file has a column of keys.
    struct Table: Hashable, Sendable {
        /// The name in the file.
        var name: String
        /// The field whose values are keys.
        var field: Field
        /// The keys.
        var keys: [String]
    }

    /// A row of the overrides.
    struct Override: Hashable, Sendable {
        /// Index of the stage.
        var stage: Int
        /// Index of the threshold.
        var threshold: Int
        /// A merchant, or a segment.
        var who: String
        /// Which of the two.
        var isSegment: Bool
        /// The value.
        var value: Threshold.Value
        /// When it ends.
        var until: Int64?
    }

    /// A row of the mutes.
    struct Mute: Hashable, Sendable {
        /// The merchant.
        var merchant: String
        /// Index of the stage; every window where nil.
        var stage: Int?
        /// When it ends.
        var until: Int64
    }

    /// The tables that allow-lists and conditions look into.
    var tables: [Table] = []
    /// The segment of each merchant.
    var segments: [String: String] = [:]
    /// The overrides.
    var overrides: [Override] = []
    /// The mutes.
    var mutes: [Mute] = []

    /// Takes out what is about a stage, and counts those after it anew.
    mutating func forget(stage: Int) {
        func moved(_ index: Int) -> Int { index > stage ? index - 1 : index }
        overrides = overrides.filter { $0.stage != stage }
        mutes = mutes.filter { $0.stage != stage }
        for index in overrides.indices { overrides[index].stage = moved(overrides[index].stage) }
        for index in mutes.indices { mutes[index].stage = mutes[index].stage.map(moved) }
    }
}

extension ModelPipeline {
    /// The data files that the text names: paths and contents.
    var files: [(path: String, text: String)] {
        var files = data.tables.map { table in
            (path: "\(table.name).csv", text: ([table.field.name] + table.keys).map { $0 + "\n" }.joined())
        }
        if !data.segments.isEmpty {
            let rows = data.segments.sorted { $0.key < $1.key }.map { "\($0.key),\($0.value)\n" }
            files.append(("segments.csv", "merchant_id,segment\n" + rows.joined()))
        }
        if !data.overrides.isEmpty {
            let rows = data.overrides.map { row in
                let stage = stages[row.stage]
                return "\(stage.name),\(stage.thresholds[row.threshold].name),\(row.isSegment ? "" : row.who),"
                    + "\(row.isSegment ? row.who : ""),\(Self.text(row.value)),\(row.until.map(Self.moment) ?? "")\n"
            }
            files.append(("overrides.csv", "stage,threshold,merchant_id,segment,value,until\n" + rows.joined()))
        }
        if !data.mutes.isEmpty {
            let rows = data.mutes.map { row in
                "\(row.merchant),\(row.stage.map { stages[$0].name } ?? ""),\(Self.moment(row.until))\n"
            }
            files.append(("mutes.csv", "merchant_id,stage,until\n" + rows.joined()))
        }
        return files
    }

    /// The lines of the pipeline file that name the data files.
    var dataLines: [String] {
        var lines: [String] = []
        if !data.tables.isEmpty || !data.segments.isEmpty { lines.append("tables:") }
        lines += data.tables.map { "  \($0.name): { file: \($0.name).csv, key: \($0.field.name) }" }
        if !data.segments.isEmpty { lines.append("  circles: { file: segments.csv, key: merchant_id }") }
        if !data.overrides.isEmpty {
            let segments = data.segments.isEmpty ? "" : ", segments: circles"
            lines.append("overrides: { file: overrides.csv\(segments) }")
        }
        if !data.mutes.isEmpty { lines.append("mutes: { file: mutes.csv }") }
        return lines
    }

    /// A threshold's value as text.
    static func text(_ value: Threshold.Value) -> String {
        switch value {
        case .integer(let value): "\(value)"
        case .double(let value): "\(value)"
        }
    }

    /// A moment from 1970 to 2100 in UTC, found by counting days.
    static func moment(_ milliseconds: Int64) -> String {
        func digits(_ number: Int64, _ count: Int) -> String {
            String(repeating: "0", count: max(0, count - "\(number)".count)) + "\(number)"
        }
        var day = milliseconds / 86_400_000
        var year: Int64 = 1970
        func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
        while day >= (isLeap(year) ? 366 : 365) {
            day -= isLeap(year) ? 366 : 365
            year += 1
        }
        var month = 0
        let lengths: [Int64] = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        while day >= lengths[month] {
            day -= lengths[month]
            month += 1
        }
        let rest = milliseconds % 86_400_000
        return "\(year)-\(digits(Int64(month) + 1, 2))-\(digits(day + 1, 2))T\(digits(rest / 3_600_000, 2)):"
            + "\(digits(rest / 60_000 % 60, 2)):\(digits(rest / 1000 % 60, 2)).\(digits(rest % 1000, 3))Z"
    }
}
