import RampartCore
import Testing

@Suite struct SHA256Tests {
    /// The examples of FIPS 180-4 and the longest one of its validation suite.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrst"
                + "nopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ])
    func agreesWithThePublishedVectors(text: String, digest: String) {
        #expect(Hexadecimal.text(SHA256.digest(Array(text.utf8))) == digest)
    }

    @Test func aMillionLettersInPieces() {
        var hash = SHA256()
        let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 1000)
        for _ in 0..<200 { hash.update(piece) }
        for _ in 0..<800 { piece.withUnsafeBytes { hash.update($0) } }
        #expect(
            Hexadecimal.text(hash.finalize()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    /// Every length around the ends of the padded block, cut at every place, gives the digest of the whole.
    @Test func piecesGiveTheDigestOfTheWhole() {
        for count in [0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let whole = SHA256.digest(bytes)
            for cut in 0...count {
                var hash = SHA256()
                hash.update(bytes[..<cut])
                _ = hash.finalize()
                hash.update(bytes[cut...])
                #expect(hash.finalize() == whole)
            }
        }
    }

    @Test func identifiersAreTheStartOfTheDigestOfPrefixedParts() {
        let bytes: [UInt8] = [0, 0, 0, 4] + Array("line".utf8) + [0, 0, 0, 0] + [0, 0, 0, 1, 0xFF]
        let expected = String(Hexadecimal.text(SHA256.digest(bytes)).prefix(32))
        #expect(Identifier.make([Array("line".utf8), [], [0xFF]]) == expected)
        #expect(Identifier.lengthPrefix(of: 0x0102_0304) == [1, 2, 3, 4])
    }

    @Test func identifiersKeepTheBordersOfPartsApart() {
        #expect(Identifier.make([[1, 2], [3]]) != Identifier.make([[1], [2, 3]]))
        #expect(Identifier.make([[1], []]) != Identifier.make([[], [1]]))
        #expect(Identifier.make([[1]]) != Identifier.make([[1], []]))
    }

    @Test func digestsAreWrittenInHexadecimal() {
        #expect(Digest(high: 0x0123_4567_89AB_CDEF, low: 0xF).description == "0123456789abcdef000000000000000f")
        #expect(Digest(high: 1, low: 0) > Digest(high: 0, low: .max))
        #expect(Digest(high: 1, low: 1) < Digest(high: 1, low: .max))
    }
}
