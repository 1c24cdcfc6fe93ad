internal import RampartCore

/// A table of the file: keyed facts from a data file.
struct TableSpec {
    /// The field whose values are its keys; nil where that could not be read.
    var field: Field?
    /// The name, and the keys that could be read.
    var keys: TableKeys
    /// Each key's segment, where the file has such a column.
    var segments: [String: String]?
}

/// Reads `tables:`.
struct TableReader {
    /// Where mistakes of the pipeline file go.
    let report: Report
    /// Fetches data files.
    let data: DataFileReader

    /// The tables in the order of the file; one that holds mistakes is still there, or all that name it would be told.
    func read(_ node: YamlNode?) -> [TableSpec] {
        guard let node, let entries = node.entries(of: "tables", atMost: FileLimits.tables, report) else { return [] }
        return entries.map { entry in
            _ = isName(entry.key, "a table", hyphens: false, at: entry.position, report)
            return read(entry)
        }
    }

    private func read(_ entry: YamlNode.Entry) -> TableSpec {
        var spec = TableSpec(field: nil, keys: TableKeys(name: entry.key, keys: []))
        guard let mapping = MappingReader(entry.value, PipelineKeys.table, at: entry.position, report) else {
            return spec
        }
        spec.field = mapping["key"]?.field("key", kinds: [.identifier, .currency], report)
        guard let (table, fileReport) = data.read(mapping["file"]), let field = spec.field else { return spec }
        guard let column = table.column(field.name) else {
            let names = table.header.map(\.text)
            fileReport.error(
                table.header[0].position,
                "the column `\(field.name)`, the key of the table `\(entry.key)`, is missing; "
                    + "there is \(alternatives(names))", "rename a column to \(field.name)")
            return spec
        }
        let segmentColumn = table.column("segment")
        var lines: [String: Int] = [:]
        var segments: [String: String] = [:]
        for row in table.rows {
            guard let key = table.cell(row, column) else {
                fileReport.error(row.position, "the row has no \(field.name)", "every row needs a key")
                continue
            }
            if let line = lines[key.text] {
                fileReport.error(key.position, "\(quoted(key.text)) is the key of line \(line) too", "keep one of them")
                continue
            }
            lines[key.text] = row.position.line
            segments[key.text] = table.cell(row, segmentColumn)?.text
        }
        spec.keys = TableKeys(name: entry.key, keys: lines.keys)
        spec.segments = segmentColumn == nil ? nil : segments
        return spec
    }
}
