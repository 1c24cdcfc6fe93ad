/// HMAC with SHA-256 (RFC 2104): proves that a text came from someone who has the key.
public enum MessageAuthentication {
    private static let blockSize = 64

    /// The code of a message under a key of any length.
    public static func code(of message: some Collection<UInt8>, key: [UInt8]) -> [UInt8] {
        var padded = key.count > blockSize ? digest(key) : key
        padded.append(contentsOf: repeatElement(0, count: blockSize - padded.count))
        let inner = digest(padded.map { $0 ^ 0x36 } + message)
        return digest(padded.map { $0 ^ 0x5c } + inner)
    }

    /// Whether two codes are equal, found out in a time that does not tell how far they are.
    public static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }
}
