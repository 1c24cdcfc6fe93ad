import Foundation

/// Zstd data made in two ways: by the usual tool, and by hand in blocks that are not compressed.
enum ZstdFixture {
    /// The twelve records of `GzipFixture` as the tool compresses them, with a checksum.
    static let compressed = Array(
        Data(
            base64Encoded: """
                KLUv/WRBAcUEAPKIGBSQGx5zJ4ZKMf6fvpAiJHKAvPPHE8DTemnd92PyG+uLWct/l5kqYrN2Y7Hu76l31s5jXeUq1h4rYp8x9zHf
                sSWW8e4eeOwGYhaloKDzl2prt/tAC0MBlVDQQAZCMMnRHOQEIKgRcFUT1Ov/BrCXjgERXFMCI5RN0HsHAI0zTOijFYKMyKccj5Q2
                zPlJoz4Wn9zCdEgVkje+lQ==
                """.filter { !$0.isWhitespace })!)

    /// One frame that holds the bytes as they are, in blocks of at most `blockBytes`.
    static func stored(_ bytes: [UInt8], blockBytes: Int = 1 << 17) -> [UInt8] {
        var frame = start(windowDescriptor: 11 << 3)
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(blockBytes)
            rest = rest.dropFirst(block.count)
            frame += blockHeader(count: block.count, type: 0, isLast: rest.isEmpty) + block
        } while !rest.isEmpty
        return frame
    }

    /// One frame of blocks of one repeated byte each, as many bytes as a block can hold.
    static func repeated(blocks: Int) -> [UInt8] {
        var frame = start(windowDescriptor: 11 << 3)
        for block in 1...blocks { frame += blockHeader(count: 1 << 17, type: 1, isLast: block == blocks) + [0x78] }
        return frame
    }

    /// The head of a frame without size and checksum; the descriptor is 8 for each power of two above 10, and its
    /// eighths.
    static func start(windowDescriptor: UInt8) -> [UInt8] { [0x28, 0xB5, 0x2F, 0xFD, 0, windowDescriptor] }

    /// The three bytes before a block.
    static func blockHeader(count: Int, type: Int, isLast: Bool) -> [UInt8] {
        let word = count << 3 | type << 1 | (isLast ? 1 : 0)
        return [0, 8, 16].map { UInt8(truncatingIfNeeded: word >> $0) }
    }

    /// A frame that decoders skip.
    static func skipped(_ bytes: [UInt8]) -> [UInt8] { [0x5A, 0x2A, 0x4D, 0x18, UInt8(bytes.count), 0, 0, 0] + bytes }
}
