import Foundation

/// Gzip data made in two ways: by the usual tool, and by hand in blocks that are not compressed.
enum GzipFixture {
    /// Twelve records as the tool compresses them.
    static let compressed = Array(
        Data(
            base64Encoded: """
                H4sIAAAAAAACA33ROw7CMAwG4J1jeAYpfsV2L8NQOrDA0Iql4u6wNCKxxP4N/2OH5bU8tuv9BhPMlwJn2FaYkAnJqCqjxhnm57rB\
                xPQ+7b3H3puZUzm8aPLUe2f+8e7Jc+/Dnbj5kORlyO9sRQ5fLXntfeEi2LxG8nXIj1wV2z6YvI15ikTbsybuQ12RWungVJKP3iO6\
                FW3z57o4/CuBrvInPw4HcwQptwLfgT7JxURKQQIAAA==
                """)!)

    /// The twelve records.
    static let text = Array(
        """
        {"event_id":"c-0","ts":1321272653159,"cost":32}
        {"event_id":"c-1","ts":1321272777820,"cost":45}
        {"event_id":"c-2","ts":1321272833820,"cost":88}
        {"event_id":"c-3","ts":1321272988230,"cost":94}
        {"event_id":"c-4","ts":1321272683704,"cost":67}
        {"event_id":"c-5","ts":1321272030414,"cost":59}
        {"event_id":"c-6","ts":1321272813651,"cost":31}
        {"event_id":"c-7","ts":1321272680499,"cost":6}
        {"event_id":"c-8","ts":1321272944662,"cost":20}
        {"event_id":"c-9","ts":1321272118705,"cost":47}
        {"event_id":"c-10","ts":1321272491854,"cost":31}
        {"event_id":"c-11","ts":1321272399253,"cost":69}

        """.utf8)

    /// One member that holds the bytes as they are.
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var member: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(0xFFFF)
            rest = rest.dropFirst(block.count)
            let length = UInt16(block.count)
            member.append(rest.isEmpty ? 1 : 0)
            for word in [length, ~length] {
                member.append(UInt8(word & 0xFF))
                member.append(UInt8(word >> 8))
            }
            member += block
        } while !rest.isEmpty
        for word in [checksum(bytes), UInt32(truncatingIfNeeded: bytes.count)] {
            for shift: UInt32 in [0, 8, 16, 24] { member.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        return member
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = .max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
