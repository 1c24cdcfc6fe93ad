import Foundation
import Testing

@testable import RampartCore

@Suite struct RawRecordTests {
    private func members(_ raw: RawRecord) throws -> [String: Any] {
        let text = OutputFixtures.text { json in json.object { raw.writeMembers(to: &$0) } }
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func upToTheLimitARecordIsWhole() throws {
        let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: Limits.deadLetterBytes)
        let whole = try members(RawRecord(bytes))
        #expect(Set(whole.keys) == ["raw"])
        #expect((whole["raw"] as? String)?.utf8.count == Limits.deadLetterBytes)
    }

    @Test func pastTheLimitItsLengthAndDigestStandForTheRest() throws {
        let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: Limits.deadLetterBytes + 1)
        let cut = try members(RawRecord(bytes))
        #expect(Set(cut.keys) == ["raw", "raw_bytes", "raw_sha256"])
        #expect((cut["raw"] as? String)?.utf8.count == Limits.deadLetterBytes)
        #expect(cut["raw_bytes"] as? Int == Limits.deadLetterBytes + 1)
        #expect(cut["raw_sha256"] as? String == Hexadecimal.text(SHA256.digest(bytes)))
        let streamed = RawRecord(
            prefix: bytes.prefix(Limits.deadLetterBytes), byteCount: bytes.count, digest: SHA256.digest(bytes))
        #expect(streamed == RawRecord(bytes))
    }

    /// The cut falls before, inside and after a character of each length.
    @Test(arguments: ["é", "€", "😀"])
    func aCutInsideACharacterLeavesText(character: String) throws {
        for shift in 0...character.utf8.count {
            let head = String(repeating: "x", count: Limits.deadLetterBytes - shift)
            let kept = try members(RawRecord(Array((head + character + "tail").utf8)))
            let expected = shift == character.utf8.count ? head + character : head
            #expect(kept["raw"] as? String == expected, "shift \(shift)")
        }
    }

    @Test(arguments: [
        [0xFF], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0x61, 0x80], [0xF0, 0x9F, 0x98],
    ])
    func whatIsNotTextIsBase64(bytes: [UInt8]) throws {
        let written = try members(RawRecord(bytes))
        #expect(Set(written.keys) == ["raw_base64"])
        #expect(written["raw_base64"] as? String == Data(bytes).base64EncodedString())
    }

    @Test func anyBytesReadBack() throws {
        var random = SplitMix64(seed: 3)
        for _ in 0..<300 {
            let bytes = (0..<Int.random(in: 0..<9, using: &random)).map { _ in UInt8(truncatingIfNeeded: random.next())
            }
            let written = try members(RawRecord(bytes))
            if let text = written["raw"] as? String {
                #expect(Array(text.utf8) == bytes)
            } else {
                let base64 = try #require(written["raw_base64"] as? String)
                #expect(Data(base64Encoded: base64).map(Array.init) == bytes)
            }
        }
    }
}
