import RampartCore
import Testing

@Suite struct RecordSplitterTests {
    private func texts(_ batch: RecordBatch) -> [String] {
        batch.records.map { String(decoding: batch.bytes[$0.range], as: UTF8.self) }
    }

    private func splitJSON(_ text: String, chunk: Int = .max) -> (texts: [String], positions: [Int]) {
        let batch = split(Array(text.utf8), format: .json) { _ in chunk }
        return (texts(batch), batch.records.map(\.position))
    }

    @Test(
        arguments: [
            ("", [], []), ("\n", [], []), ("\r\n\n \t\r\n", [], []), ("a", ["a"], [1]), ("a\n", ["a"], [1]),
            ("a\nb", ["a", "b"], [1, 2]), ("a\r\nb\r\n", ["a", "b"], [1, 2]), ("a\n\n\r\nb", ["a", "b"], [1, 4]),
            ("a\r\r\nb\rc", ["a\r", "b\rc"], [1, 2]), ("\u{FEFF}a\n\u{FEFF}b", ["a", "\u{FEFF}b"], [1, 2]),
            ("\u{FEFF}", [], []), ("\u{FEFF}\n", [], []), ("a\0b\n", ["a\0b"], [1]), (" a \n", [" a "], [1]),
        ] as [(String, [String], [Int])])
    func lines(text: String, records: [String], positions: [Int]) {
        for chunk in [1, 2, 3, Int.max] {
            let result = splitJSON(text, chunk: chunk)
            #expect(result.texts == records)
            #expect(result.positions == positions)
        }
    }

    /// What only begins like a byte order mark is content, even at the end of the log.
    @Test func partsOfAByteOrderMark() {
        for bytes in [[0xEF], [0xEF, 0xBB], [0xEF, 0xBB, 0x61], [0xEF, 0x61]] as [[UInt8]] {
            for chunk in [1, 2, 8] {
                let batch = split(bytes, format: .json) { _ in chunk }
                #expect(batch.records.map { Array(batch.bytes[$0.range]) } == [bytes])
            }
        }
    }

    @Test(arguments: ["", "\n", "\r\nx"])
    func recordsAtTheLimit(end: String) {
        for excess in [0, 1] {
            let content = [UInt8](repeating: UInt8(ascii: "a"), count: Limits.recordBytes + excess - 1) + [0x62]
            let digest = excess > 0 ? SHA256.digest(content) : []
            for chunk in [Int.max, 65_536] {
                let batch = split(content + Array(end.utf8), format: .json) { _ in chunk }
                #expect(batch.records.count == (end.hasSuffix("x") ? 2 : 1))
                #expect(batch.records.last?.position == batch.records.count)
                let kept = Array(batch.bytes[batch.records[0].range])
                if excess <= 0 {
                    #expect(batch.records[0].fault == nil)
                    #expect(kept == content)
                } else {
                    #expect(batch.records[0].fault == .tooLong(index: 0))
                    #expect(kept == Array(content.prefix(Limits.deadLetterBytes)))
                    #expect(batch.oversized.map(\.byteCount) == [content.count])
                    #expect(batch.oversized.map(\.digest) == [digest])
                }
            }
        }
    }

    /// A carriage return inside a long line is part of it; one at its end is not.
    @Test func returnsInLongLines() {
        var content = [UInt8](repeating: UInt8(ascii: "a"), count: Limits.recordBytes + 5000)
        for index in stride(from: 999, to: content.count, by: 1000) { content[index] = UInt8(ascii: "\r") }
        let digest = SHA256.digest(content + [UInt8(ascii: "b")])
        for (chunk, end) in [(1000, "\r\n"), (4096, "\r"), (5000, "\n")] {
            let batch = split(content + [UInt8(ascii: "b")] + Array(end.utf8), format: .json) { _ in chunk }
            #expect(batch.oversized.map(\.byteCount) == [content.count + 1])
            #expect(batch.oversized.map(\.digest) == [digest])
        }
    }

    @Test func aLongRecordIsADeadLetter() {
        let long = [UInt8](repeating: UInt8(ascii: "{"), count: Limits.recordBytes + 1)
        let good = Array(#"{"event_id":"e","ts":5,"merchant_id":"m"}"#.utf8)
        let (_, outcomes, events) = DecodingFixture().decode(long + Array("\n".utf8) + good)
        #expect(outcomes.map(\.reason) == [.recordTooLong, nil])
        #expect(outcomes[0].time == nil && outcomes[0].source == 0)
        #expect(events.count == 1)
    }

    /// However the bytes are cut into chunks, the records are the same.
    @Test(arguments: Source.Format.allCases)
    func chunksDoNotMatter(format: Source.Format) {
        var random = SplitMix64(seed: 99)
        let alphabet = Array("a,\"\n\r\u{FEFF}".utf8)
        for round in 0..<1500 {
            var bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                alphabet.randomElement(using: &random) ?? 0
            }
            if round % 3 == 0 { bytes = [0xEF, 0xBB, 0xBF] + bytes }
            let whole = split(bytes, format: format) { _ in .max }
            let pieces = split(bytes, format: format) { _ in Int.random(in: 1...9, using: &random) }
            #expect(pieces.records == whole.records)
            #expect(pieces.bytes == whole.bytes)
            #expect(pieces.header == whole.header)
        }
    }

    @Test func batchesAreReused() {
        var splitter = RecordSplitter(format: .csv)
        var batch = RecordBatch()
        for (chunk, expected) in [("a,b\n1,2\n3", ["1,2"]), (",4\n", ["3,4"]), ("", [])] {
            batch.removeAll()
            Array(chunk.utf8).withUnsafeBytes { splitter.split($0, into: &batch) }
            #expect(texts(batch) == expected)
            #expect(batch.header?.columns == [Array("a".utf8), Array("b".utf8)])
        }
    }
}
