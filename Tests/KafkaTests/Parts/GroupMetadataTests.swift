import Testing

@testable import Kafka

/// The generation in what the library writes about a member.
@Suite struct GroupMetadataTests {
    private func generation(_ bytes: [UInt8]) -> Int { bytes.withUnsafeBytes { GroupMetadata.generation(in: $0) } }

    private func written(_ mark: String, _ value: Int32) -> [UInt8] {
        Array(mark.utf8) + withUnsafeBytes(of: value) { Array($0) }
    }

    @Test func isReadFromTheKnownForm() {
        #expect(generation(written("CGMDv2:", 7)) == 7)
        #expect(generation(written("CGMDv2:", 70_000) + Array("group\0member\0\0".utf8)) == 70_000)
        #expect(generation(written("CGMDv2:", -1)) == -1)
    }

    @Test func isUnknownInAnyOther() {
        #expect(generation([]) == -1)
        #expect(generation(Array("CGMDv2:".utf8) + [1, 0, 0]) == -1)
        #expect(generation(written("CGMDv3:", 7)) == -1)
        #expect(generation(written("CGMD", 7)) == -1)
    }
}
