import FoundationEssentials
public import RampartCore

/// Reads the lines that earlier runs of the same pipeline have claimed (R33).
public enum PriorLedger {
    private static let newline = UInt8(ascii: "\n")

    /// The lines of complete output folders, each once, in the order of the folders and of their rows.
    ///
    /// Where folders agree on a line's money and differ in its state, the line counts as posted if one of them says so,
    /// so that no cap is passed; else the last folder's state holds.
    public static func read(folders: [String], family: String) throws(StorageError) -> [PriorLine] {
        var lines: [PriorLine] = []
        var indexByID: [String: Int] = [:]
        for folder in folders {
            try checkSummary(of: folder, family: family)
            var inThisFolder: Set<String> = []
            try forEachRow(of: "\(folder)/\(OutputFile.creditLines.rawValue)") { (row, place) throws(StorageError) in
                let line = try parse(row, at: place)
                guard inThisFolder.insert(line.lineID).inserted else {
                    throw place.error("the line \(line.lineID) stands here a second time")
                }
                if let index = indexByID[line.lineID] {
                    try lines[index].merge(line, at: place)
                } else {
                    indexByID[line.lineID] = lines.count
                    lines.append(line)
                }
            }
        }
        return lines
    }

    // MARK: The summary

    private struct SummaryRow: Decodable {
        var schemaVersion: Int
        var pipeline: String
        var complete: Bool
        var flushed: Bool

        enum CodingKeys: String, CodingKey {
            case schemaVersion = "schema_version"
            case pipeline, complete, flushed
        }
    }

    private static func checkSummary(of folder: String, family: String) throws(StorageError) {
        let path = "\(folder)/\(OutputFile.summary.rawValue)"
        var bytes: [UInt8] = []
        do throws(StorageError) {
            let reader = LogReader(LogFile(path: path))
            while try reader.append(to: &bytes) > 0 {}
        } catch  where error.reason == .notFound {
            throw StorageError(
                .incompletePrior, file: folder, operation: .read,
                "the folder does not hold a complete run: it has no \(OutputFile.summary.rawValue)")
        }
        guard let summary = try? JSONDecoder().decode(SummaryRow.self, from: Data(bytes)),
            summary.schemaVersion == OutputEncoder.schemaVersion
        else {
            throw StorageError(
                .incompletePrior, file: path, operation: .read,
                "this is not a summary with schema_version \(OutputEncoder.schemaVersion)")
        }
        guard summary.complete else {
            throw StorageError(.incompletePrior, file: path, operation: .read, "the run was not complete")
        }
        guard summary.flushed else {
            // Its last lines are claimed but stand in no credit, and as prior lines they never would.
            throw StorageError(
                .incompletePrior, file: path, operation: .read,
                "the run stopped at its last watermark, so that its last statements are open; run it without --no-flush"
            )
        }
        guard summary.pipeline == family else {
            throw StorageError(
                .otherFamily, file: path, operation: .read,
                "the run was of the pipeline '\(summary.pipeline)', and this one is of '\(family)'")
        }
    }

    // MARK: Rows

    /// A row's file and number, for messages.
    fileprivate struct Place {
        let path: String
        let number: Int

        func error(_ text: String, _ reason: StorageError.Reason = .brokenRow) -> StorageError {
            StorageError(reason, file: "\(path):\(number)", operation: .read, text)
        }
    }

    private static func forEachRow(
        of path: String, _ body: (ArraySlice<UInt8>, Place) throws(StorageError) -> Void
    ) throws(StorageError) {
        let reader = LogReader(LogFile(path: path))
        var buffer: [UInt8] = []
        var number = 0
        while try reader.append(to: &buffer) > 0 {
            var start = 0
            while let end = buffer[start...].firstIndex(of: newline) {
                number += 1
                try body(buffer[start..<end], Place(path: path, number: number))
                start = end + 1
            }
            buffer.removeFirst(start)
        }
        guard buffer.isEmpty else {
            throw Place(path: path, number: number + 1).error("the row ends without a line end")
        }
    }

    private struct LineRow: Decodable {
        var schemaVersion: Int
        var lineID: String
        var component: String
        var state: String
        var merchantID: String
        var amount: Int64
        var currency: String
        var scale: Int
        var time: String

        enum CodingKeys: String, CodingKey {
            case schemaVersion = "schema_version"
            case lineID = "line_id"
            case merchantID = "merchant_id"
            case amount = "amount_minor"
            case time = "ts"
            case component, state, currency, scale
        }
    }

    private static func parse(_ bytes: ArraySlice<UInt8>, at place: Place) throws(StorageError) -> PriorLine {
        guard let row = try? JSONDecoder().decode(LineRow.self, from: Data(bytes)),
            row.schemaVersion == OutputEncoder.schemaVersion
        else { throw place.error("this is not a credit line with schema_version \(OutputEncoder.schemaVersion)") }
        guard row.lineID.utf8.count == Identifier.length else {
            throw place.error("line_id '\(row.lineID)' is not \(Identifier.length) hexadecimal digits")
        }
        guard let state = CreditLine.State(rawValue: row.state) else {
            throw place.error("state '\(row.state)' is none that a line can have")
        }
        guard let currency = Currency(row.currency) else {
            throw place.error("currency '\(row.currency)' is not in ISO 4217")
        }
        guard row.amount > 0 else { throw place.error("amount_minor \(row.amount) is not above zero") }
        guard (0...MajorAmount.placesMax).contains(row.scale) else {
            throw place.error("scale \(row.scale) is not one of 0 to \(MajorAmount.placesMax)")
        }
        guard let time = time(of: row.time) else {
            throw place.error("ts '\(row.time)' is not in the form 2011-11-14T12:00:00.000Z")
        }
        return PriorLine(
            lineID: row.lineID, merchantID: row.merchantID, state: state, amount: row.amount,
            currency: currency, scale: row.scale, chargeTime: time, component: row.component)
    }

    /// The moment that our own encoder has written as this text; nil for any other text.
    private static func time(of text: String) -> EventTime? {
        EventTime(text: text).flatMap { $0.text == text ? $0 : nil }
    }
}

extension PriorLine {
    /// Takes over what a later folder says of the same line.
    fileprivate mutating func merge(_ other: PriorLine, at place: PriorLedger.Place) throws(StorageError) {
        let isSameMoney =
            currency == other.currency
            && MajorAmount(units: amount, scale: scale) == MajorAmount(units: other.amount, scale: other.scale)
        guard isSameMoney else {
            throw place.error(
                "the line \(lineID) is of \(other.amount) \(other.currency.text) at scale \(other.scale) here"
                    + " and of \(amount) \(currency.text) at scale \(scale) in an earlier run",
                .contradiction)
        }
        if state != .posted { state = other.state }
    }
}
