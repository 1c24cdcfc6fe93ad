import RampartCore
import Testing

@Suite struct KeyedHashTests {
    private func hash(_ bytes: [UInt8], seed: UInt64 = 1) -> UInt64 { KeyedHash(seed: seed).hash(bytes) }

    private func fingerprint(_ bytes: [UInt8]) -> Digest {
        bytes.withUnsafeBytes { KeyedHash.stable.fingerprint($0) }
    }

    /// A change of these values moves every merchant to another key group and changes every digest.
    @Test func stableValuesStayWhatTheyAre() {
        #expect(KeyedHash.stable.hash(Array("".utf8)) == 8_309_846_768_809_305_868)
        #expect(KeyedHash.stable.hash(Array("m-1".utf8)) == 4_493_650_839_499_336_828)
        #expect(KeyedHash.stable.hash(Array("a merchant with a long name".utf8)) == 6_800_157_457_372_538_190)
        #expect(KeyedHash.stable.hash(1, 2) == 11_041_906_489_270_156_463)
        #expect(fingerprint(Array("m-1".utf8)).description == "a71f591abd926b7d00ddf8ae14bd5130")
    }

    @Test func everyBitAndTheLengthMatter() {
        for count in 0...70 {
            let zeros = [UInt8](repeating: 0, count: count)
            var seen: Set<UInt64> = [hash(zeros), hash(zeros + [0])]
            var digests: Set<Digest> = [fingerprint(zeros), fingerprint(zeros + [0])]
            for bit in 0..<count * 8 {
                var bytes = zeros
                bytes[bit / 8] ^= 1 << UInt8(bit % 8)
                seen.insert(hash(bytes))
                digests.insert(fingerprint(bytes))
            }
            #expect(seen.count == 2 + count * 8)
            #expect(digests.count == 2 + count * 8)
        }
    }

    /// One flipped bit flips about half of the result: between 24 and 40 of 64 on average, for every place.
    @Test func aFlippedBitSpreads() {
        for count in [1, 3, 7, 8, 9, 16, 17, 33] {
            for bit in 0..<count * 8 {
                var flips = 0
                for round in 0..<64 {
                    var bytes = (0..<count).map { UInt8(truncatingIfNeeded: ($0 &+ round) &* 37 ^ round) }
                    let before = hash(bytes)
                    bytes[bit / 8] ^= 1 << UInt8(bit % 8)
                    flips += (before ^ hash(bytes)).nonzeroBitCount
                }
                #expect((24 * 64...40 * 64).contains(flips))
            }
        }
    }

    @Test func theSeedChangesEverything() {
        let bytes = Array("m-1".utf8)
        #expect(Set((0..<1000).map { hash(bytes, seed: $0) }).count == 1000)
        #expect(Set((0..<1000).map { KeyedHash(seed: $0).hash(7, 8) }).count == 1000)
    }

    /// Similar short ids spread evenly over key groups: no group has twice its share.
    @Test func similarIdsSpreadOverGroups() {
        var groups = [Int](repeating: 0, count: 128)
        for index in 0..<128_000 { groups[Int(KeyedHash.stable.hash(Array("m-\(index)".utf8)) % 128)] += 1 }
        #expect(groups.allSatisfy { (800...1200).contains($0) })
    }

    @Test func wordsAreOrdered() {
        let key = KeyedHash(seed: 3)
        #expect(key.hash(1, 2) != key.hash(2, 1))
        #expect(key.hash(0, 0) != key.hash(0, 1))
    }

    @Test func fingerprintsKeepBordersAndOrder() {
        func digest(_ parts: [[UInt8]]) -> Digest {
            var fingerprint = Fingerprint(key: .stable)
            for part in parts { part.withUnsafeBytes { fingerprint.combine($0) } }
            return fingerprint.digest
        }
        #expect(digest([[1, 2], [3]]) != digest([[1], [2, 3]]))
        #expect(digest([[1], []]) != digest([[], [1]]))
        #expect(digest([[1]]) != digest([[1], []]))
        #expect(digest([[1], [2]]) != digest([[2], [1]]))
        #expect(digest([[1]]).high != digest([[1]]).low)
    }

    @Test func collectionsThatAreNotContiguousHashAlike() {
        let bytes = (0..<40).map { UInt8($0) }
        #expect(KeyedHash.stable.hash(bytes) == KeyedHash.stable.hash(Array(bytes.reversed()).reversed()))
    }
}
