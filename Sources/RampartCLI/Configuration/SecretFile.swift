import Foundation

/// A secret that a file holds.
enum SecretFile {
    /// The most bytes of a secret.
    static let bytesMax = 64 << 10

    /// What a file holds, without the newline at its end.
    static func read(_ path: String) throws -> String {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw Failure.unusable("\(path): the secret cannot be read: \(error.localizedDescription)")
        }
        guard data.count <= bytesMax, let text = String(bytes: data, encoding: .utf8) else {
            throw Failure.unusable("\(path): a secret is a text of at most \(bytesMax) bytes")
        }
        let secret = text.trimmingSuffix { $0.isNewline }
        guard !secret.isEmpty else { throw Failure.unusable("\(path): the secret is empty") }
        return secret
    }
}

extension String {
    fileprivate func trimmingSuffix(_ isTrimmed: (Character) -> Bool) -> String {
        var text = self[...]
        while let last = text.last, isTrimmed(last) { text.removeLast() }
        return String(text)
    }
}
