/// The values of a key as bytes, each behind its length: equal for equal keys only, and the order of rows (R35).
enum KeyBytes {
    /// Encodes the values of a key.
    static func encode(_ values: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for value in values {
            bytes.append(contentsOf: Identifier.lengthPrefix(of: value.utf8.count))
            bytes.append(contentsOf: value.utf8)
        }
        return bytes
    }

    /// Encodes the values of an event's key, which are strings; nil where one is absent.
    static func encode(_ slots: [Int], _ row: Int, of batch: EventBatch) -> [UInt8]? {
        var bytes: [UInt8] = []
        for slot in slots {
            guard batch.has(slot, row: row) else { return nil }
            let value = batch.string(slot, row: row)
            bytes.append(contentsOf: Identifier.lengthPrefix(of: value.count))
            bytes.append(contentsOf: value)
        }
        return bytes
    }
}

extension Identifier {
    /// The id of an alert (R24).
    static func alert(family: String, stage: String, keyBytes: [UInt8], opened: EventTime) -> String {
        make([
            Array("alert".utf8), Array(family.utf8), Array(stage.utf8), keyBytes,
            Array(String(opened.milliseconds).utf8),
        ])
    }

    /// The id of a line (R26).
    static func line(family: String, merchantID: String, type: EventType, chargeID: String, component: String) -> String
    {
        make([
            Array("line".utf8), Array(family.utf8), Array(merchantID.utf8), Array(type.name.utf8),
            Array(chargeID.utf8), Array(component.utf8),
        ])
    }

    /// The id of a credit over its sorted line ids (R28).
    static func credit(lineIDs: [String]) -> String { make([Array("credit".utf8)] + lineIDs.map { Array($0.utf8) }) }
}
